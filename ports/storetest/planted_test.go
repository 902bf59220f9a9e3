package storetest_test

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

// plant puts a fault into a mock that answers as the store does.
type plant func(mock *portmock.PersonStoreMock, store *memstore.Store)

// planted returns the store with the fault.
func planted(store *memstore.Store, fault plant) ports.PersonStore {
	mock := &portmock.PersonStoreMock{}
	forward(mock, store)
	fault(mock, store)
	return mock
}

// forward makes the mock answer as the store does.
func forward(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CloseFunc = store.Close
	mock.CreateFunc = store.Create
	mock.CreateBatchFunc = store.CreateBatch
	mock.DeleteFunc = store.Delete
	mock.DeleteBatchFunc = store.DeleteBatch
	mock.FindFunc = store.Find
	mock.PageFunc = store.Page
	mock.PatchFunc = store.Patch
	mock.ReplaceFunc = store.Replace
	mock.SeekFunc = store.Seek
}

// reopened returns a durable harness over memory: a dir that is opened again has
// the store of before, after change.
func reopened(change func(*memstore.Store) *memstore.Store) storetest.Harness {
	var (
		mu     sync.Mutex
		stores = map[string]*memstore.Store{}
	)
	return storetest.Harness{
		Durable: true,
		Open: func(dir string) (ports.PersonStore, error) {
			mu.Lock()
			defer mu.Unlock()
			if store, known := stores[dir]; known {
				stores[dir] = change(store)
			} else {
				stores[dir] = memstore.New()
			}
			return &gate{store: stores[dir]}, nil
		},
	}
}

// forgetUsedIDs returns a store with the same persons that has never heard of ids
// above theirs.
func forgetUsedIDs(store *memstore.Store) *memstore.Store {
	ctx, fresh := context.Background(), memstore.New()
	left, _ := store.Seek(ctx, everybody)
	for _, person := range left.Persons {
		for {
			draft, _ := domain.NewDraft(person.Name(), int64(person.Age()))
			created, _ := fresh.Create(ctx, draft)
			if created.ID() == person.ID() {
				break
			}
			_ = fresh.Delete(ctx, created.ID())
		}
	}
	return fresh
}

// forgetLastPerson returns the store without its last person.
func forgetLastPerson(store *memstore.Store) *memstore.Store {
	page, _ := store.Page(context.Background(), domain.PageQuery{Number: domain.LastPage, Size: 1})
	for _, person := range page.Persons {
		_ = store.Delete(context.Background(), person.ID())
	}
	return store
}

// gate is the way to a store that stays when the gate is closed.
type gate struct {
	store  *memstore.Store
	closed atomic.Bool
}

func (g *gate) err() error {
	if g.closed.Load() {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the gate is closed"}
	}
	return nil
}

func (g *gate) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	if err := g.err(); err != nil {
		return domain.Person{}, err
	}
	return g.store.Create(ctx, draft)
}

func (g *gate) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	if err := g.err(); err != nil {
		return nil, err
	}
	return g.store.CreateBatch(ctx, drafts)
}

func (g *gate) Find(ctx context.Context, id int64) (domain.Person, error) {
	if err := g.err(); err != nil {
		return domain.Person{}, err
	}
	return g.store.Find(ctx, id)
}

func (g *gate) Page(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
	if err := g.err(); err != nil {
		return domain.Page{}, err
	}
	return g.store.Page(ctx, query)
}

func (g *gate) Seek(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
	if err := g.err(); err != nil {
		return domain.Slice{}, err
	}
	return g.store.Seek(ctx, query)
}

func (g *gate) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	if err := g.err(); err != nil {
		return domain.Person{}, err
	}
	return g.store.Replace(ctx, id, draft, conditions...)
}

func (g *gate) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	if err := g.err(); err != nil {
		return domain.Person{}, err
	}
	return g.store.Patch(ctx, id, patch, conditions...)
}

func (g *gate) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	if err := g.err(); err != nil {
		return err
	}
	return g.store.Delete(ctx, id, conditions...)
}

func (g *gate) DeleteBatch(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
	if err := g.err(); err != nil {
		return nil, err
	}
	return g.store.DeleteBatch(ctx, ids, conditions...)
}

func (g *gate) Close() error {
	g.closed.Store(true)
	return nil
}
