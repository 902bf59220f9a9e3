package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
)

// All settings of a connection are here, each with its reason; journal_mode, which
// is the file's, is in prepareFile. Both drivers read the same names.
//
// What is not set has been measured, interleaved with a control, over a million
// rows and with both drivers, and stays as SQLite has it:
//
//   - mmap_size, 64 or 256 MiB: 5 to 9 % off a Find at random, nothing off a page or
//     a Find that meets the page cache. But an I/O error in a mapped file, or one
//     that somebody shortens, is a SIGBUS and ends the process instead of one call;
//     and what each connection maps counts as its memory.
//   - cache_size: 4 and 16 MiB instead of 2 gain nothing, the system caches the file
//     too. 64 MiB gain 4 % with mattn's driver and cost 20 % with modernc's.
//   - wal_autocheckpoint: 4000 pages instead of 1000 make changes at random places a
//     fifth cheaper and single creates a fifth dearer or worse.
//   - temp_store: nothing here sorts or needs a temporary table.

// writerURI names the database and the settings of the connection that writes.
func writerURI(config Config) string {
	settings := commonSettings(config)
	// Transactions begin as writers. One that begins as a reader, and writes when
	// somebody else wrote meanwhile, fails at once, whatever the busy timeout.
	settings.Set("_txlock", "immediate")
	return databaseURI(config) + "?" + settings.Encode()
}

// readerURI is writerURI for the connections that read.
func readerURI(config Config) string {
	settings := commonSettings(config)
	// A write that strays here is an error instead of a second writer.
	settings.Set("_query_only", "1")
	// A file that was removed is an error instead of a new empty one.
	settings.Set("mode", "rw")
	return databaseURI(config) + "?" + settings.Encode()
}

// commonSettings are what all connections have in common.
func commonSettings(config Config) url.Values {
	return url.Values{
		// Another process may be writing. In this one, callers wait in a lane.
		"_busy_timeout": {strconv.FormatInt(config.BusyTimeout.Milliseconds(), 10)},
		// FULL, unless somebody chose otherwise: a commit waits until the WAL is on
		// the disk. NORMAL has it written there with the next checkpoint. The WAL has
		// checksums, so a power cut leaves whole commits, only maybe not the last.
		"_synchronous": {config.Synchronous.String()},
		// As Django sets it: its other tables have foreign keys.
		"_foreign_keys": {"1"},
	}
}

// databaseURI names the file, whatever characters its path has, or a database
// that belongs to the connection that opens it.
func databaseURI(config Config) string {
	if config.inMemory() {
		return "file::memory:"
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(config.Path)}).EscapedPath()
}

// checkPath finds out what SQLite would only call "unable to open".
func checkPath(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no folder %s", folder)
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is not a folder", folder)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a folder")
	}
	return nil
}

var errEmptied = errors.New("it is damaged: it is empty, and beside it lies a WAL with data")

// wasEmptied tells whether a file is empty and its WAL is not: SQLite would take it for
// a new one, and remove the WAL.
func wasEmptied(path string) bool {
	wal := hasContent(path + "-wal") // first, because it is made after the file
	info, err := os.Stat(path)
	return err == nil && info.Size() == 0 && wal
}

var errRemoved = errors.New("it is missing, and beside it lies its WAL with data")

// wasRemoved tells whether a file is missing and its WAL is not: SQLite would make a
// new one, and remove the WAL, which may hold all that was ever saved.
func wasRemoved(path string) bool {
	wal := hasContent(path + "-wal") // first, because it is made after the file
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist) && wal
}

// prepareFile creates the file where it is missing, puts it into WAL mode and
// finds out whether it can be written.
func prepareFile(ctx context.Context, db *sql.DB, patience time.Duration) error {
	var mode string
	// Two processes that both change the mode get "busy" at once, without the
	// busy timeout, because waiting would be a deadlock.
	err := sqlitedriver.RetryBusy(ctx, patience, 10*time.Millisecond, func() error {
		return db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
	})
	if err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("its journal mode stays %q, and roster needs WAL", mode)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return tx.Rollback()
}
