package worker

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"github.com/seed-bbcc19ba/roster/domain"
)

// floorRows is how many rows a statement of the floor saves: more or fewer are slower.
const floorRows = 500

// floor is the driver and nothing else: one connection, prepared statements, and
// the settings of the store (WAL, synchronous=FULL). Its contexts cannot end,
// because drivers are slower with those that can.
type floor struct {
	db   *sql.DB
	conn *sql.Conn
	one  *sql.Stmt // saves one row
	many *sql.Stmt // saves floorRows rows

	mu sync.Mutex // callers of create take turns
}

// openFloor opens a file that has the store's schema.
func openFloor(ctx context.Context, path string) (*floor, error) {
	store, err := openMigrated(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	f := &floor{}
	if f.db, f.conn, err = openConnection(path); err != nil {
		return nil, err
	}
	if err := f.prepare(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *floor) prepare() (err error) {
	ctx := context.Background()
	if _, err := f.conn.ExecContext(ctx, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"); err != nil {
		return err
	}
	const insert = "INSERT INTO persons_person (name, age) VALUES (?, ?)"
	if f.one, err = f.conn.PrepareContext(ctx, insert); err != nil {
		return err
	}
	f.many, err = f.conn.PrepareContext(ctx, insert+strings.Repeat(", (?, ?)", floorRows-1))
	return err
}

// loop saves drafts in one transaction, a row a statement.
func (f *floor) loop(drafts []domain.Draft) error {
	return f.inTransaction(func(tx *sql.Tx) error {
		return saveEach(tx.StmtContext(context.Background(), f.one), drafts)
	})
}

// statements saves drafts in one transaction, floorRows rows a statement, and what
// is left a row a statement.
func (f *floor) statements(drafts []domain.Draft) error {
	return f.inTransaction(func(tx *sql.Tx) error {
		many := tx.StmtContext(context.Background(), f.many) //nolint:sqlclosecheck // it ends with the transaction
		args := make([]any, 0, 2*floorRows)
		for len(drafts) >= floorRows {
			args = args[:0]
			for _, draft := range drafts[:floorRows] {
				args = append(args, draft.Name(), int64(draft.Age()))
			}
			if _, err := many.ExecContext(context.Background(), args...); err != nil {
				return err
			}
			drafts = drafts[floorRows:]
		}
		return saveEach(tx.StmtContext(context.Background(), f.one), drafts)
	})
}

func saveEach(one *sql.Stmt, drafts []domain.Draft) error {
	for _, draft := range drafts {
		if _, err := one.ExecContext(context.Background(), draft.Name(), int64(draft.Age())); err != nil {
			return err
		}
	}
	return nil
}

// create saves one draft in a transaction of its own.
func (f *floor) create(draft domain.Draft) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.one.ExecContext(context.Background(), draft.Name(), int64(draft.Age()))
	return err
}

func (f *floor) inTransaction(do func(tx *sql.Tx) error) error {
	tx, err := f.conn.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// count returns how many rows there are.
func (f *floor) count() (rows int, err error) {
	err = f.conn.QueryRowContext(context.Background(), "SELECT count(*) FROM persons_person").Scan(&rows)
	return rows, err
}

func (f *floor) close() error { return errors.Join(f.conn.Close(), f.db.Close()) }

// openConnection opens a file that is there with one connection of the driver.
func openConnection(path string) (*sql.DB, *sql.Conn, error) {
	uri := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	db, err := sql.Open(driverName, uri)
	if err != nil {
		return nil, nil, err
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("cannot open a file: %w", err), db.Close())
	}
	return db, conn, nil
}
