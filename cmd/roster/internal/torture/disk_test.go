//go:build linux

package torture_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/disk"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/domain"
)

// buildLibrary compiles what is loaded before libc, once.
var buildLibrary = sync.OnceValues(func() (string, error) {
	return disk.BuildLibrary(context.Background(), "disk/testdata/disk.c", buildFolder)
})

// watch looks after the folder of a database for the next program. The test is
// skipped where the program's calls cannot be seen.
func watch(t *testing.T, database string) *disk.Watch {
	t.Helper()
	if !withCgo {
		t.Skip("roster is built without cgo: its SQLite makes system calls without libc, where nothing can stand between")
	}
	library, err := buildLibrary()
	if errors.Is(err, disk.ErrNoCompiler) {
		t.Skip("there is no C compiler for the library that stands between roster and libc")
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := disk.NewWatch(library, filepath.Dir(database))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// lengthOf returns a clock for ledgers that tells how long the log is.
func lengthOf(t *testing.T, w *disk.Watch) func() int64 {
	t.Helper()
	return func() int64 {
		length, err := w.Length()
		if err != nil {
			t.Error(err)
		}
		return length
	}
}

// recovered opens a database with roster's store, as after a power cut, and returns
// who is in it and the id that the next person gets.
func recovered(ctx context.Context, path string) (rows []ledger.Row, nextID int64, err error) {
	store, err := sqlitestore.Open(ctx, sqlitestore.Config{Path: path})
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if _, err := store.Migrate(ctx); err != nil {
		return nil, 0, err
	}
	query := domain.SeekQuery{From: math.MinInt64, Size: 10_000}
	for more := true; more; {
		slice, err := store.Seek(ctx, query)
		if err != nil {
			return nil, 0, err
		}
		for _, person := range slice.Persons {
			rows = append(rows, ledger.Row{ID: person.ID(), Name: person.Name(), Age: person.Age()})
			query.From = person.ID()
		}
		more = slice.More
	}
	next, err := domain.NewDraft("the next", 1)
	if err != nil {
		return nil, 0, err
	}
	person, err := store.Create(ctx, next)
	return rows, person.ID(), err
}
