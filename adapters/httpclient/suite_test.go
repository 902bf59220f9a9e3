package httpclient_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/usecasetest"
)

// The same suite runs over the use cases themselves: see ports/usecasetest.
func TestTheClientKeepsTheContract(t *testing.T) {
	t.Parallel()
	usecasetest.Run(t, usecasetest.Harness{Open: func(t *testing.T) usecasetest.UseCases {
		t.Helper()
		return over(newClient(t, serve(t, newAPI(t, memstore.New(), usecasetest.PageSize, usecasetest.BulkMax)), httpclient.Config{}))
	}})
}

// over returns a client as the use cases that it stands for.
func over(client *httpclient.Client) usecasetest.UseCases {
	return usecasetest.UseCases{
		Registry: client.Registry, Bulk: client.CreateBulk, Check: client.Check, Fetch: client.Fetch, Jobs: client.Jobs, Export: client.Export,
	}
}

// newClient returns a client that knows how many a bulk may be.
func newClient(tb testing.TB, url string, config httpclient.Config) *httpclient.Client {
	tb.Helper()
	if config.BulkMax == 0 {
		config.BulkMax = usecasetest.BulkMax
	}
	client, err := httpclient.New(url, config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

func serve(tb testing.TB, handler http.Handler) string {
	tb.Helper()
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return server.URL
}

// newAPI returns the whole API over a store, with somebody who works off its jobs.
func newAPI(tb testing.TB, store *memstore.Store, pageSize, bulkMax int) http.Handler {
	tb.Helper()
	tb.Cleanup(func() { _ = store.Close() })
	registry, err := domain.NewRegistry(store, pageSize)
	if err != nil {
		tb.Fatal(err)
	}
	bulk, err := domain.NewBulkCreate(executor(tb, domain.CreateHandler(store), localexec.Pooled(2, 64)), bulkMax)
	if err != nil {
		tb.Fatal(err)
	}
	handler, err := httpapi.New(httpapi.UseCases{
		Registry:         registry,
		Check:            domain.NewCheck(executor(tb, domain.FindHandler(store), localexec.Pooled(4, 64))),
		CreateBulk:       bulk,
		AsyncCreateBulk:  bulk,
		Fetch:            domain.NewFetch(executor(tb, domain.FetchHandler(usecasetest.Fetcher{}), localexec.PerItem(4, 64)), usecasetest.URLs()),
		Jobs:             newJobs(tb, store),
		NewRefusalWriter: personfile.NewRefusalWriter,
		Export:           domain.NewExport(registry, personfile.Formats()),
	}, httpapi.Config{AllowedHosts: []string{"*"}})
	if err != nil {
		tb.Fatal(err)
	}
	return handler
}

func executor[In, Out any](tb testing.TB, handler domain.Handler[In, Out], config localexec.Config) domain.Executor[In, Out] {
	tb.Helper()
	executor, err := localexec.New(handler, config)
	if err != nil {
		tb.Fatal(err)
	}
	return executor
}

func newJobs(tb testing.TB, store *memstore.Store) *domain.Jobs {
	tb.Helper()
	config := domain.JobsConfig{Formats: personfile.Formats(), NewID: func() (domain.JobID, error) {
		id, err := uuid.NewV7()
		return domain.JobID(id.String()), err
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
