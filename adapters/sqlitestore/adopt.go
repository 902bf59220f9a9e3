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
	if err != nil || text == "" {
		return err
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
