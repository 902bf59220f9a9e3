package sqlitestore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/seed-bbcc19ba/roster/adapters/internal/migrations"
)

// schema is what the tables look like after all migrations.
//
//go:embed schema.sql
var schema string

// Schemas are two databases in memory whose tables should be the same. What has
// to be done to make the first like the second is the next migration.
type Schemas struct {
	// Migrated has had all migrations applied, and goose's own table removed.
	Migrated *sql.DB
	// Written was made by schema.sql.
	Written *sql.DB

	stores [2]*Store
}

// OpenSchemas makes both databases.
func OpenSchemas(ctx context.Context) (*Schemas, error) {
	migrated, err := Open(ctx, Config{})
	if err != nil {
		return nil, err
	}
	written, err := Open(ctx, Config{})
	if err != nil {
		return nil, errors.Join(err, migrated.Close())
	}
	schemas := &Schemas{Migrated: migrated.writeLane.db.DB, Written: written.writeLane.db.DB, stores: [2]*Store{migrated, written}}
	if _, err := migrated.Migrate(ctx); err != nil {
		return nil, errors.Join(err, schemas.Close())
	}
	if _, err := schemas.Migrated.ExecContext(ctx, "DROP TABLE "+migrations.Table); err != nil {
		return nil, errors.Join(err, schemas.Close())
	}
	if _, err := schemas.Written.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("schema.sql: %w", err), schemas.Close())
	}
	return schemas, nil
}

// Close ends both databases.
func (s *Schemas) Close() error { return errors.Join(s.stores[0].Close(), s.stores[1].Close()) }

var migrationName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// NextMigration returns the file that comes after the embedded migrations, to be
// reviewed and saved beside them. The name is lower-case words joined by
// underscores, such as "add_email". up leads to the new schema, down back.
func NextMigration(name string, up, down []string) (filename, content string, err error) {
	if !migrationName.MatchString(name) {
		return "", "", fmt.Errorf("the name of a migration is lower-case words joined by underscores, such as add_email: got %q", name)
	}
	if len(up) == 0 {
		return "", "", errors.New("a migration needs a statement")
	}
	files, err := embedded.ReadDir("migrations")
	if err != nil {
		return "", "", err
	}
	last, err := goose.NumericComponent(files[len(files)-1].Name())
	if err != nil {
		return "", "", err
	}
	filename = fmt.Sprintf("%05d_%s.sql", last+1, name)
	return filename, "-- +goose Up\n" + gooseStatements(up) + "\n-- +goose Down\n" + gooseStatements(down), nil
}

// gooseStatements returns statements as goose tells them apart.
func gooseStatements(statements []string) string {
	var text strings.Builder
	for _, statement := range statements {
		statement = strings.TrimSuffix(strings.TrimSpace(statement), ";") + ";"
		if strings.Count(statement, ";") > 1 {
			statement = "-- +goose StatementBegin\n" + statement + "\n-- +goose StatementEnd"
		}
		text.WriteString(statement + "\n")
	}
	return text.String()
}
