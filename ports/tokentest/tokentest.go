// Package tokentest is the conformance suite of ports.TokenStore. An adapter that
// passes it can take the place of any other:
//
//	func TestTokens(t *testing.T) {
//		t.Parallel()
//		tokentest.Run(t, tokentest.Harness{
//			Open:    func(dir string) (tokentest.Store, error) { return mystore.Open(dir) },
//			Durable: true,
//			Shared:  true,
//		})
//	}
package tokentest

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Store is what Run tests.
type Store interface {
	ports.TokenStore
	// Close is PersonStore's.
	Close() error
}

// Harness tells the suite how to get at the store under test.
type Harness struct {
	// Open opens the store whose data lies in dir, a folder that exists and is empty at
	// first. The same dir opens the same data again; a store that is neither Durable
	// nor Shared may ignore it and start empty.
	Open func(dir string) (Store, error)
	// Durable says that tokens outlast the store; false leaves out the cases that open a store again.
	Durable bool
	// Shared says that several stores may have the same dir open and be used at once, as
	// several processes have; false leaves out the cases that do so.
	Shared bool
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

func storeCases() []storeCase {
	return slices.Concat(valueCases(), tokenCases(), changeCases(), racingCases(), callCases())
}

// Run runs the suite as parallel subtests of t, each on a store of its own. It takes as long
// as some thousand writes of the store.
func Run(t *testing.T, harness Harness) {
	for _, c := range storeCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, harness.open(t, t.TempDir()))
		})
	}
	harness.runOpenings(t)
}

// runOpenings runs the cases that open a store several times.
func (h Harness) runOpenings(t *testing.T) {
	t.Helper()
	var cases []openingCase
	if h.Durable {
		cases = append(cases, durableCases()...)
	}
	if h.Shared {
		cases = append(cases, sharedCases()...)
	}
	for _, c := range cases {
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
