package jobtest_test

import (
	"sync"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// brokenStore is a store of persons, with a fault in what it does with jobs.
type brokenStore struct {
	ports.PersonStore
	*portmock.JobStoreMock
}

// plant puts a fault into a mock that answers as the store does.
type plant func(mock *portmock.JobStoreMock, store *memstore.Store)

// planted returns the store with the fault.
func planted(store *memstore.Store, fault plant) jobtest.Store {
	mock := &portmock.JobStoreMock{
		AddChunksFunc:  store.AddChunks,
		AwaitJobFunc:   store.AwaitJob,
		ChangeJobFunc:  store.ChangeJob,
		CreateJobFunc:  store.CreateJob,
		DropJobFunc:    store.DropJob,
		EndChunksFunc:  store.EndChunks,
		FindChunkFunc:  store.FindChunk,
		FindJobFunc:    store.FindJob,
		OpenJobsFunc:   store.OpenJobs,
		ListJobsFunc:   store.ListJobs,
		OpenChunksFunc: store.OpenChunks,
		RefusalsFunc:   store.Refusals,
		SubmitJobFunc:  store.SubmitJob,
		TidyJobsFunc:   store.TidyJobs,
	}
	fault(mock, store)
	return brokenStore{store, mock}
}

func faultless(*portmock.JobStoreMock, *memstore.Store) {}

// shared returns a harness over memory: a dir that is opened again has the same store,
// and each opening the fault.
func shared(fault plant) jobtest.StoreHarness {
	var (
		mu     sync.Mutex
		stores = map[string]*memstore.Store{}
	)
	return jobtest.StoreHarness{
		Durable: true,
		Shared:  true,
		Open: func(dir string) (jobtest.Store, error) {
			mu.Lock()
			defer mu.Unlock()
			if stores[dir] == nil {
				stores[dir] = memstore.New()
			}
			return opening{planted(stores[dir], fault)}, nil
		},
	}
}

// opening is one of several of a store, which outlasts it.
type opening struct{ jobtest.Store }

func (opening) Close() error { return nil }

// draftsOf returns the drafts of all ends.
func draftsOf(ends []domain.ChunkEnd) (drafts []domain.Draft) {
	for _, end := range ends {
		drafts = append(drafts, end.Drafts...)
	}
	return drafts
}
