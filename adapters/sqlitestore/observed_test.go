package sqlitestore_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/querytest"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

// openHeard opens a store that tells of its queries, on a file or, where path is "", in memory.
func openHeard(t *testing.T, path string) (*sqlitestore.Store, *querytest.Heard) {
	t.Helper()
	h := &querytest.Heard{}
	store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path, Observe: h.Observe})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store, h
}

func draftNamed(t *testing.T, name string) domain.Draft {
	t.Helper()
	draft, err := domain.NewDraft(name, 36)
	if err != nil {
		t.Fatal(err)
	}
	return draft
}

func TestItsQueriesKeepTheContract(t *testing.T) {
	t.Parallel()
	for name, inMemory := range map[string]bool{"on a file": false, "in memory": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			querytest.Run(t, querytest.Harness{Open: func(t *testing.T, observe ports.QueryObserver) ports.PersonStore {
				t.Helper()
				path := filepath.Join(t.TempDir(), "a.db")
				if inMemory {
					path = ""
				}
				store, err := openMigrated(sqlitestore.Config{Path: path, Observe: observe})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = store.Close() })
				return store
			}})
		})
	}
}

func TestEachCallIsToldOfItsQueries(t *testing.T) {
	t.Parallel()
	store, h := openHeard(t, filepath.Join(t.TempDir(), "a.db"))
	before := time.Now()
	if _, err := store.Create(querytest.By(t.Context(), "creator"), draftNamed(t, "Ada")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Find(querytest.By(t.Context(), "finder"), 1); err != nil {
		t.Fatal(err)
	}

	created := querytest.Statements(h.Of("creator"))
	if len(created) < 3 || created[0] != "BEGIN" || created[len(created)-1] != "COMMIT" ||
		!slices.Contains(created, "INSERT INTO persons_person (name, age) SELECT key, value FROM json_each(?)") {
		t.Errorf("Create: told %q, want BEGIN, the insert among others, COMMIT", created)
	}
	found := h.Of("finder")
	if len(found) != 1 || found[0].SQL != "SELECT name, age FROM persons_person WHERE id = ?" {
		t.Fatalf("Find: told %+v, want the one query that it takes", found)
	}
	query := found[0]
	if query.Rows != 1 || query.Shared != 1 || query.Err != nil || query.Took <= 0 || query.Began.Before(before) {
		t.Errorf("Find: told %+v, want one row, for one call, with its time", query)
	}
}

// The writes of one transaction wait for all of its queries, so each is told of them.
func TestTheQueriesOfACommonTransactionAreToldToEachOfItsWrites(t *testing.T) {
	t.Parallel()
	store, h := openHeard(t, filepath.Join(t.TempDir(), "a.db"))
	// While one who writes holds the connection, the others wait and become one group.
	holding, free := make(chan struct{}), make(chan struct{})
	var writers sync.WaitGroup
	writers.Go(func() {
		_ = store.Change(t.Context(), func(context.Context, bun.IDB) error {
			close(holding)
			<-free
			return nil
		})
	})
	<-holding
	for _, who := range []string{"a", "b", "c"} {
		writers.Go(func() {
			if _, err := store.Create(querytest.By(t.Context(), who), draftNamed(t, "Ada")); err != nil {
				t.Errorf("Create: %v", err)
			}
		})
	}
	for store.Waiting() < 2 { // one is taken from the queue already, and waits for the connection
		time.Sleep(time.Millisecond)
	}
	close(free)
	writers.Wait()
	for _, who := range []string{"a", "b", "c"} {
		queries := h.Of(who)
		if len(queries) == 0 || queries[len(queries)-1].SQL != "COMMIT" || queries[len(queries)-1].Shared != 3 {
			t.Errorf("%s: told %+v, want the COMMIT that it shared with 3", who, queries)
		}
	}
}

// No name may be in what is told, whatever is done, and whether a query is prepared or written by bun.
func TestNoQueryTellsOfAPerson(t *testing.T) {
	t.Parallel()
	store, h := openHeard(t, filepath.Join(t.TempDir(), "a.db"))
	const name = "Zaphod O'Beeblebrox"
	ctx := t.Context()
	draft := draftNamed(t, name)
	for range 3 {
		if _, err := store.CreateBatch(ctx, []domain.Draft{draft, draft}); err != nil {
			t.Fatal(err)
		}
	}
	other := draftNamed(t, "Beeblebrox 4242")
	_, _ = store.Create(ctx, draft)
	_, _ = store.Replace(ctx, 1, other)
	_, _ = store.Find(ctx, 1)
	_, _ = store.Page(ctx, domain.PageQuery{Number: 1, Size: 3})
	_, _ = store.Seek(ctx, domain.SeekQuery{Size: 3})
	_, _ = store.FindUserByName(ctx, "Beeblebrox")
	_, _ = store.DeleteBatch(ctx, []int64{4242, 2})
	_, _ = store.Changes(ctx, domain.ChangesQuery{Person: 4242, Size: 10})
	for _, query := range h.All() {
		if strings.Contains(query.SQL, "Beeblebrox") || strings.Contains(query.SQL, "4242") {
			t.Errorf("told %q, which tells what was saved or asked for", query.SQL)
		}
	}
	if len(h.All()) < 20 {
		t.Errorf("told %d queries, want those of all calls", len(h.All()))
	}
}

func TestAPlanSaysHowAQueryIsAnswered(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"on a file": filepath.Join(t.TempDir(), "a.db"), "in memory": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, h := openHeard(t, path)
			ctx := querytest.By(t.Context(), "who asks for plans")
			for statement, want := range map[string]string{
				"SELECT name, age FROM persons_person WHERE id = ?": "SEARCH persons_person USING INTEGER PRIMARY KEY (rowid=?)",
				"SELECT * FROM persons_person WHERE name LIKE ?":    "SCAN persons_person",
				"DELETE FROM persons_person WHERE id IN (?)":        "SEARCH persons_person USING INTEGER PRIMARY KEY (rowid=?)",
				"COMMIT":                    "",
				"PRAGMA journal_mode = WAL": "",
			} {
				plan, err := store.Explain(ctx, statement)
				if err != nil || plan != want {
					t.Errorf("%s:\ngot  %q and %v\nwant %q", statement, plan, err, want)
				}
			}
			if told := h.Of("who asks for plans"); len(told) != 0 {
				t.Errorf("told %q, want that nobody is told of plans", querytest.Statements(told))
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Explain(ctx, "SELECT 1"); domain.CodeOf(err) != domain.CodeUnavailable {
				t.Errorf("after Close: got %v, want unavailable", err)
			}
		})
	}
}

func TestEveryQueryThatIsToldHasAPlan(t *testing.T) {
	t.Parallel()
	store, h := openHeard(t, filepath.Join(t.TempDir(), "a.db"))
	ctx := t.Context()
	draft := draftNamed(t, "Ada")
	_, _ = store.CreateBatch(ctx, []domain.Draft{draft, draft})
	_, _ = store.Patch(ctx, 1, domain.Patch{})
	_, _ = store.Replace(ctx, 1, draft)
	_, _ = store.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
	_, _ = store.Seek(ctx, domain.SeekQuery{Size: 3, Backward: true})
	_, _ = store.DeleteBatch(ctx, []int64{1, 2})
	_, _ = store.ListJobs(ctx, "", 3)
	for _, query := range h.All() {
		if strings.Contains(query.SQL, "CREATE ") || strings.Contains(query.SQL, "goose") {
			continue // of migrations
		}
		if _, err := store.Explain(ctx, query.SQL); err != nil {
			t.Errorf("%s: got %v, want a plan or none", query.SQL, err)
		}
	}
}

// What stands between database/sql and the driver changes nothing of what the contract says.
func TestTheContractHoldsWhileSomebodyObserves(t *testing.T) {
	t.Parallel()
	var h querytest.Heard
	storetest.Run(t, storetest.Harness{
		Open: func(dir string) (ports.PersonStore, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3"), Observe: func(ctx context.Context, query ports.Query) {
				if query.Shared < 1 || query.SQL == "" {
					h.Observe(ctx, query)
				}
			}})
		},
		Durable: true,
	})
	t.Cleanup(func() {
		for _, query := range h.All() {
			t.Errorf("told %+v, want a statement, and for how many writes it was", query)
		}
	})
}
