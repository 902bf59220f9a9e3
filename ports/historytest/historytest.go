// Package historytest is the conformance suite of ports.HistoryStore. An adapter that
// passes it can take the place of any other:
//
//	func TestHistory(t *testing.T) {
//		t.Parallel()
//		historytest.Run(t, historytest.Harness{
//			Open:    func(dir string) (historytest.Store, error) { return mystore.Open(dir) },
//			Durable: true,
//		})
//	}
//
// The clock of the store has to agree with that of the test.
package historytest

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Store is what Run tests: the history, and what it is the history of.
type Store interface {
	ports.PersonStore
	ports.JobStore
	ports.HistoryStore
}

// Harness tells the suite how to get at the store under test.
type Harness struct {
	// Open opens the store whose data lies in dir, a folder that exists and is empty at
	// first. The same dir opens the same data again; a store that is not Durable may ignore
	// it and start empty. The dir of a Durable store is also opened while another store on it
	// is still open, which nobody uses any more.
	Open func(dir string) (Store, error)
	// Durable says that changes outlast the store, closed or not; false leaves out the
	// cases that open a store again.
	Durable bool
}

// storeCase is one promise of the contract, checked on a store that is new and empty.
type storeCase struct {
	name  string
	check func(t *testing.T, store Store)
}

// openingCase is one promise about several openings. open opens the same data each time.
type openingCase struct {
	name  string
	check func(t *testing.T, open func() Store)
}

// storeCases returns the cases of every store; openingCases are those of a durable one.
func storeCases() []storeCase {
	return slices.Concat(
		originCases(), leavingCases(), batchCases(), nothingCases(), togetherCases(), manyCases(),
		readingCases(), tidyingCases(), countingCases(), callCases(),
	)
}

// Run runs the suite as parallel subtests of t, each on a store of its own. It takes as long
// as some ten thousand persons take to be saved.
func Run(t *testing.T, harness Harness) {
	for _, c := range storeCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, harness.open(t, t.TempDir()))
		})
	}
	if harness.Durable {
		harness.runOpenings(t)
	}
}

// runOpenings runs the cases that open a store several times.
func (h Harness) runOpenings(t *testing.T) {
	t.Helper()
	for _, c := range openingCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c.check(t, func() Store { return h.open(t, dir) })
		})
	}
}

// open opens the store in dir, to be closed when the test ends.
func (h Harness) open(t *testing.T, dir string) Store {
	t.Helper()
	store, err := h.Open(dir)
	if err != nil {
		t.Fatalf("Harness.Open: got %v, want a store", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close at the end of the test: got %v, want nil", err)
		}
	})
	return store
}
