// Package querytest is the conformance suite of ports.Query: of what stores tell of the statements that they put to their
// databases.
//
// The test of an adapter:
//
//	func TestQueries(t *testing.T) {
//		t.Parallel()
//		querytest.Run(t, querytest.Harness{Open: func(t *testing.T, observe ports.QueryObserver) ports.PersonStore {
//			return open(t, mystore.Config{Observe: observe})
//		}})
//	}
package querytest

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Harness opens the store under test.
type Harness struct {
	// Open returns an empty store, ready for use, that tells observe of its queries. It is closed by t.Cleanup.
	Open func(t *testing.T, observe ports.QueryObserver) ports.PersonStore
}

// testCase is one sentence of the contract and what holds it up.
type testCase struct {
	name string
	body func(t *testing.T, store ports.PersonStore, heard *Heard)
}

// Run runs the suite as parallel subtests of t.
func Run(t *testing.T, harness Harness) {
	t.Helper()
	for _, each := range allCases() {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			heard := &Heard{}
			each.body(t, harness.Open(t, heard.Observe), heard)
		})
	}
}
