package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
)

// drift looks whether roster's tables are those of schema.sql: columns, and what may
// change rows behind roster's back. How a column is written in SQL does not matter: an
// adopted table is in Django's words.
func (l *inspection) drift(ctx context.Context, db *sql.DB) (err error) {
	if l.has(findPending) || l.has(findNewer) || l.has(findNoTable) {
		return nil // the tables are as they were at another time
	}
	written, err := sql.Open(sqlitedriver.Name, databaseURI(Config{}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, written.Close()) }()
	written.SetMaxOpenConns(1)
	if _, err := written.ExecContext(ctx, schema); err != nil {
		return err
	}
	want, err := shapes(ctx, written, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name")
	if err != nil {
		return err
	}
	var drifted several
	for _, table := range want {
		have, err := shapes(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?)", table.name)
		switch {
		case err != nil:
			return err
		case len(have) == 0:
			drifted.add("there is no table " + table.name)
		default:
			for _, difference := range table.differences(have[0]) {
				drifted.add(difference)
			}
		}
	}
	if len(drifted.first) > 0 {
		l.find(false, findDrift, fmt.Sprintf("Its tables are not as roster makes them: %s.", drifted), "Somebody changed them. roster works as long as its writes are taken.")
	}
	return nil
}

// shape is what a table looks like.
type shape struct {
	name  string
	parts []string // each column, index and trigger
}

// shapes returns those of the tables whose names a query answers.
func shapes(ctx context.Context, db *sql.DB, query string, args ...any) (found []shape, err error) {
	names, err := texts(ctx, db, query, args...)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		parts, err := texts(ctx, db, `SELECT printf('column %s %s', name, lower(type)) || iif("notnull", ' not null', '')
				|| iif(dflt_value IS NULL, '', ' default ' || dflt_value) || iif(pk, ' primary key', '') FROM pragma_table_info(?1)
			UNION ALL SELECT printf('%s %s', type, name) FROM sqlite_master
				WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND lower(tbl_name) = lower(?1)`, name)
		if err != nil {
			return nil, err
		}
		found = append(found, shape{name, parts})
	}
	return found, nil
}

// differences returns what the other table has too little and too much.
func (s shape) differences(other shape) (differences []string) {
	have := map[string]bool{}
	for _, part := range other.parts {
		have[part] = true
	}
	for _, part := range s.parts {
		if !have[part] {
			differences = append(differences, fmt.Sprintf("%s has no %s", s.name, part))
		}
		delete(have, part)
	}
	for _, part := range other.parts {
		if have[part] {
			differences = append(differences, fmt.Sprintf("%s has a %s", s.name, part))
		}
	}
	return differences
}

// texts returns the answers of a query for one column.
func texts(ctx context.Context, db querier, query string, args ...any) (found []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}
