package storetest_test

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of stores that can be probed.

// probed is a store whose Ready has a fault.
type probed struct {
	ports.PersonStore
	*portmock.ProberMock
}

// readyFunc is Ready, over a store that answers it rightly.
type readyFunc func(ctx context.Context, store *memstore.Store) error

func withReady(ready readyFunc) func() ports.PersonStore {
	return func() ports.PersonStore {
		store := memstore.New()
		return probed{store, &portmock.ProberMock{ReadyFunc: func(ctx context.Context) error { return ready(ctx, store) }}}
	}
}

// readyWhenClosed is ready whatever the store says.
func readyWhenClosed(ctx context.Context, _ *memstore.Store) error { return domain.ContextError(ctx) }

func readyIgnoresContext(ctx context.Context, store *memstore.Store) error {
	return store.Ready(context.WithoutCancel(ctx))
}

// readySaves writes somebody to find out whether it can.
func readySaves(ctx context.Context, store *memstore.Store) error {
	draft, _ := domain.NewDraft("probe", 1)
	person, err := store.Create(ctx, draft)
	if err != nil {
		return err
	}
	return store.Delete(ctx, person.ID())
}

// busyWhileWriting answers unavailable while a create is under way.
func busyWhileWriting() ports.PersonStore {
	var writing atomic.Int64
	store := memstore.New()
	mock := &portmock.PersonStoreMock{}
	forward(mock, store)
	mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		writing.Add(1)
		defer writing.Add(-1)
		time.Sleep(time.Millisecond)
		return store.Create(ctx, draft)
	}
	return probed{mock, &portmock.ProberMock{ReadyFunc: func(ctx context.Context) error {
		time.Sleep(time.Millisecond)
		if writing.Load() > 0 {
			return errCrowded
		}
		return store.Ready(ctx)
	}}}
}
