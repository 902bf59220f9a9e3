package usecasetest_test

import (
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
	usecasetest.Run(t, usecasetest.Harness{Open: open, Idle: idle})
}

// open returns the domain's own use cases, over a store in memory.
func open(t *testing.T) usecasetest.UseCases {
	t.Helper()
	return inMemory(t, true)
}

func idle(t *testing.T) usecasetest.UseCases {
	t.Helper()
	return inMemory(t, false)
}

func inMemory(t *testing.T, worked bool) usecasetest.UseCases {
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
		Jobs:     usecasetest.Jobs(t, store, memqueue.New(), personfile.Formats(), worked),
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
