package httpapi_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// stores are what the stories are played over.
var stores = map[string]func(tb testing.TB) ports.PersonStore{
	"memstore":    func(testing.TB) ports.PersonStore { return memstore.New() },
	"sqlitestore": openSQLite,
	"pgstore":     func(tb testing.TB) ports.PersonStore { tb.Helper(); return postgres.Open(tb) },
}

// openSQLite opens a new database file.
func openSQLite(tb testing.TB) ports.PersonStore {
	tb.Helper()
	store, err := sqlitestore.Open(tb.Context(), sqlitestore.Config{Path: filepath.Join(tb.TempDir(), "db.sqlite3")})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() })
	if _, err := store.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return store
}

// config is the original's.
var config = httpapi.Config{
	AllowedHosts:       []string{"localhost", "127.0.0.1", "[::1]"},
	CORSAllowedOrigins: []string{"http://localhost:3000", "http://localhost:8000"},
}

// serve starts a server over store and returns its URL. The documents that it
// fetches are those of fetchStub.
func serve(t *testing.T, store ports.PersonStore) string {
	t.Helper()
	handler, err := httpapi.New(useCases(t, store), config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(described(t, handler))
	t.Cleanup(server.Close)
	return server.URL
}

func useCases(tb testing.TB, store ports.PersonStore) httpapi.UseCases {
	tb.Helper()
	tb.Cleanup(func() { _ = store.Close() })
	registry, err := domain.NewRegistry(store, 100)
	if err != nil {
		tb.Fatal(err)
	}
	pooled, err := domain.NewBulkCreate(executor(tb, domain.CreateHandler(store), localexec.Pooled(2, 64)), 10000)
	if err != nil {
		tb.Fatal(err)
	}
	batched, err := domain.NewBulkCreate(executor(tb, domain.CreateHandler(store), localexec.Batched(10000, 64)), 10000)
	if err != nil {
		tb.Fatal(err)
	}
	return httpapi.UseCases{
		Registry:         registry,
		Check:            domain.NewCheck(executor(tb, domain.FindHandler(store), localexec.Pooled(4, 1024))),
		CreateBulk:       pooled,
		AsyncCreateBulk:  batched,
		Fetch:            domain.NewFetch(executor(tb, domain.FetchHandler(fetchStub{}), localexec.PerItem(64, 64)), nil),
		Jobs:             newFakeJobs(),
		NewRefusalWriter: personfile.NewRefusalWriter,
		Export:           domain.NewExport(registry, personfile.Formats()),
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

// fetchStub fetches nothing: each document is its own URL.
type fetchStub struct{}

// FetchDocument implements ports.DocumentFetcher.
func (fetchStub) FetchDocument(_ context.Context, url string) (domain.Document, error) {
	return domain.Document(`"` + url + `"`), nil
}
