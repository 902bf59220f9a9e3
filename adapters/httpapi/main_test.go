package httpapi_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
)

var postgres *pgtest.Server

func TestMain(m *testing.M) { pgtest.Main(heldToTheDescription{m}, &postgres) }

// leastChecked is how many requests and answers all tests of this package hold to the description, at least. Tests that ask until
// something has happened ask less often on a busy machine: there were 80,000 and 140,000.
const leastChecked = 20_000

// heldToTheDescription are the tests, which all together must meet every answer that the description promises.
type heldToTheDescription struct{ *testing.M }

// Run implements pgtest.Tests.
func (m heldToTheDescription) Run() int {
	code := m.M.Run()
	if code != 0 || !runsAll() {
		return code
	}
	checked, promises, unmet := checker().Checked(), checker().Promises(), checker().Unmet()
	fmt.Printf("%d exchanges were held to the description, and met %d of its %d answers\n", checked, len(promises)-len(unmet), len(promises))
	if checked < leastChecked {
		fmt.Fprintf(os.Stderr, "got %d exchanges that were held to the description, want %d: some pass it by\n", checked, leastChecked)
		return 1
	}
	for _, promise := range unmet {
		fmt.Fprintf(os.Stderr, "the description promises %s, and no test met it\n", promise)
		code = 1
	}
	return code
}

// runsAll tells whether all tests were run.
func runsAll() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}
