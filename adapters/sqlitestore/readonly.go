package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strconv"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
)

// readFile lets work read a database file over one connection, and changes nothing:
// neither the file, nor its journal mode, nor what is beside it. The error of a file
// that is not there, or is none, is that of Open.
//
// Where a WAL lies beside the file, or anything else that says that somebody uses it,
// SQLite reads that too, as everybody does; it may then leave the shared memory of the
// WAL behind where that was missing. Where there is nothing, SQLite is told that the
// file never changes, because else it would make both. If somebody begins to use it
// meanwhile, work is done again.
func readFile(ctx context.Context, path string, work func(ctx context.Context, db *sql.DB) error) error {
	if err := checkPath(path); err != nil {
		return cannotOpen(path, err)
	}
	if wasEmptied(path) {
		return cannotOpen(path, errEmptied)
	}
	before, err := os.Stat(path)
	if err != nil {
		return cannotOpen(path, errors.New("there is no such file"))
	}
	if inUse(path) {
		return withConnection(ctx, path, url.Values{"mode": {"ro"}}, work)
	}
	err = withConnection(ctx, path, url.Values{"mode": {"ro"}, "immutable": {"1"}}, work)
	after, statErr := os.Stat(path)
	if inUse(path) || statErr == nil && (after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime())) {
		return withConnection(ctx, path, url.Values{"mode": {"ro"}}, work)
	}
	return err
}

// inUse tells whether what lies beside a file says that somebody uses it, or was
// stopped while doing so.
func inUse(path string) bool {
	_, err := os.Stat(path + "-shm")
	return err == nil || hasContent(path+"-wal") || hasContent(path+"-journal")
}

// hasContent tells whether there is a file that is not empty.
func hasContent(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

// withConnection lets work use one connection with these settings.
func withConnection(ctx context.Context, path string, settings url.Values, work func(ctx context.Context, db *sql.DB) error) (err error) {
	if !settings.Has("_busy_timeout") {
		settings.Set("_busy_timeout", strconv.FormatInt(defaultBusyTimeout.Milliseconds(), 10))
	}
	db, err := sql.Open(sqlitedriver.Name, databaseURI(Config{Path: path})+"?"+settings.Encode())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	return work(ctx, db)
}
