package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// probeCases are for a store that is a ports.Prober too; others skip them.
func probeCases() []storeCase {
	var cases []storeCase
	for _, c := range []struct {
		name  string
		check func(t *testing.T, store ports.PersonStore, prober ports.Prober)
	}{
		{"a probed store is ready until it is closed", readyUntilClosed},
		{"a probe answers canceled or deadline when ctx has ended", probeEndsWithContext},
		{"a probe changes nothing", probeChangesNothing},
		{"a probe waits its turn among writes", probeAmongWrites},
	} {
		cases = append(cases, storeCase{c.name, func(t *testing.T, store ports.PersonStore) {
			prober, ok := store.(ports.Prober)
			if !ok {
				t.Skip("the store is no ports.Prober")
			}
			c.check(t, store, prober)
		}})
	}
	return cases
}

func readyUntilClosed(t *testing.T, store ports.PersonStore, prober ports.Prober) {
	wantCode(t, "Ready", prober.Ready(t.Context()), "", "the store is new")
	create(t, store, "Ann", 31)
	wantCode(t, "Ready", prober.Ready(t.Context()), "", "writes are made")
	wantClosed(t, store)
	wantCode(t, "Ready", prober.Ready(t.Context()), domain.CodeUnavailable, "the store was closed")
}

func probeEndsWithContext(t *testing.T, _ ports.PersonStore, prober ports.Prober) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	wantCode(t, "Ready", prober.Ready(cancelled), domain.CodeCanceled, "ctx was cancelled before")
	late, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	wantCode(t, "Ready", prober.Ready(late), domain.CodeDeadline, "ctx ran out before")
}

func probeChangesNothing(t *testing.T, store ports.PersonStore, prober ports.Prober) {
	persons := createMany(t, store, 3)
	for range 3 {
		wantCode(t, "Ready", prober.Ready(t.Context()), "", "writes are made")
	}
	wantEverybody(t, store, persons, "a probe changes nothing")
	if got := create(t, store, "Ann", 31).ID(); got != 4 {
		t.Errorf("Create after probes: got id %d, want 4: a probe uses no id", got)
	}
}

func probeAmongWrites(t *testing.T, store ports.PersonStore, prober ports.Prober) {
	const callers, rounds = 8, 20
	draft := newDraft(t, "Ann", 31)
	together(2*callers, func(i int) {
		for range rounds {
			if i%2 == 0 {
				_, err := store.Create(t.Context(), draft)
				wantCode(t, "Create", err, "", "a probe is in nobody's way")
			} else {
				wantCode(t, "Ready", prober.Ready(t.Context()), "", "other writes are made meanwhile")
			}
		}
	})
}
