package sqlitelimiter

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/fileowner"
	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
)

// errDamaged marks a file whose pages contradict each other.
var errDamaged = errors.New("the file is damaged")

const schema = `
CREATE TABLE IF NOT EXISTS clients (
	key BLOB NOT NULL PRIMARY KEY,
	full_at INTEGER NOT NULL, -- nanoseconds since 1970
	part INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS clients_full_at ON clients (full_at);`

// file is the open file: one connection and what it has prepared. One goroutine uses
// it at a time.
type file struct {
	path   string
	opened os.FileInfo
	db     *sql.DB
	conn   *sql.Conn

	beginning, committing, stating, keeping, forgetting *sql.Stmt

	statements []*sql.Stmt // all of them
}

// openFile opens the file, and makes it where it is missing or damaged.
func openFile(ctx context.Context, config Config) (*file, error) {
	f, err := tryOpenFile(ctx, config)
	if isDamage(err) {
		if err := removeFile(config.Path, f.opened); err != nil {
			return nil, err
		}
		f, err = tryOpenFile(ctx, config)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// tryOpenFile opens the file as it is. With an error the file it returns is closed
// and tells at most which file it was.
func tryOpenFile(ctx context.Context, config Config) (f *file, err error) {
	path := config.Path
	f = &file{path: path}
	if config.Database != "" {
		if err := fileowner.MakeLike(path, config.Database); err != nil {
			return f, err
		}
	}
	if f.db, err = sql.Open(sqlitedriver.Name, fileURI(path)); err != nil {
		return f, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.close())
		}
	}()
	f.db.SetMaxOpenConns(1)
	err = sqlitedriver.RetryBusy(ctx, config.BusyTimeout, busyPause, func() error {
		if f.conn != nil {
			_ = f.conn.Close() // it was not of use
		}
		f.opened, _ = os.Stat(path) // in case it cannot even be opened
		if f.conn, err = f.db.Conn(ctx); err != nil {
			return err
		}
		if err := f.prepareFile(ctx); err != nil {
			return err
		}
		f.opened, err = os.Stat(path)
		return err
	})
	if err != nil {
		return f, err
	}
	return f, f.prepareStatements(ctx)
}

// fileURI names the file and the settings of the connection.
func fileURI(path string) string {
	settings := url.Values{
		// Waiting for others is RetryBusy's: SQLite would soon sleep a tenth of a second
		// at a time, for others who are done in a thousandth of that.
		"_busy_timeout": {"0"},
		// Nothing here is worth waiting for the disk.
		"_synchronous": {"OFF"},
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + settings.Encode()
}

// prepareFile makes sure that the file is sound, in WAL mode, has its table and can be written.
func (f *file) prepareFile(ctx context.Context) error {
	var mode, sound string
	if err := f.conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("its journal mode stays %q, and roster needs WAL", mode)
	}
	if err := f.conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return err
	}
	if sound != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, sound)
	}
	if _, err := f.conn.ExecContext(ctx, schema); err != nil {
		return err
	}
	// A file that may only be read is opened without a word, and begins a transaction too.
	_, err := f.conn.ExecContext(ctx, "BEGIN IMMEDIATE; PRAGMA user_version = 0; ROLLBACK")
	return err
}

func (f *file) prepareStatements(ctx context.Context) error {
	for _, prepare := range []struct {
		statement **sql.Stmt
		query     string
	}{
		{&f.beginning, "BEGIN IMMEDIATE"},
		{&f.committing, "COMMIT"},
		{&f.stating, "SELECT full_at, part FROM clients WHERE key = ?"},
		{&f.keeping, "INSERT INTO clients (key, full_at, part) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at, part = excluded.part"},
		{&f.forgetting, "DELETE FROM clients WHERE key IN (SELECT key FROM clients WHERE full_at < ? LIMIT ?)"},
	} {
		statement, err := f.conn.PrepareContext(ctx, prepare.query) //nolint:sqlclosecheck // close closes it
		if err != nil {
			return err
		}
		*prepare.statement = statement
		f.statements = append(f.statements, statement)
	}
	return nil
}

// isStillThere tells whether the path names the file that is open. SQLite goes on
// writing into one that was removed or replaced, where no other process would see it.
func (f *file) isStillThere() bool {
	now, err := os.Stat(f.path)
	return err == nil && os.SameFile(f.opened, now)
}

// close undoes what was not committed.
func (f *file) close() error {
	var errs []error
	// database/sql leaves the statements of a connection to whoever prepared them, and
	// SQLite keeps a connection, with its locks, as long as it has statements.
	for _, statement := range f.statements {
		errs = append(errs, statement.Close())
	}
	if f.conn != nil {
		errs = append(errs, f.conn.Close())
	}
	return errors.Join(append(errs, f.db.Close())...)
}

// begin begins a transaction that writes, once no other process does.
func (f *file) begin(ctx context.Context, patience time.Duration) error {
	return sqlitedriver.RetryBusy(ctx, patience, busyPause, func() error {
		_, err := f.beginning.ExecContext(ctx)
		return err
	})
}

func (f *file) commit(ctx context.Context) error {
	_, err := f.committing.ExecContext(ctx)
	return err
}

// state returns what a client has taken.
func (f *file) state(ctx context.Context, key string) (domain.RateState, error) {
	var fullAt, part int64
	err := f.stating.QueryRowContext(ctx, []byte(key)).Scan(&fullAt, &part)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.RateState{}, nil
	}
	return domain.RateState{FullAt: time.Duration(fullAt), Part: int(part)}, err
}

// keep stores what a client has taken.
func (f *file) keep(ctx context.Context, key string, state domain.RateState) error {
	_, err := f.keeping.ExecContext(ctx, []byte(key), int64(state.FullAt), int64(state.Part))
	return err
}

// forget deletes at most so many clients to whom everything has come back.
func (f *file) forget(ctx context.Context, now time.Duration, rows int) error {
	_, err := f.forgetting.ExecContext(ctx, int64(now), rows)
	return err
}

// isDamage tells whether nothing but an empty file helps.
func isDamage(err error) bool {
	code, _ := sqlitedriver.Code(err)
	return code == sqlitedriver.Corrupt || code == sqlitedriver.NotADB || errors.Is(err, errDamaged)
}

// removeFile removes a damaged file, unless another process has done so, and what
// SQLite keeps beside it. Who has it open sees that it is gone.
func removeFile(path string, damaged os.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil || !os.SameFile(damaged, now) {
		return nil //nolint:nilerr // it is gone, and the next opening says what is wrong with its folder
	}
	for _, name := range []string{path + "-wal", path + "-shm", path} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// busyPause is how long a call waits before it tries again: no longer than another process writes.
const busyPause = 200 * time.Microsecond
