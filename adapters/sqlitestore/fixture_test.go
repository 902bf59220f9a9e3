package sqlitestore_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// openMigrated opens a store and makes its table.
func openMigrated(config sqlitestore.Config) (*sqlitestore.Store, error) {
	store, err := sqlitestore.Open(context.Background(), config)
	if err != nil {
		return nil, err
	}
	_, err = store.Migrate(context.Background())
	return store, err
}

// open opens the file without touching its tables, until the test ends.
func open(t *testing.T, path string) *sqlitestore.Store {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return store
}

// migrate makes the store's table.
func migrate(t *testing.T, store *sqlitestore.Store) {
	t.Helper()
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// newFile returns the path of a file that does not exist.
func newFile(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "roster.sqlite3")
}

// fileWith returns the path of a database that another program made.
func fileWith(t *testing.T, statements string) string {
	t.Helper()
	path := newFile(t)
	execute(t, path, statements)
	return path
}

// openRaw opens one connection to the file as another program would.
func openRaw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sqlitestore.OpenRaw(path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// execute runs statements as another program.
func execute(t *testing.T, path, statements string) {
	t.Helper()
	db := openRaw(t, path)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

// dump returns everything that another program finds in the file, but for what
// goose keeps for itself.
func dump(t *testing.T, path string) string {
	t.Helper()
	db := openRaw(t, path)
	defer db.Close()
	var text strings.Builder
	tables := query(t, db, &text, "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'roster@_%' ESCAPE '@' AND name NOT LIKE 'sqlite@_autoindex@_%' ESCAPE '@' ORDER BY name")
	for _, table := range tables {
		where := ""
		if table == "sqlite_sequence" {
			where = " WHERE name NOT LIKE 'roster@_%' ESCAPE '@'"
		}
		query(t, db, &text, fmt.Sprintf("SELECT * FROM %q%s ORDER BY 1", table, where))
	}
	return text.String()
}

// query writes the rows of a query to text and returns the first column of the
// rows that are not indexes.
func query(t *testing.T, db *sql.DB, text *strings.Builder, statement string) (first []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(text, "%q\n", fmt.Sprint(values...))
		if !strings.Contains(fmt.Sprint(values...), "INDEX") {
			first = append(first, fmt.Sprint(values[0]))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return first
}

func newDraft(t *testing.T, name string, age int64) domain.Draft {
	t.Helper()
	draft, err := domain.NewDraft(name, age)
	if err != nil {
		t.Fatal(err)
	}
	return draft
}

func newDrafts(t *testing.T, n int) []domain.Draft {
	t.Helper()
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		drafts[i] = newDraft(t, fmt.Sprintf("Person %d", i), int64(i%100))
	}
	return drafts
}

func create(t *testing.T, store *sqlitestore.Store, name string) domain.Person {
	t.Helper()
	person, err := store.Create(t.Context(), newDraft(t, name, 1))
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// everybody asks for all persons.
var everybody = domain.SeekQuery{From: math.MinInt64, Size: math.MaxInt}

// all returns everybody.
func all(t *testing.T, store *sqlitestore.Store) []domain.Person {
	t.Helper()
	slice, err := store.Seek(t.Context(), everybody)
	if err != nil {
		t.Fatal(err)
	}
	return slice.Persons
}

// wantCode fails the test unless err has the code and its text the words.
func wantCode(t *testing.T, call string, err error, want domain.Code, words ...string) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("%s: got code %q (%v), want %q", call, got, err, want)
		return
	}
	for _, word := range words {
		if err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("%s: got error %q, want it to say %q", call, err, word)
		}
	}
}

// everyMethod calls each method that needs the table and returns its error.
func everyMethod(t *testing.T, store *sqlitestore.Store) map[string]error {
	t.Helper()
	ctx, draft := t.Context(), newDraft(t, "Ann", 31)
	age := int64(7)
	patch, err := domain.NewPatch(nil, &age)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]error{}
	_, got["Create"] = store.Create(ctx, draft)
	_, got["CreateBatch"] = store.CreateBatch(ctx, []domain.Draft{draft, draft})
	_, got["Find"] = store.Find(ctx, 1)
	_, got["Page"] = store.Page(ctx, domain.PageQuery{Number: 1, Size: 10})
	_, got["Replace"] = store.Replace(ctx, 1, draft)
	_, got["Patch"] = store.Patch(ctx, 1, patch)
	_, got["Patch of nothing"] = store.Patch(ctx, 1, domain.Patch{})
	got["Delete"] = store.Delete(ctx, 1)
	_, got["Seek"] = store.Seek(ctx, everybody)
	_, got["Seek backward"] = store.Seek(ctx, domain.SeekQuery{From: 1, Backward: true, Size: 10})
	return got
}

// names returns the names of persons.
func names(persons []domain.Person) (names []string) {
	for _, person := range persons {
		names = append(names, person.Name())
	}
	return names
}
