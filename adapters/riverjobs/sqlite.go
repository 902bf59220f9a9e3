package riverjobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/seed-bbcc19ba/roster/adapters/internal/fileowner"
	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// busyTimeout is how long SQLite waits for another process that writes. A task takes it
	// some tenths of a millisecond.
	busyTimeout = 2 * time.Second
	// openLimit is how long it may take to open the file, while others do so too.
	openLimit = 15 * time.Second
)

// OpenSQLite opens the queue in a file of its own, which is made where it is missing; its
// folder is not. The error, also that it cannot be written, is one line that names the file, with
// the code domain.CodeUnavailable, or those of ctx.
//
// An idle queue takes 3 MiB, and 3 MiB more while it is served. Serve looks at the file 20 times a second, which takes
// a hundredth of a processor.
func OpenSQLite(ctx context.Context, path string, config Config) (*Queue, error) {
	s := &sqliteTables{}
	if err := s.open(ctx, path, config); err != nil {
		if ended := domain.ContextError(ctx); ended != nil {
			return nil, ended
		}
		return nil, &domain.Error{Code: domain.CodeUnavailable, Message: "the queue of jobs cannot be opened", Cause: fmt.Errorf("%s: %w", path, explain(err))}
	}
	return newQueue(s, config)
}

// explain says what is to be done about a file that cannot be used.
func explain(err error) error {
	code, _ := sqlitedriver.Code(err)
	if code == sqlitedriver.Corrupt || code == sqlitedriver.NotADB || errors.Is(err, errDamaged) {
		return fmt.Errorf("%w; where it is the queue's, it may be deleted while no roster runs: nothing is in it alone", err)
	}
	return sqlitedriver.ExplainAccess(err)
}

var (
	errDamaged = errors.New("the file is damaged")
	errForeign = errors.New("the file holds something else, and the queue needs one of its own")
)

// sqliteTables are River's tables in a SQLite file.
type sqliteTables struct {
	db     *sql.DB
	driver *riversqlite.Driver
}

// open opens the file and makes sure that it can be used. With an error nothing stays open.
func (s *sqliteTables) open(ctx context.Context, path string, config Config) (err error) {
	if config.Database != "" {
		if err := fileowner.MakeLike(path, config.Database); err != nil {
			return err
		}
	}
	if s.db, err = sql.Open(sqlitedriver.Name, fileURI(path)); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.db.Close())
		}
	}()
	// River wants one connection, since several would only wait for each other, and fail.
	s.db.SetMaxOpenConns(1)
	s.driver = riversqlite.New(s.db)
	if err := sqlitedriver.RetryBusy(ctx, openLimit, time.Millisecond, func() error { return s.prepareFile(ctx) }); err != nil {
		return err
	}
	logger, flush := warnings(config.Logger)
	defer flush()
	m, err := rivermigrate.New(s.driver, &rivermigrate.Config{Logger: logger})
	if err != nil {
		return err
	}
	if config.Migrate {
		return s.migrate(ctx, m)
	}
	ready, err := upToDate(ctx, m)
	if err == nil && !ready {
		return ErrOutOfDate
	}
	return err
}

// fileURI names the file and the settings of its connection.
func fileURI(path string) string {
	settings := url.Values{
		"_busy_timeout": {strconv.FormatInt(busyTimeout.Milliseconds(), 10)},
		// Nothing here is worth waiting for the disk, but a power cut should leave a file
		// that can be read.
		"_synchronous": {"NORMAL"},
		// Transactions begin as writers. One that begins as a reader, and writes when
		// somebody else wrote meanwhile, fails at once, whatever the busy timeout.
		"_txlock": {"immediate"},
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + settings.Encode()
}

// prepareFile makes sure that the file is sound, is the queue's, is in WAL mode, and can be
// written.
func (s *sqliteTables) prepareFile(ctx context.Context) error {
	var sound, mode string
	var foreign int
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return err
	}
	if sound != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, oneLine(sound))
	}
	err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'river\_%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`).Scan(&foreign)
	if err != nil {
		return err
	}
	if foreign > 0 {
		return errForeign
	}
	if err := s.db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("its journal mode stays %q, and the queue needs WAL", mode)
	}
	return s.tryWriting(ctx)
}

// tryWriting returns why the file cannot be written: SQLite reads such a one without a word.
func (s *sqliteTables) tryWriting(ctx context.Context) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "PRAGMA user_version = 0") // to begin is no write yet
	return errors.Join(err, tx.Rollback())
}

// migrate brings the tables up to date. Where several processes do so at once, each step is a
// transaction that one of them makes; the others fail, and look again.
func (s *sqliteTables) migrate(ctx context.Context, m migrator) error {
	deadline := time.Now().Add(openLimit)
	for {
		err := migrate(ctx, m)
		if err == nil || ctx.Err() != nil || time.Now().After(deadline) {
			return err
		}
		if ready, lookErr := upToDate(ctx, m); ready || isFinal(lookErr) {
			return lookErr
		}
		pause(ctx, 20*time.Millisecond)
	}
}

// isFinal tells whether nothing is gained by another try.
func isFinal(err error) bool {
	code, ok := sqlitedriver.Code(err)
	return err != nil && (!ok || code != sqlitedriver.Busy)
}

func (s *sqliteTables) newClient(config *river.Config) (client, error) {
	return river.NewClient(s.driver, config)
}

func (s *sqliteTables) holdPlace(ctx context.Context, held place) (ok bool, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // nothing where it was committed
	const others = " FROM river_job WHERE unique_key = ? AND id <> ? AND state IN ('available', 'pending', 'retryable', 'scheduled')"
	if _, err := tx.ExecContext(ctx, "DELETE"+others+" AND attempt <= ?", held.key, held.id, held.attempt); err != nil {
		return false, err
	}
	var waiting int
	if err := tx.QueryRowContext(ctx, "SELECT count(*)"+others, held.key, held.id).Scan(&waiting); err != nil || waiting > 0 {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE river_job SET unique_states = unique_states | ? WHERE id = ?", runningBit, held.id); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

func (s *sqliteTables) leavePlace(ctx context.Context, id int64) error {
	_, err := s.db.ExecContext(ctx, "UPDATE river_job SET unique_states = unique_states & ~? WHERE id = ?", runningBit, id)
	return err
}

func (s *sqliteTables) close() error { return s.db.Close() }
