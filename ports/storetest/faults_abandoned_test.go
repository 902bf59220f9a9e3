package storetest_test

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

// The faults of stores that are abandoned, and of those that many call at once.

// abandoned returns a durable harness over memory that is right when a store was
// closed. When it was not, another opening has the store of before, after lose.
func abandoned(lose func(*memstore.Store) *memstore.Store) storetest.Harness {
	var (
		mu    sync.Mutex
		gates = map[string]*gate{}
	)
	return storetest.Harness{
		Durable: true,
		Open: func(dir string) (ports.PersonStore, error) {
			mu.Lock()
			defer mu.Unlock()
			store := memstore.New()
			if before, known := gates[dir]; known {
				store = before.store
				if !before.closed.Load() {
					store = lose(store)
				}
			}
			gates[dir] = &gate{store: store}
			return gates[dir], nil
		},
	}
}

// loseAll is what a store leaves that writes when it is closed.
func loseAll(*memstore.Store) *memstore.Store { return memstore.New() }

// inCrowd puts a fault into creates while more than 64 are under way. The others
// take a while, so that there are so many.
func inCrowd(fault func(ctx context.Context, store *memstore.Store, draft domain.Draft) (domain.Person, error)) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		var inside atomic.Int64
		mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
			defer inside.Add(-1)
			if inside.Add(1) > 64 {
				return fault(ctx, store, draft)
			}
			time.Sleep(20 * time.Millisecond)
			return store.Create(ctx, draft)
		}
	}
}

var errCrowded = &domain.Error{Code: domain.CodeUnavailable, Message: "too many"}

// refuseCrowd is no fault.
func refuseCrowd(context.Context, *memstore.Store, domain.Draft) (domain.Person, error) {
	return domain.Person{}, errCrowded
}

func refuseAndSave(ctx context.Context, store *memstore.Store, draft domain.Draft) (domain.Person, error) {
	_, _ = store.Create(ctx, draft)
	return domain.Person{}, errCrowded
}

func dropInCrowd(ctx context.Context, store *memstore.Store, draft domain.Draft) (domain.Person, error) {
	person, err := store.Create(ctx, draft)
	_ = store.Delete(ctx, person.ID())
	return person, err
}

func crowdIsInternal(context.Context, *memstore.Store, domain.Draft) (domain.Person, error) {
	return domain.Person{}, &domain.Error{Code: domain.CodeInternal, Message: "too many"}
}

// neverAnswer waits until the test is over.
func neverAnswer(ctx context.Context, _ *memstore.Store, _ domain.Draft) (domain.Person, error) {
	<-ctx.Done()
	return domain.Person{}, domain.ContextError(ctx)
}

// wrongID answers one of many with an id of somebody else.
func wrongID(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var created atomic.Int64
	mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		person, err := store.Create(ctx, draft)
		if err == nil && created.Add(1) == 1_000 {
			person = draft.Person(1)
		}
		return person, err
	}
}

// refuseEverybody refuses all writes after the first batch.
func refuseEverybody(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var busy atomic.Bool
	mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
		if busy.Swap(true) {
			return nil, errCrowded
		}
		return store.CreateBatch(ctx, drafts)
	}
	mock.CreateFunc = func(context.Context, domain.Draft) (domain.Person, error) { return domain.Person{}, errCrowded }
	mock.DeleteFunc = func(context.Context, int64, ...domain.Condition) error { return errCrowded }
	mock.PatchFunc = func(context.Context, int64, domain.Patch, ...domain.Condition) (domain.Person, error) {
		return domain.Person{}, errCrowded
	}
	mock.ReplaceFunc = func(context.Context, int64, domain.Draft, ...domain.Condition) (domain.Person, error) {
		return domain.Person{}, errCrowded
	}
}

// refuseAfter refuses deletes when they are made.
func refuseAfter(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var deleted atomic.Int64
	mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		err := store.Delete(ctx, id, conditions...)
		if deleted.Add(1) > 20 && err == nil {
			return errCrowded
		}
		return err
	}
}
