package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// memoryURI names a database that belongs to the connection that opens it.
const memoryURI = "file::memory:"

// fileURI names a file, whatever characters its path has.
func fileURI(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
}

// immediate makes the transactions of a connection begin as writers. One that
// begins as a reader, and writes when somebody else wrote meanwhile, fails at
// once, whatever the busy timeout.
const immediate = "?_txlock=immediate"

// writerPragmas are the settings of the connection that writes.
func writerPragmas(config Config) []string {
	return []string{
		// First, so that the others wait for another process too.
		fmt.Sprintf("PRAGMA busy_timeout = %d", config.BusyTimeout.Milliseconds()),
		// Every commit is on the disk before it is answered. NORMAL would lose the
		// last ones in a power cut.
		"PRAGMA synchronous = FULL",
		// As Django sets it: its other tables have foreign keys.
		"PRAGMA foreign_keys = ON",
	}
}

// readerPragmas are the settings of the connections that read.
func readerPragmas(config Config) []string {
	return append(writerPragmas(config),
		// A write that strays here is an error instead of a second writer.
		"PRAGMA query_only = ON",
	)
}

// connector opens connections with their settings, the same way for every driver.
type connector struct {
	uri     string
	pragmas []string
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := sqliteDriver.Open(c.uri)
	if err != nil {
		return nil, err
	}
	for _, pragma := range c.pragmas {
		if _, err := conn.(driver.ExecerContext).ExecContext(context.WithoutCancel(ctx), pragma, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return sqliteDriver }

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

// prepareFile creates the file where it is missing, puts it into WAL mode and
// finds out whether it can be written.
func prepareFile(ctx context.Context, db *sql.DB, patience time.Duration) error {
	var mode string
	// Two processes that both change the mode get "busy" at once, without the
	// busy timeout, because waiting would be a deadlock.
	err := retryBusy(ctx, patience, func() error {
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

// retryBusy calls do until it returns something else than busy.
func retryBusy(ctx context.Context, patience time.Duration, do func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := do()
		if code, _ := resultCode(err); code != codeBusy || time.Now().After(deadline) {
			return err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
