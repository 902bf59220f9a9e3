package sqlitestore_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
)

func TestNextMigration(t *testing.T) {
	t.Parallel()
	filename, content, err := sqlitestore.NextMigration("add_email2",
		[]string{
			"ALTER TABLE persons_person ADD COLUMN email varchar(254) NULL",
			"CREATE TRIGGER email AFTER INSERT ON persons_person BEGIN UPDATE persons_person SET email = 'a'; UPDATE persons_person SET email = 'b'; END;",
		},
		[]string{"DROP TRIGGER email", "ALTER TABLE persons_person DROP COLUMN email;"})
	const want = `-- +goose Up
ALTER TABLE persons_person ADD COLUMN email varchar(254) NULL;
-- +goose StatementBegin
CREATE TRIGGER email AFTER INSERT ON persons_person BEGIN UPDATE persons_person SET email = 'a'; UPDATE persons_person SET email = 'b'; END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER email;
ALTER TABLE persons_person DROP COLUMN email;
`
	wantName := fmt.Sprintf("%05d_add_email2.sql", len(releasedNames)+1)
	if err != nil || filename != wantName || content != want {
		t.Fatalf("NextMigration: got %q and %v with\n%s\nwant %s with\n%s", filename, err, content, wantName, want)
	}

	store := open(t, "")
	files := withMore(t).(fstest.MapFS)
	files[filename] = &fstest.MapFile{Data: []byte(content)}
	if applied, err := store.MigrateFrom(t.Context(), files); err != nil || len(applied) != len(releasedNames)+1 {
		t.Errorf("MigrateFrom with the new file: got %+v and %v, want all applied", applied, err)
	}
	wantMigrationsOf(t, "with the new file", store, files, released("applied", "add_email2 applied")...)
}

func TestNextMigrationRefusesBadNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Add", "add email", "add-email", "_add", "add_", "add__email", "2nd", "../add", "add.sql", "é", "add\n"} {
		if filename, _, err := sqlitestore.NextMigration(name, []string{"SELECT 1"}, nil); err == nil {
			t.Errorf("NextMigration(%q): got %q, want an error: names are lower-case words joined by underscores", name, filename)
		}
	}
	if _, _, err := sqlitestore.NextMigration("nothing", nil, nil); err == nil || !strings.Contains(err.Error(), "statement") {
		t.Errorf("NextMigration without a statement: got %v, want an error that says so", err)
	}
}

func TestSchemasHaveTheTablesAndNothingElse(t *testing.T) {
	t.Parallel()
	schemas, err := sqlitestore.OpenSchemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer schemas.Close()
	const tables = "SELECT group_concat(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	var migrated, written string
	if err := schemas.Migrated.QueryRowContext(t.Context(), tables).Scan(&migrated); err != nil {
		t.Fatal(err)
	}
	if err := schemas.Written.QueryRowContext(t.Context(), tables).Scan(&written); err != nil {
		t.Fatal(err)
	}
	if want := "persons_person,roster_claims,roster_jobs,roster_job_chunks,roster_job_refusals,roster_history,auth_user,roster_sessions,roster_tokens"; migrated != want || written != want {
		t.Errorf("OpenSchemas: got tables %q and %q, want %q in both", migrated, written, want)
	}
}
