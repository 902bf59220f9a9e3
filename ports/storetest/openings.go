package storetest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// openings are those of one dir, in a case of a durable store.
type openings struct {
	harness Harness
	dir     string
	before  []ports.PersonStore
}

// patience is how long an opening may take while another store has the dir. One that waits for a lock of that store would
// wait until the tests' own time is over.
const patience = 30 * time.Second

const whySharing = "the dir is opened while an abandoned store still has it; let openings of one process share a handle, or take no exclusive lock"

// open opens the store once more, to be closed when the test ends.
func (o *openings) open(tb testing.TB) ports.PersonStore {
	tb.Helper()
	opening := make(chan opened, 1)
	go func() {
		store, err := o.harness.Open(o.dir)
		opening <- opened{store, err}
	}()
	var now opened
	select {
	case now = <-opening:
	case <-time.After(patience):
		if o.isHeld(tb) {
			tb.Fatalf("Harness.Open: got no answer in %v, want a store: %s", patience, whySharing)
		}
		now = <-opening
	}
	if now.err != nil && o.isHeld(tb) {
		tb.Fatalf("Harness.Open: got %v, want a store: %s", now.err, whySharing)
	}
	o.before = append(o.before, now.store)
	return now.untilEnd(tb)
}

// isHeld tells whether a store of before is not closed. It is asked when an opening has failed: who is abandoned is not used.
func (o *openings) isHeld(tb testing.TB) bool {
	tb.Helper()
	for _, store := range o.before {
		if _, err := store.Find(tb.Context(), 1); domain.CodeOf(err) != domain.CodeUnavailable {
			return true
		}
	}
	return false
}

// opened is what an opening answered.
type opened struct {
	store ports.PersonStore
	err   error
}

// untilEnd returns the store, to be closed when the test ends.
func (o opened) untilEnd(tb testing.TB) ports.PersonStore {
	tb.Helper()
	if o.err != nil {
		tb.Fatalf("Harness.Open: got %v, want a store", o.err)
	}
	tb.Cleanup(func() {
		if err := o.store.Close(); err != nil {
			tb.Errorf("Close at the end of the test: got %v, want nil", err)
		}
	})
	return o.store
}
