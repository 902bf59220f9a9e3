package sqlitestore_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func TestMigrateMakesTheTableOnce(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"file": newFile(t), "memory": ""} {
		store := open(t, path)
		before := time.Now().Add(-time.Second)
		wantMigrations(t, name+", before", store, released("pending")...)

		applied, err := store.Migrate(t.Context())
		if err != nil || len(applied) != len(releasedNames) || applied[0].Name != "persons" || applied[0].Version != 1 {
			t.Errorf("%s: Migrate: got %+v and %v, want all migrations", name, applied, err)
		}
		create(t, store, "Ann")
		applied, err = store.Migrate(t.Context())
		if err != nil || len(applied) != 0 {
			t.Errorf("%s: Migrate again: got %+v and %v, want nothing to do", name, applied, err)
		}
		wantMigrations(t, name+", after", store, released("applied")...)
		if got := len(all(t, store)); got != 1 {
			t.Errorf("%s: Seek: got %d persons, want 1: migrating again changes nothing", name, got)
		}
		migrations, err := store.Migrations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if at := migrations[0].AppliedAt; at.Before(before) || at.After(time.Now().Add(time.Second)) || at.Location() != time.UTC {
			t.Errorf("%s: AppliedAt: got %v, want now, in UTC", name, at)
		}
		if !strings.Contains(migrations[0].SQL, "CREATE TABLE IF NOT EXISTS persons_person") {
			t.Errorf("%s: SQL: got %q, want the file's text", name, migrations[0].SQL)
		}
	}
}

// A table that Django made would be lost, so the way back is not even written.
func TestTheFirstMigrationHasNoWayBack(t *testing.T) {
	t.Parallel()
	migrations, err := open(t, "").Migrations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, down, found := strings.Cut(migrations[0].SQL, "-- +goose Down\n")
	if !found {
		t.Fatal("SQL: got no part for the way back, want one that says why it is empty")
	}
	for line := range strings.Lines(down) {
		if !strings.HasPrefix(line, "--") {
			t.Errorf("the way back: got the statement %q, want none: the table may be Django's", line)
		}
	}
}

func TestMigrationsChangesNothing(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	wantMigrations(t, "new file", open(t, path), released("pending")...)
	if got := dump(t, path); got != "" {
		t.Errorf("after Migrations: got %q in the file, want nothing", got)
	}
}

func TestADatabaseOfANewerProgramIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	if _, err := store.MigrateFrom(t.Context(), withMore(t, "CREATE TABLE later (x);", "CREATE TABLE latest (x);")); err != nil {
		t.Fatal(err)
	}
	before := dump(t, path)
	older := open(t, path)
	_, err := older.Migrate(t.Context())
	wantCode(t, "Migrate", err, domain.CodeConflict, "newer version", fmt.Sprintf("[%d %d]", len(releasedNames)+1, len(releasedNames)+2))
	_, err = older.Migrations(t.Context())
	wantCode(t, "Migrations", err, domain.CodeConflict, "newer version")
	_, err = sqlitestore.ReadMigrations(t.Context(), path)
	wantCode(t, "ReadMigrations", err, domain.CodeConflict, "newer version")
	if after := dump(t, path); after != before {
		t.Errorf("afterwards: got\n%s\nwant the file as it was:\n%s", after, before)
	}
}

func TestReadMigrationsChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		want string // what all migrations are
	}{
		"no file":     {func(*testing.T, string) {}, "pending"},
		"a new file":  {func(t *testing.T, path string) { t.Helper(); write(t, filepath.Dir(path), filepath.Base(path), "") }, "pending"},
		"of Django's": {func(t *testing.T, path string) { t.Helper(); execute(t, path, django) }, "pending"},
		"migrated": {func(t *testing.T, path string) {
			t.Helper()
			createIn(t, path)
		}, "applied"},
	} {
		path := newFile(t)
		c.make(t, path)
		before := contents(t, path)
		migrations, err := sqlitestore.ReadMigrations(t.Context(), path)
		wantStates(t, name, migrations, err, released(c.want))
		if after := contents(t, path); !maps.Equal(after, before) {
			t.Errorf("%s: got files %v afterwards, want %v, byte for byte", name, slices.Collect(maps.Keys(after)), slices.Collect(maps.Keys(before)))
		}
	}
}

func TestReadMigrationsSeesWhatAServerHasNotMovedOutOfItsWAL(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	migrations, err := sqlitestore.ReadMigrations(t.Context(), path)
	wantStates(t, "beside a store that is open", migrations, err, released("applied"))
	create(t, store, "Ann")
}

// contents returns what is in the folder of a file: the text of each by its name.
func contents(t *testing.T, path string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(path), entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = string(text)
	}
	return found
}

// withMore returns the embedded migrations and others after them.
func withMore(t *testing.T, more ...string) fs.FS {
	t.Helper()
	migrations, err := sqlitestore.ReadMigrations(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, migration := range migrations {
		files[fmt.Sprintf("%05d_%s.sql", migration.Version, migration.Name)] = &fstest.MapFile{Data: []byte(migration.SQL)}
	}
	for i, up := range more {
		files[fmt.Sprintf("%05d_more.sql", len(migrations)+1+i)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + up)}
	}
	return files
}

func TestAMigrationIsAppliedAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	good := "CREATE TABLE second (x);"
	half := "CREATE TABLE third (x);\nINSERT INTO second VALUES (1);\nINSERT INTO nowhere VALUES (1);"
	files := withMore(t, good, half)
	applied, err := store.MigrateFrom(t.Context(), files)
	wantCode(t, "MigrateFrom", err, domain.CodeInternal, fmt.Sprintf("migration %d, more", len(releasedNames)+2), "nowhere")
	if len(applied) != len(releasedNames)+1 {
		t.Errorf("MigrateFrom: got %d applied, want those before the broken one", len(applied))
	}
	if got := dump(t, path); strings.Contains(got, "third") || strings.Contains(got, `"1"`) {
		t.Errorf("after a migration that failed half way: got\n%s\nwant nothing of it", got)
	}
	wantMigrationsOf(t, "after the failure", store, files, released("applied", "more applied", "more pending")...)
	create(t, store, "Ann") // the connection is free and in no transaction

	files = withMore(t, good, "CREATE TABLE third (x);")
	if applied, err := store.MigrateFrom(t.Context(), files); err != nil || len(applied) != 1 {
		t.Errorf("MigrateFrom with the last one repaired: got %+v and %v, want it applied", applied, err)
	}
	wantMigrationsOf(t, "after the repair", store, files, released("applied", "more applied", "more applied")...)
}

func TestMigrateEndsWithItsContext(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store.Migrate(ctx)
	wantCode(t, "Migrate with a ctx that was cancelled", err, domain.CodeCanceled)
	if got := dump(t, path); got != "" {
		t.Errorf("after Migrate with a ctx that was cancelled: got %q in the file, want nothing", got)
	}

	migrate(t, store)
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	files := withMore(t, "CREATE TABLE half (x);\nCREATE TABLE t AS "+endless+";")
	_, err = store.MigrateFrom(ctx, files)
	wantCode(t, "Migrate beyond its deadline", err, domain.CodeDeadline)
	wantMigrationsOf(t, "afterwards", store, files, released("applied", "more pending")...)
	if got := dump(t, path); strings.Contains(got, "half") {
		t.Errorf("after Migrate beyond its deadline: got\n%s\nwant nothing of the migration", got)
	}
	create(t, store, "Ann")
}

// Each migration here fails or leaves a trace when it is applied twice.
func TestManyMigrateAtOnceAndEachMigrationIsAppliedOnce(t *testing.T) {
	t.Parallel()
	const stores, callers = 4, 2
	for round := range 5 {
		path := newFile(t)
		files := withMore(t,
			"CREATE TABLE trace (x);",
			"INSERT INTO trace VALUES (1);",
			"ALTER TABLE persons_person ADD COLUMN email varchar(254) NULL;",
		)
		var (
			mu    sync.Mutex
			times = map[int64]int{}
			done  sync.WaitGroup
		)
		for range stores {
			done.Go(func() {
				store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path})
				if err != nil {
					t.Errorf("round %d: Open: got %v, want a store: whoever comes second waits", round, err)
					return
				}
				defer store.Close()
				var each sync.WaitGroup
				for range callers {
					each.Go(func() {
						applied, err := store.MigrateFrom(t.Context(), files)
						if err != nil {
							t.Errorf("round %d: MigrateFrom: got %v, want nil: whoever comes second waits", round, err)
						}
						mu.Lock()
						defer mu.Unlock()
						for _, migration := range applied {
							times[migration.Version]++
						}
					})
				}
				each.Wait()
			})
		}
		done.Wait()
		for version := int64(1); version <= 4; version++ {
			if times[version] != 1 {
				t.Errorf("round %d: migration %d: got it applied %d times, want once", round, version, times[version])
			}
		}
		if got := strings.Count(dump(t, path), `"1"`); got != 1 {
			t.Errorf("round %d: got %d rows in the table of traces, want 1", round, got)
		}
	}
}

func TestUsedIDsOutlastAMigrationThatCopiesTheTable(t *testing.T) {
	t.Parallel()
	for name, deleted := range map[string]int{"the last person": 1, "everybody": 3} {
		store := open(t, newFile(t))
		migrate(t, store)
		for _, person := range []domain.Person{create(t, store, "Ann"), create(t, store, "Bob"), create(t, store, "Cid")}[3-deleted:] {
			if err := store.Delete(t.Context(), person.ID()); err != nil {
				t.Fatal(err)
			}
		}
		_, err := store.MigrateFrom(t.Context(), withMore(t, `
			CREATE TABLE copy (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name text NOT NULL, age integer NOT NULL);
			INSERT INTO copy SELECT id, name, age FROM persons_person;
			DROP TABLE persons_person;
			ALTER TABLE copy RENAME TO persons_person;`))
		if err != nil {
			t.Fatal(err)
		}
		if got := create(t, store, "Dan").ID(); got != 4 {
			t.Errorf("Create after %s was deleted and the table was copied: got id %d, want 4: an id is never given twice", name, got)
		}
	}
}

// releasedNames are the migrations of this store, from number 1 on.
var releasedNames = []string{"persons", "claims", "jobs", "history", "accounts", "tokens"}

// released returns what is said of them when all are in a state, and of those that follow them, each a
// name and a state.
func released(state string, more ...string) (said []string) {
	for _, name := range releasedNames {
		said = append(said, fmt.Sprintf("%d %s %s", len(said)+1, name, state))
	}
	for _, one := range more {
		said = append(said, fmt.Sprintf("%d %s", len(said)+1, one))
	}
	return said
}

func wantMigrations(t *testing.T, when string, store *sqlitestore.Store, want ...string) {
	t.Helper()
	migrations, err := store.Migrations(t.Context())
	wantStates(t, when, migrations, err, want)
}

func wantMigrationsOf(t *testing.T, when string, store *sqlitestore.Store, files fs.FS, want ...string) {
	t.Helper()
	migrations, err := store.MigrationsOf(t.Context(), files)
	wantStates(t, when, migrations, err, want)
}

func wantStates(t *testing.T, when string, migrations []ports.Migration, err error, want []string) {
	t.Helper()
	var got []string
	for _, migration := range migrations {
		state := "applied"
		if migration.AppliedAt.IsZero() {
			state = "pending"
		}
		got = append(got, fmt.Sprintf("%d %s %s", migration.Version, migration.Name, state))
	}
	if err != nil || strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("%s: Migrations: got %q and %v, want %q", when, got, err, want)
	}
}
