package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// copyPages is how many pages are copied before ctx is looked at: 4 MiB.
const copyPages = 1024

// snapshot copies the database of db into the file to, as of one moment, reads the
// copy and compares it, and returns what is in it. The file is there and empty. When
// snapshot returns, the copy is on the disk.
//
// Both are read within one transaction, so others may write meanwhile. Until it is
// done, SQLite cannot move their writes out of the WAL, which grows.
func snapshot(ctx context.Context, db *sql.DB, to string) (copied summary, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return copied, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// Not with database/sql's transactions, which are for writing here.
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return copied, err
	}
	defer func() { err = errors.Join(err, rollback(ctx, conn)) }()
	original, err := summarize(ctx, conn)
	if err != nil {
		return copied, err
	}
	if !original.hasPersons() {
		return copied, &domain.Error{Code: domain.CodeConflict, Message: "the database has no table of persons"}
	}
	if err := copyDatabase(ctx, conn, copyURI(to)); err != nil {
		return copied, err
	}
	if err := finishCopy(to); err != nil {
		return copied, err
	}
	if copied, err = verify(ctx, to); err != nil {
		return copied, err
	}
	return copied, copied.differs(original)
}

// copyURI names the file of a copy. It is written anew if anything fails, so a
// journal and a sync of each step would be wasted.
func copyURI(to string) string {
	return databaseURI(Config{Path: to}) + "?mode=rw&_journal_mode=OFF&_synchronous=OFF"
}

// finishCopy brings a copy to the disk. Its header says that it needs no WAL, so
// that it is one file wherever it lies, also where nobody can write:
// https://www.sqlite.org/fileformat.html, 1.3.3.
func finishCopy(path string) error {
	const versionsAt, withoutWAL = 18, 1
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte{withoutWAL, withoutWAL}, versionsAt)
	return errors.Join(err, file.Sync(), file.Close())
}

// verify reads all of a copy and returns what is in it.
func verify(ctx context.Context, path string) (found summary, err error) {
	err = readFile(ctx, path, func(ctx context.Context, db *sql.DB) error {
		problems, err := integrityProblems(ctx, db)
		if err != nil {
			return err
		}
		if len(problems.first) > 0 {
			return damaged(problems.String())
		}
		found, err = summarize(ctx, db)
		return err
	})
	return found, err
}

// damaged returns the error of a database that is not fit to be copied.
func damaged(reason string) error {
	return &domain.Error{Code: domain.CodeConflict, Message: "the database is damaged", Cause: errors.New(reason)}
}

// summary is what of a database is compared.
type summary struct {
	schema  string
	rows    map[string]int64 // of each table
	lastIDs lastIDs
}

func summarize(ctx context.Context, db querier) (found summary, err error) {
	schema, err := texts(ctx, db, "SELECT coalesce(sql, type || ' ' || name) FROM sqlite_master ORDER BY rowid")
	if err != nil {
		return found, err
	}
	found.schema = strings.Join(schema, "\n")
	tables, err := texts(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")
	if err != nil {
		return found, err
	}
	found.rows = map[string]int64{}
	for _, table := range tables {
		var rows int64
		quoted := `"` + strings.ReplaceAll(table, `"`, `""`) + `"`
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+quoted).Scan(&rows); err != nil {
			return found, err
		}
		found.rows[strings.ToLower(table)] = rows
	}
	found.lastIDs, err = readLastIDs(ctx, db)
	return found, err
}

// hasPersons tells whether there is a table of persons.
func (s summary) hasPersons() bool {
	_, ok := s.rows["persons_person"]
	return ok
}

// persons is how many persons there are.
func (s summary) persons() int64 { return s.rows["persons_person"] }

// differs returns an error where the copy of a database is not like the original.
func (s summary) differs(original summary) error {
	switch {
	case s.schema != original.schema:
		return damaged("the copy has another schema")
	case !maps.Equal(s.rows, original.rows):
		return damaged(fmt.Sprintf("the copy has other rows: %v, and there are %v", s.rows, original.rows))
	case !s.lastIDs.equal(original.lastIDs):
		return damaged(fmt.Sprintf("the copy has other last ids: %v, and they are %v", s.lastIDs, original.lastIDs))
	default:
		return nil
	}
}
