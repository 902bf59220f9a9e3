package historytest_test

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/historytest"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// brokenStore answers as a store does, but for its fault.
type brokenStore struct {
	*portmock.PersonStoreMock
	*portmock.JobStoreMock
	*portmock.HistoryStoreMock
}

// plant puts a fault into mocks that answer as the store does.
type plant func(broken brokenStore, store *memstore.Store)

// planted returns the store with the fault.
func planted(store *memstore.Store, fault plant) historytest.Store {
	broken := brokenStore{
		&portmock.PersonStoreMock{
			CloseFunc: store.Close, CreateFunc: store.Create, CreateBatchFunc: store.CreateBatch, DeleteFunc: store.Delete,
			DeleteBatchFunc: store.DeleteBatch, FindFunc: store.Find, PageFunc: store.Page, PatchFunc: store.Patch,
			ReplaceFunc: store.Replace, SeekFunc: store.Seek,
		},
		&portmock.JobStoreMock{
			AddChunksFunc: store.AddChunks, ChangeJobFunc: store.ChangeJob, CreateJobFunc: store.CreateJob,
			EndChunksFunc: store.EndChunks, SubmitJobFunc: store.SubmitJob,
		},
		&portmock.HistoryStoreMock{
			ChangesFunc: store.Changes, CountByAgeFunc: store.CountByAge, CreatedPerHourFunc: store.CreatedPerHour,
			SizeFunc: store.Size, TidyHistoryFunc: store.TidyHistory,
		},
	}
	fault(broken, store)
	return broken
}

func faultless(brokenStore, *memstore.Store) {}

// pick returns the changes of a list, the latest first, that a query asks for.
func pick(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	var picked []domain.Change
	for _, change := range all {
		if len(picked) < query.Size && change.Number < query.Before && (query.Person == 0 || change.Concerns(query.Person)) {
			picked = append(picked, change)
		}
	}
	return picked
}

// reading answers Changes from the list of all of them, the latest first, by other rules.
func reading(read func(all []domain.Change, query domain.ChangesQuery) []domain.Change) plant {
	return func(broken brokenStore, store *memstore.Store) {
		broken.ChangesFunc = func(ctx context.Context, query domain.ChangesQuery) ([]domain.Change, error) {
			all, err := store.Changes(ctx, domain.ChangesQuery{Size: math.MaxInt})
			if err != nil {
				return nil, err
			}
			if query, err = query.Checked(); err != nil {
				return nil, err
			}
			return read(all, query), nil
		}
	}
}

// altering makes the list of all changes another before it is read.
func altering(alter func(all []domain.Change) []domain.Change) plant {
	return reading(func(all []domain.Change, query domain.ChangesQuery) []domain.Change { return pick(alter(all), query) })
}

// each makes each change another.
func each(alter func(change *domain.Change)) plant {
	return altering(func(all []domain.Change) []domain.Change {
		for i := range all {
			alter(&all[i])
		}
		return all
	})
}

// without leaves out changes.
func without(lost func(change domain.Change) bool) plant {
	return altering(func(all []domain.Change) []domain.Change { return slices.DeleteFunc(all, lost) })
}

// curtain hides changes of a store.
type curtain struct {
	mu     sync.Mutex
	hidden map[int64]bool
}

// hide makes a call and hides what it left, where that is to be.
func (c *curtain) hide(store *memstore.Store, do func() (hide bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var last int64
	everything := domain.ChangesQuery{Size: math.MaxInt}
	if before, err := store.Changes(context.Background(), everything); err == nil && len(before) > 0 {
		last = before[0].Number
	}
	if !do() {
		return
	}
	after, err := store.Changes(context.Background(), everything)
	if err != nil {
		return
	}
	for _, change := range after {
		if change.Number > last {
			c.hidden[change.Number] = true
		}
	}
}

// behind plants a fault that hides changes.
func behind(fault func(curtain *curtain, broken brokenStore, store *memstore.Store)) plant {
	return func(broken brokenStore, store *memstore.Store) {
		c := &curtain{hidden: map[int64]bool{}}
		without(func(change domain.Change) bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.hidden[change.Number]
		})(broken, store)
		fault(c, broken, store)
	}
}

// leaveMore leaves changes of somebody who comes and goes.
func leaveMore(ctx context.Context, store *memstore.Store) {
	persons, err := store.CreateBatch(context.WithoutCancel(ctx), make([]domain.Draft, 1))
	if err == nil {
		_ = store.Delete(context.WithoutCancel(ctx), persons[0].ID())
	}
}

// reopened returns a harness over memory: a dir that is opened again has the same store,
// and each opening the fault.
func reopened(fault plant) historytest.Harness {
	var (
		mu     sync.Mutex
		stores = map[string]*memstore.Store{}
	)
	return historytest.Harness{
		Durable: true,
		Open: func(dir string) (historytest.Store, error) {
			mu.Lock()
			defer mu.Unlock()
			if stores[dir] == nil {
				stores[dir] = memstore.New()
			}
			broken := planted(stores[dir], fault)
			return opening{broken}, nil
		},
	}
}

// opening is one of several of a store, which outlasts it.
type opening struct{ historytest.Store }

func (opening) Close() error { return nil }
