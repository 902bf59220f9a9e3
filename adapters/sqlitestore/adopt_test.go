package sqlitestore_test

import (
	_ "embed"
	"os"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

//go:embed testdata/django.sql
var django string

func TestADatabaseOfDjangoIsTakenOverAsItIs(t *testing.T) {
	t.Parallel()
	path := fileWith(t, django)
	before := dump(t, path)
	store := open(t, path)
	applied, err := store.Migrate(t.Context())
	if err != nil || len(applied) != 4 {
		t.Fatalf("Migrate: got %+v and %v, want all migrations applied", applied, err)
	}
	if after := dump(t, path); after != before {
		t.Errorf("after Migrate: got\n%s\nwant the file as it was:\n%s", after, before)
	}

	want := []domain.Person{
		domain.StoredPerson(2, "Ann", 31),
		domain.StoredPerson(5, "Änne Ωmega 👩‍🚀", 0),
		domain.StoredPerson(9, " spaces stay ", 99),
		domain.StoredPerson(10, "", 5),
		domain.StoredPerson(11, strings.Repeat("é", 300), 2147483647),
		domain.StoredPerson(12, "older than today's rules allow", 2147483648),
		domain.StoredPerson(13, "a\x00b", 1),
	}
	for i, got := range all(t, store) {
		if got != want[i] {
			t.Errorf("Seek: got %v, want %v: a row of an older program is served as it is", got, want[i])
		}
		if found, err := store.Find(t.Context(), got.ID()); err != nil || found != want[i] {
			t.Errorf("Find(%d): got %v and %v, want %v", got.ID(), found, err, want[i])
		}
	}
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 100})
	if err != nil || page.Total != int64(len(want)) || len(page.Persons) != len(want) {
		t.Errorf("Page: got %d persons of %d and %v, want %d", len(page.Persons), page.Total, err, len(want))
	}
	if got := create(t, store, "Bob").ID(); got != 41 {
		t.Errorf("Create: got id %d, want 41: ids up to 40 were given by Django, and deleted", got)
	}
	persons, err := store.CreateBatch(t.Context(), newDrafts(t, 3))
	if err != nil || persons[0].ID() != 42 || persons[2].ID() != 44 {
		t.Errorf("CreateBatch: got %v and %v, want ids 42 to 44", persons, err)
	}
}

// The number of tables stands in two bytes of the first page.
func TestAFileThatHasLostItsTablesIsNotTakenForANewOne(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	createIn(t, path)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte{0, 0}, 103); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	store := open(t, path)
	_, err = store.Migrate(t.Context())
	wantCode(t, "Migrate", err, domain.CodeConflict, "damaged", "no table")
	_, err = store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
	wantCode(t, "Page", err, domain.CodeUnavailable)
}

func TestADatabaseThatWasEmptiedIsTakenForANewOne(t *testing.T) {
	t.Parallel()
	for _, vacuum := range []string{"NONE", "FULL", "INCREMENTAL"} {
		path := fileWith(t, "PRAGMA auto_vacuum = "+vacuum+"; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000)); DROP TABLE t")
		store := open(t, path)
		migrate(t, store)
		create(t, store, "Ann")
	}
}

func TestATableOfAnotherShapeIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ statements, want string }{
		"a column is missing": {
			"CREATE TABLE persons_person (id integer PRIMARY KEY AUTOINCREMENT, name text); INSERT INTO persons_person VALUES (1, 'Ann')",
			`it has no column "age"`,
		},
		"a column more must be filled": {
			"CREATE TABLE persons_person (id integer PRIMARY KEY AUTOINCREMENT, name text, age integer, email text NOT NULL)",
			`column "email"`,
		},
		"ids would be given again": {
			"CREATE TABLE persons_person (id integer PRIMARY KEY, name text, age integer)",
			"no AUTOINCREMENT",
		},
		"ids would be given again, and the name is in capitals": {
			"CREATE TABLE Persons_Person (id integer PRIMARY KEY, name text, age integer)",
			"no AUTOINCREMENT",
		},
		"it is a view": {
			"CREATE VIEW persons_person AS SELECT 1 AS id, 'Ann' AS name, 31 AS age",
			"no AUTOINCREMENT",
		},
	} {
		t.Run("when "+name, func(t *testing.T) {
			t.Parallel()
			path := fileWith(t, c.statements)
			before := dump(t, path)
			store := open(t, path)
			applied, err := store.Migrate(t.Context())
			wantCode(t, "Migrate", err, domain.CodeConflict, "migration 1, persons: there is a table persons_person of another shape", c.want)
			if len(applied) != 0 {
				t.Errorf("Migrate: got %+v applied, want none", applied)
			}
			if after := dump(t, path); after != before {
				t.Errorf("after Migrate: got\n%s\nwant the file as it was:\n%s", after, before)
			}
			wantMigrations(t, "afterwards", store, "1 persons pending", "2 claims pending", "3 jobs pending", "4 history pending")
			execute(t, path, "BEGIN IMMEDIATE; ROLLBACK") // the store has let go of the file
		})
	}
}

func TestATableWrittenInLowerCaseIsTakenOver(t *testing.T) {
	t.Parallel()
	store := open(t, fileWith(t, "create table persons_person (id integer primary key autoincrement, name text, age integer)"))
	migrate(t, store)
	create(t, store, "Ann")
}

func TestAPersonWithANegativeIDIsServed(t *testing.T) {
	t.Parallel()
	store := open(t, fileWith(t, django+"INSERT INTO persons_person VALUES (-5, 'Neg', 3)"))
	migrate(t, store)
	want := domain.StoredPerson(-5, "Neg", 3)
	if got := all(t, store); got[0] != want || len(got) != 8 {
		t.Errorf("Seek: got %d persons, the first %v, want 8 and %v first: a row of an older program is served as it is", len(got), got[0], want)
	}
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
	if err != nil || len(page.Persons) != 1 || page.Persons[0] != want {
		t.Errorf("Page: got %v and %v, want %v on it", page.Persons, err, want)
	}
	if got, err := store.Find(t.Context(), -5); err != nil || got != want {
		t.Errorf("Find: got %v and %v, want %v", got, err, want)
	}
	if err := store.Delete(t.Context(), -5); err != nil {
		t.Errorf("Delete: got %v, want nil", err)
	}
	if got := create(t, store, "Bob").ID(); got != 41 {
		t.Errorf("Create: got id %d, want 41: a negative id is none that was given", got)
	}
}

func TestATableWithAnOptionalColumnMoreIsTakenOver(t *testing.T) {
	t.Parallel()
	store := open(t, fileWith(t, `CREATE TABLE persons_person (
		id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL, age integer NOT NULL, email text NULL, city text NOT NULL DEFAULT '')`))
	migrate(t, store)
	for name, err := range everyMethod(t, store) {
		wantCode(t, name, err, "")
	}
}
