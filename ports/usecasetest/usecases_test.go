package usecasetest_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/usecasetest"
)

func TestTheUseCasesKeepTheContract(t *testing.T) {
	t.Parallel()
	usecasetest.Run(t, usecasetest.Harness{Open: open})
}

// open returns the domain's own use cases, over a store in memory.
func open(t *testing.T) usecasetest.UseCases {
	t.Helper()
	store := memstore.New()
	t.Cleanup(func() { _ = store.Close() })
	registry, err := domain.NewRegistry(store, usecasetest.PageSize)
	if err != nil {
		t.Fatal(err)
	}
	bulk, err := domain.NewBulkCreate(executor(t, domain.CreateHandler(store), localexec.Pooled(2, 64)), usecasetest.BulkMax)
	if err != nil {
		t.Fatal(err)
	}
	return usecasetest.UseCases{
		Registry: registry,
		Bulk:     bulk,
		Check:    domain.NewCheck(executor(t, domain.FindHandler(store), localexec.Pooled(4, 64))),
		Fetch:    domain.NewFetch(executor(t, domain.FetchHandler(usecasetest.Fetcher{}), localexec.PerItem(4, 64)), usecasetest.URLs()),
		Jobs:     jobs(t, store),
		Export:   domain.NewExport(registry, personfile.Formats()),
	}
}

func executor[In, Out any](tb testing.TB, handler domain.Handler[In, Out], config localexec.Config) domain.Executor[In, Out] {
	tb.Helper()
	executor, err := localexec.New(handler, config)
	if err != nil {
		tb.Fatal(err)
	}
	return executor
}

// jobs returns jobs that somebody works off.
func jobs(tb testing.TB, store *memstore.Store) *domain.Jobs {
	tb.Helper()
	var made atomic.Int64
	config := domain.JobsConfig{Formats: personfile.Formats(), NewID: func() (domain.JobID, error) {
		return domain.JobID(fmt.Sprintf("019a0000-0000-7000-8000-%012x", made.Add(1))), nil
	}}
	queue := memqueue.New()
	jobs, err := domain.NewJobs(store, queue, config)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var worker sync.WaitGroup
	worker.Go(func() { _ = queue.Serve(ctx, 2, domain.NewJobWork(store, queue, config)) })
	tb.Cleanup(func() {
		stop()
		worker.Wait()
		_ = queue.Close()
	})
	return jobs
}
