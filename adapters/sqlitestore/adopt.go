package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/internal/migrations"
	"github.com/seed-bbcc19ba/roster/domain"
)

// querier is what *sql.DB and *sql.Conn have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// adoptable is a table that Django may have made, and what of it this store reads and writes.
type adoptable struct {
	table   string
	columns []string
	unique  string // the column of which no two rows have the same, or ""
}

var (
	adoptablePersons = adoptable{"persons_person", []string{"id", "name", "age"}, ""}
	adoptableUsers   = adoptable{"auth_user", []string{
		"id", "password", "last_login", "is_superuser", "username", "last_name", "email", "is_staff", "is_active", "date_joined", "first_name",
	}, "username"}
)

// checkPersons returns nil when there is no table of persons, or one that this store
// can read and write as it is.
func checkPersons(ctx context.Context, db querier) error {
	found, err := adoptablePersons.check(ctx, db)
	if err == nil && !found {
		err = refuseLostSchema(ctx, db)
	}
	return err
}

// checkUsers is checkPersons for the table of users.
func checkUsers(ctx context.Context, db querier) error {
	_, err := adoptableUsers.check(ctx, db)
	return err
}

// check tells whether there is such a table. The error is domain.CodeConflict where this store
// cannot read and write it as it is.
func (a adoptable) check(ctx context.Context, db querier) (found bool, err error) {
	text, err := tableSQL(ctx, db, a.table)
	if err != nil || text == "" {
		return false, err
	}
	if !strings.Contains(strings.ToUpper(text), "AUTOINCREMENT") {
		return true, a.refused("its ids are given again after a delete: no AUTOINCREMENT")
	}
	if err := a.checkColumns(ctx, db); err != nil || a.unique == "" {
		return true, err
	}
	unique, err := texts(ctx, db, `SELECT index_info.name FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS index_info
		WHERE list."unique" AND NOT list.partial GROUP BY list.name HAVING count(*) = 1`, a.table)
	if err == nil && !slices.Contains(unique, a.unique) {
		err = a.refused(fmt.Sprintf("two rows may have the same %s: no UNIQUE", a.unique))
	}
	return true, err
}

func (a adoptable) checkColumns(ctx context.Context, db querier) (err error) {
	missing := map[string]bool{}
	for _, column := range a.columns {
		missing[column] = true
	}
	rows, err := db.QueryContext(ctx, `SELECT name, "notnull" AND dflt_value IS NULL FROM pragma_table_info(?)`, a.table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var (
			column   string
			required bool
		)
		if err := rows.Scan(&column, &required); err != nil {
			return err
		}
		if required && !missing[column] {
			return a.refused(fmt.Sprintf("it wants a column %q filled that roster does not know", column))
		}
		delete(missing, column)
	}
	for _, column := range a.columns {
		if missing[column] {
			return a.refused(fmt.Sprintf("it has no column %q", column))
		}
	}
	return rows.Err()
}

func (a adoptable) refused(reason string) error {
	return &domain.Error{
		Code:    domain.CodeConflict,
		Message: "there is a table " + a.table + " of another shape, which was left as it is",
		Cause:   errors.New(reason),
	}
}

// refuseLostSchema returns an error when a database has lost its table of persons: it has content and no
// table to whom it belongs, or tables that roster makes only behind that one. What says which tables there are
// is damaged: it is the first page, or several where there are many tables. Tables that were made now would
// be empty, and their rows would be written over what may still be saved.
func refuseLostSchema(ctx context.Context, db querier) error {
	var tables, later, pages, free int
	err := db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_master),
		(SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'roster~_%' ESCAPE '~' AND name <> ?),
		(SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count)`, migrations.Table).Scan(&tables, &later, &pages, &free)
	if err != nil {
		return err
	}
	const ofAnEmptyOne = 2 // the first page, and a map of the others where SQLite keeps one
	var reason string
	switch {
	case later > 0:
		reason = fmt.Sprintf("it has %d other tables of roster and no table of persons", later)
	case tables == 0 && pages-free > ofAnEmptyOne:
		reason = fmt.Sprintf("it has %d pages in use and no table", pages-free)
	default:
		return nil
	}
	return &domain.Error{Code: domain.CodeConflict, Message: "the database file is damaged, and was left as it is", Cause: errors.New(reason)}
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
