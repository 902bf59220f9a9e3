package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func closeCases() []storeCase {
	return []storeCase{
		{"every method answers unavailable after close", closedIsUnavailable},
		{"a second close does nothing and returns nil", closeTwice},
		{"calls under way when the store is closed succeed or answer unavailable", closeUnderWay},
	}
}

func closedIsUnavailable(t *testing.T, store ports.PersonStore) {
	id := createMany(t, store, 3)[1].ID()
	wantClosed(t, store)
	for _, c := range calls(t) {
		wantCode(t, c.on(id), c.do(t.Context(), store, id), domain.CodeUnavailable, "the store was closed before the call")
	}
}

func closeTwice(t *testing.T, store ports.PersonStore) {
	id := create(t, store, "Ann", 31).ID()
	wantClosed(t, store)
	together(4, func(int) { wantClosed(t, store) })
	_, err := store.Find(t.Context(), id)
	wantCode(t, "Find", err, domain.CodeUnavailable, "the store stays closed")
}

func wantClosed(t *testing.T, store ports.PersonStore) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Errorf("Close: got %v, want nil", err)
	}
}

func closeUnderWay(t *testing.T, store ports.PersonStore) {
	createMany(t, store, 100)
	workUntilClosed(t, store)
}

// workUntilClosed closes the store while callers create and read, and returns
// whom they were told to be saved, in the order of the ids.
func workUntilClosed(t *testing.T, store ports.PersonStore) []domain.Person {
	t.Helper()
	const writers = 3
	var (
		draft  = newDraft(t, "saved before Close", 1)
		reads  = append(listCalls(t), findCall(t))
		saved  [writers][]domain.Person
		begun  sync.WaitGroup
		closed atomic.Bool
	)
	// A store that goes on after Close must not keep the callers forever.
	untilClosed := func(do func() error) error {
		for {
			last := closed.Load()
			if err := do(); err != nil || last {
				return err
			}
		}
	}
	begun.Add(writers)
	together(writers+len(reads)+1, func(i int) {
		switch {
		case i < writers:
			once := sync.OnceFunc(begun.Done)
			err := untilClosed(func() error {
				person, err := store.Create(t.Context(), draft)
				if err == nil {
					saved[i] = append(saved[i], person)
				}
				if err != nil || len(saved[i]) == 10 {
					once()
				}
				return err
			})
			wantCode(t, "Create", err, domain.CodeUnavailable, "only the store's closing may fail it")
		case i < writers+len(reads):
			read := reads[i-writers]
			err := untilClosed(func() error { return read.do(t.Context(), store, 1) })
			wantCode(t, read.name, err, domain.CodeUnavailable, "only the store's closing may fail it")
		default:
			begun.Wait()
			wantClosed(t, store)
			closed.Store(true)
		}
	})
	return inOrder(saved[:]...)
}
