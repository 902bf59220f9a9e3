package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// querier is what *sql.DB and *sql.Conn have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// checkAdoptable returns nil when there is no table of persons, or one that this
// store can read and write as it is.
func checkAdoptable(ctx context.Context, db querier) error {
	text, err := tableSQL(ctx, db, "persons_person")
	if err != nil {
		return err
	}
	if text == "" {
		return refuseLostSchema(ctx, db)
	}
	if !strings.Contains(strings.ToUpper(text), "AUTOINCREMENT") {
		return cannotAdopt("its ids are given again after a delete: no AUTOINCREMENT")
	}
	missing := map[string]bool{"id": true, "name": true, "age": true}
	rows, err := db.QueryContext(ctx, `SELECT name, "notnull" AND dflt_value IS NULL FROM pragma_table_info('persons_person')`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	for rows.Next() {
		var (
			column   string
			required bool
		)
		if err := rows.Scan(&column, &required); err != nil {
			return err
		}
		if required && !missing[column] {
			return cannotAdopt(fmt.Sprintf("it wants a column %q filled that roster does not know", column))
		}
		delete(missing, column)
	}
	for _, column := range []string{"id", "name", "age"} {
		if missing[column] {
			return cannotAdopt(fmt.Sprintf("it has no column %q", column))
		}
	}
	return rows.Err()
}

// refuseLostSchema returns an error when a database has content and no table to whom
// it belongs: its first page is damaged. Tables that were made now would be empty, and
// their rows would be written over what may still be saved.
func refuseLostSchema(ctx context.Context, db querier) error {
	var tables, pages, free int
	err := db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_master), (SELECT page_count FROM pragma_page_count),
		(SELECT freelist_count FROM pragma_freelist_count)`).Scan(&tables, &pages, &free)
	if err != nil {
		return err
	}
	const ofAnEmptyOne = 2 // the first page, and a map of the others where SQLite keeps one
	if tables == 0 && pages-free > ofAnEmptyOne {
		return &domain.Error{
			Code:    domain.CodeConflict,
			Message: "the database file is damaged, and was left as it is",
			Cause:   fmt.Errorf("it has %d pages in use and no table", pages-free),
		}
	}
	return nil
}

func cannotAdopt(reason string) error {
	return &domain.Error{
		Code:    domain.CodeConflict,
		Message: "there is a table persons_person of another shape, which was left as it is",
		Cause:   errors.New(reason),
	}
}

// tableSQL returns the statement that made the table, or "" where there is none.
// Case does not matter in SQLite's names.
func tableSQL(ctx context.Context, db querier, name string) (string, error) {
	var text string
	err := db.QueryRowContext(ctx, "SELECT sql FROM sqlite_master WHERE lower(name) = lower(?)", name).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, err
}
