// Package storetest is the conformance suite of ports.PersonStore. An adapter
// that passes it can take the place of any other:
//
//	func TestStore(t *testing.T) {
//		t.Parallel()
//		storetest.Run(t, storetest.Harness{
//			Open:    func(dir string) (ports.PersonStore, error) { return mystore.Open(dir) },
//			Durable: true,
//		})
//	}
//
// The suite is meant to be run with the race detector too. It takes as long as
// some ten thousand writes of the store. A random case does the same in every
// run; it logs its seed, and the environment variable ROSTER_SEED sets another.
package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Harness tells the suite how to get at the store under test.
type Harness struct {
	// Open opens the store whose data lies in dir, a folder that exists and is
	// empty at first. The same dir opens the same data again; a store that is
	// not Durable may ignore it and start empty. The dir of a Durable
	// store is also opened while another store on it is still open; that one is
	// abandoned then: nobody uses it any more, and it is closed when the test ends. So a
	// store that locks its file for itself shares one handle among its openings in a process.
	Open func(dir string) (ports.PersonStore, error)
	// Durable says that persons and used ids outlast the store, closed or not;
	// false leaves out the cases that open a store again.
	Durable bool
}

// storeCase is one promise of the contract, checked on a store that is new and empty.
type storeCase struct {
	name  string
	check func(t *testing.T, store ports.PersonStore)
}

// storeCases returns the cases of every store; reopenCases are those of a durable one.
func storeCases() []storeCase {
	return slices.Concat(
		valueCases(), idCases(), batchCases(), changeCases(), deleteBatchCases(), conditionCases(), claimCases(), pageCases(), trafficCases(),
		seekCases(), walkCases(), contextCases(), concurrencyCases(), crowdCases(), closeCases(), probeCases(), movingCases(),
	)
}

// Run runs the suite as parallel subtests of t, each on a store of its own.
func Run(t *testing.T, harness Harness) {
	for _, c := range storeCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, harness.open(t, t.TempDir()))
		})
	}
	if !harness.Durable {
		return
	}
	for _, c := range slices.Concat(reopenCases(), abandonedCases(), claimReopenCases()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			openings := openings{harness: harness, dir: t.TempDir()}
			c.check(t, func() ports.PersonStore { return openings.open(t) })
		})
	}
}

// open opens the store in dir, to be closed when the test ends.
func (h Harness) open(t *testing.T, dir string) ports.PersonStore {
	t.Helper()
	store, err := h.Open(dir)
	return opened{store, err}.untilEnd(t)
}

// sized returns a case for each size; name holds a %d.
func sized(name string, check func(t *testing.T, store ports.PersonStore, size int), sizes ...int) []storeCase {
	var cases []storeCase
	for _, size := range sizes {
		cases = append(cases, storeCase{
			fmt.Sprintf(name, size),
			func(t *testing.T, store ports.PersonStore) { check(t, store, size) },
		})
	}
	return cases
}
