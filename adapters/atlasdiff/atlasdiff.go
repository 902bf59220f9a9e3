// Package atlasdiff tells which statements lead from one SQLite schema to
// another. It is what `roster makemigrations` writes a migration from; serving
// does not need it.
package atlasdiff

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// Diff returns the statements that make the tables of current like those of
// desired, and the statements that lead back, both in the order in which they are
// executed. There are none when the tables are the same. It reads both databases
// and changes neither.
//
// SQLite changes a column by copying the table, and such a change has no way
// back here: down is then shorter than needed. A person reviews the result.
func Diff(ctx context.Context, current, desired *sql.DB) (up, down []string, err error) {
	driver, from, err := inspect(ctx, current)
	if err != nil {
		return nil, nil, fmt.Errorf("current schema: %w", err)
	}
	_, to, err := inspect(ctx, desired)
	if err != nil {
		return nil, nil, fmt.Errorf("desired schema: %w", err)
	}
	changes, err := driver.SchemaDiff(from, to)
	if err != nil || len(changes) == 0 {
		return nil, nil, err
	}
	plan, err := driver.PlanChanges(ctx, "diff", changes)
	if err != nil {
		return nil, nil, err
	}
	return statements(plan)
}

// inspect reads the tables of a database.
func inspect(ctx context.Context, db *sql.DB) (migrate.Driver, *schema.Schema, error) {
	driver, err := sqlite.Open(db)
	if err != nil {
		return nil, nil, err
	}
	inspected, err := driver.InspectSchema(ctx, "main", nil)
	if err != nil {
		return nil, nil, err
	}
	for _, table := range inspected.Tables {
		for _, column := range table.Columns {
			keepTypeAsWritten(column.Type)
		}
		for _, index := range table.Indexes {
			nameGenerated(table, index)
		}
	}
	return driver, inspected, nil
}

// keepTypeAsWritten undoes that atlas leaves out what means nothing to SQLite,
// such as the length in varchar(255): whoever reads the schema counts on it.
func keepTypeAsWritten(column *schema.ColumnType) {
	if known, err := sqlite.FormatType(column.Type); err != nil || !strings.EqualFold(known, column.Raw) {
		column.Type = &sqlite.UserDefinedType{T: column.Raw}
	}
}

// nameGenerated gives an index that SQLite made for a UNIQUE the name by which atlas would make it:
// atlas compares the one name with the other, and finds a change where there is none.
func nameGenerated(table *schema.Table, index *schema.Index) {
	if !strings.HasPrefix(index.Name, "sqlite_autoindex_") {
		return
	}
	name := []string{table.Name}
	for _, part := range index.Parts {
		if part.C != nil {
			name = append(name, part.C.Name)
		}
	}
	index.Name = strings.Join(name, "_")
}

// statements returns the plan as SQL. The way back begins at the end.
func statements(plan *migrate.Plan) (up, down []string, err error) {
	for _, change := range plan.Changes {
		up = append(up, change.Cmd)
		back, err := change.ReverseStmts()
		if err != nil {
			return nil, nil, err
		}
		down = slices.Concat(back, down)
	}
	return up, down, nil
}
