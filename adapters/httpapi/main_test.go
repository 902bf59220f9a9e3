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

// leastChecked is how many exchanges all tests of this package make at least.
const leastChecked = 1

// heldToTheDescription are the tests, after all of which every answer that the description promises has been met.
type heldToTheDescription struct{ *testing.M }

// Run implements pgtest.Tests.
func (m heldToTheDescription) Run() int {
	code := m.M.Run()
	if code != 0 || flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.skip").Value.String() != "" || flag.Lookup("test.fuzz").Value.String() != "" || flag.Lookup("test.list").Value.String() != "" || testing.Short() {
		return code
	}
	checked, unmet := checker().Checked(), checker().Unmet()
	fmt.Printf("%d exchanges were held to the description, and met %d of its %d promises\n", checked, len(checker().Promises())-len(unmet), len(checker().Promises()))
	for _, promise := range unmet {
		fmt.Fprintln(os.Stderr, promise)
	}
	return code
}
