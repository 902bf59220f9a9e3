package atlasdiff_test

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/atlasdiff"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
)

func TestTheMigrationsLeadToTheWrittenSchema(t *testing.T) {
	t.Parallel()
	schemas := openSchemas(t)
	up, down, err := atlasdiff.Diff(t.Context(), schemas.Migrated, schemas.Written)
	if err != nil || len(up) != 0 || len(down) != 0 {
		t.Errorf("Diff: got up %q, down %q and error %v, want none: run roster makemigrations after a change of schema.sql", up, down, err)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		planted  string
		up, down []string
	}{
		"finds an added column": {
			"ALTER TABLE persons_person ADD COLUMN email varchar(254) NULL",
			[]string{"ALTER TABLE `persons_person` ADD COLUMN `email` varchar(254) NULL"},
			[]string{"ALTER TABLE `persons_person` DROP COLUMN `email`"},
		},
		"finds an added column of a type that SQLite does not know": {
			"ALTER TABLE persons_person ADD COLUMN visits integer unsigned NULL",
			[]string{"ALTER TABLE `persons_person` ADD COLUMN `visits` integer unsigned NULL"},
			[]string{"ALTER TABLE `persons_person` DROP COLUMN `visits`"},
		},
		"finds an added index": {
			"CREATE INDEX persons_person_name ON persons_person (name)",
			[]string{"CREATE INDEX `persons_person_name` ON `persons_person` (`name`)"},
			[]string{"DROP INDEX `persons_person_name`"},
		},
		"finds an added table": {
			"CREATE TABLE visits (id integer NOT NULL PRIMARY KEY AUTOINCREMENT)",
			[]string{"CREATE TABLE `visits` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT)"},
			[]string{"DROP TABLE `visits`"},
		},
		"finds an added table with a UNIQUE": {
			"CREATE TABLE visits (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, code text NOT NULL UNIQUE)",
			[]string{
				"CREATE TABLE `visits` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `code` text NOT NULL)",
				"CREATE UNIQUE INDEX `visits_code` ON `visits` (`code`)",
			},
			[]string{"DROP INDEX `visits_code`", "DROP TABLE `visits`"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schemas := openSchemas(t)
			execute(t, schemas.Written, change.planted)
			up, down, err := atlasdiff.Diff(t.Context(), schemas.Migrated, schemas.Written)
			if err != nil || !slices.Equal(up, change.up) || !slices.Equal(down, change.down) {
				t.Errorf("Diff after %q: got up %q, down %q and error %v, want up %q and down %q: the way there and back", change.planted, up, down, err, change.up, change.down)
			}
			execute(t, schemas.Migrated, up...)
			if left, _, err := atlasdiff.Diff(t.Context(), schemas.Migrated, schemas.Written); err != nil || len(left) != 0 {
				t.Errorf("Diff after going up: got %q and error %v, want nothing left to do", left, err)
			}
		})
	}
}

func TestDiffSaysWhichSchemaCannotBeRead(t *testing.T) {
	t.Parallel()
	schemas := openSchemas(t)
	if err := schemas.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := atlasdiff.Diff(t.Context(), schemas.Migrated, schemas.Written); err == nil {
		t.Error("Diff of closed databases: got no error, want one")
	}
}

func openSchemas(t *testing.T) *sqlitestore.Schemas {
	t.Helper()
	schemas, err := sqlitestore.OpenSchemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = schemas.Close() })
	return schemas
}

func execute(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
