package httpclient_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

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
	open := func(worked bool) func(t *testing.T) usecasetest.UseCases {
		return func(t *testing.T) usecasetest.UseCases {
			t.Helper()
			store := memstore.New()
			jobs := usecasetest.Jobs(t, store, memqueue.New(), personfile.Formats(), worked)
			return over(newClient(t, serve(t, newAPIWith(t, store, jobs, usecasetest.PageSize, usecasetest.BulkMax)), httpclient.Config{}))
		}
	}
	usecasetest.Run(t, usecasetest.Harness{Open: open(true), Idle: open(false)})
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
	return newAPIWith(tb, store, usecasetest.Jobs(tb, store, memqueue.New(), personfile.Formats(), true), pageSize, bulkMax)
}

func newAPIWith(tb testing.TB, store *memstore.Store, jobs *domain.Jobs, pageSize, bulkMax int) http.Handler {
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
		Jobs:             jobs,
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
