package sqlitestore_test

import (
	_ "embed"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

//go:embed testdata/django.sql
var django string

func TestADatabaseOfDjangoIsTakenOverAsItIs(t *testing.T) {
	t.Parallel()
	path := fileWith(t, django)
	before := dump(t, path)
	store := open(t, path)
	applied, err := store.Migrate(t.Context())
	if err != nil || len(applied) != len(releasedNames) {
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

// What is in the list of tables stands in a few bytes of the first page: of which kind the page is, at 100, and
// how many entries it has, at 103. So many tables need several pages, and the first one leads to those.
func TestAFileThatHasLostItsTablesIsNotTakenForANewOne(t *testing.T) {
	t.Parallel()
	const leaf = 0x0d
	for name, head := range map[string][]byte{
		"all of them":           {leaf, 0, 0, 0, 0},
		"all but the last ones": {0x05, 0, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			createIn(t, path)
			writeAt(t, path, head, 100)
			store := open(t, path)
			_, err := store.Migrate(t.Context())
			wantCode(t, "Migrate", err, domain.CodeConflict, "damaged", "no table")
			_, err = store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
			wantCode(t, "Page", err, domain.CodeUnavailable)
		})
	}
}

// writeAt writes into a file.
func writeAt(t *testing.T, path string, content []byte, offset int64) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt(content, offset); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
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
			wantMigrations(t, "afterwards", store, released("pending")...)
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

func TestUsersOfDjangoAreTakenOverAsTheyAre(t *testing.T) {
	t.Parallel()
	store := open(t, fileWith(t, django))
	migrate(t, store)
	want := []account.User{
		{
			ID: 3, Name: "root", Email: "root@example.org", Active: true, Staff: true, Superuser: true,
			Password: "pbkdf2_sha256$600000$abcdefghijklmnopqrstuv$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
			Joined:   time.Date(2023, 4, 1, 9, 0, 0, 0, time.UTC), LastLogin: time.Date(2023, 4, 1, 10, 0, 0, 123_456_000, time.UTC),
		},
		{
			ID: 5, Name: "Änne", FirstName: "Änne", LastName: "Ωmega", Password: "!unusable",
			Joined: time.Date(2023, 4, 2, 0, 0, 0, 100_000, time.UTC),
		},
	}
	got, err := store.ListUsers(t.Context(), 0, 10)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("ListUsers: got\n%+v and %v, want\n%+v", got, err, want)
	}
	ann, err := store.AddUser(t.Context(), account.User{Name: "ann", Joined: time.Unix(0, 0)})
	if err != nil || ann.ID != 10 {
		t.Errorf("AddUser: got id %d and %v, want 10: ids up to 9 were given by Django", ann.ID, err)
	}
}

func TestTimesThatDjangoDidNotWriteKeepNobodyOut(t *testing.T) {
	t.Parallel()
	path := fileWith(t, django)
	store := open(t, path)
	migrate(t, store)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-11-23 12:00:00":           noon,
		"2026-11-23 12:00:00.5":         noon.Add(500 * time.Millisecond),
		"2026-11-23 12:00:00.123456789": noon.Add(123_456_000),
		"2026-11-23 13:00:00+01:00":     noon,
		"2026-11-23T12:00:00Z":          noon,
		"2026-11-23T12:00:00":           noon,
		"2026-11-23 12:00":              noon,
		"2026-11-23":                    noon.Add(-12 * time.Hour),
		"":                              {},
		"yesterday":                     {},
		"1763899200":                    {},
	} {
		execute(t, path, "UPDATE auth_user SET date_joined = '"+text+"', last_login = '"+text+"'")
		user, err := store.FindUserByName(t.Context(), "root")
		if err != nil || !user.Joined.Equal(want) || !user.LastLogin.Equal(want) || user.Joined.Location() != time.UTC {
			t.Errorf("FindUserByName where times are %q: got %v, %v and %v, want %v", text, user.Joined, user.LastLogin, err, want)
		}
	}
}

func TestATableOfUsersOfAnotherShapeIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ was, is, want string }{
		"a column is missing":             {`"is_staff" bool NOT NULL, `, "", `it has no column "is_staff"`},
		"a column more must be filled":    {`"is_staff" bool`, `"badge" integer NOT NULL, "is_staff" bool`, `column "badge"`},
		"ids would be given again":        {" AUTOINCREMENT", "", "no AUTOINCREMENT"},
		"two users may have one name":     {" UNIQUE", "", "the same username"},
		"only a name and an e-mail count": {`"first_name" varchar(150) NOT NULL`, `"first_name" varchar(150) NOT NULL, UNIQUE (username, email)`, "the same username"},
	} {
		t.Run("when "+name, func(t *testing.T) {
			t.Parallel()
			table := strings.Replace(djangoUsers(t), c.was, c.is, 1)
			if name == "only a name and an e-mail count" {
				table = strings.Replace(table, "NOT NULL UNIQUE,", "NOT NULL,", 1)
			}
			path := fileWith(t, table)
			before := dump(t, path)
			store := open(t, path)
			_, err := store.Migrate(t.Context())
			wantCode(t, "Migrate", err, domain.CodeConflict, "migration 5, accounts: there is a table auth_user of another shape", c.want)
			if after := dump(t, path); !strings.Contains(after, before[strings.Index(before, "auth_user"):strings.Index(before, "first_name")]) {
				t.Errorf("after Migrate: got\n%s\nwant the table as it was:\n%s", after, before)
			}
			create(t, store, "persons are served")
		})
	}
}

func TestAColumnMoreThatNeedNotBeFilledIsNoMatter(t *testing.T) {
	t.Parallel()
	store := open(t, fileWith(t, strings.Replace(djangoUsers(t), `"is_staff"`, `"badge" integer NULL, "is_staff"`, 1)))
	migrate(t, store)
	added, err := store.AddUser(t.Context(), account.User{Name: "ann"})
	if err != nil || added.ID != 1 {
		t.Errorf("AddUser: got %+v and %v, want user 1", added, err)
	}
}

// djangoUsers returns the statement by which Django makes the table of users.
func djangoUsers(t *testing.T) string {
	t.Helper()
	for line := range strings.SplitSeq(django, "\n") {
		if strings.HasPrefix(line, `CREATE TABLE "auth_user" `) {
			return line
		}
	}
	t.Fatal("there is no such line")
	return ""
}

func TestASessionOfAUserWhomDjangoDeletedIsNone(t *testing.T) {
	t.Parallel()
	path := fileWith(t, django)
	store := open(t, path)
	migrate(t, store)
	now := time.Now()
	for id, key := range map[int64]account.SessionKey{3: {3}, 5: {5}} {
		if err := store.SetActive(t.Context(), id, true); err != nil {
			t.Fatal(err)
		}
		user, err := store.FindUser(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.BeginSession(t.Context(), account.Session{Key: key, User: id, Password: user.Password.Fingerprint(), Began: now, Seen: now}); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, path, "DELETE FROM auth_user_groups WHERE user_id = 3; DELETE FROM auth_user WHERE id = 3")
	_, _, err := store.FindSession(t.Context(), account.SessionKey{3})
	wantCode(t, "FindSession", err, domain.CodeNotFound)
	if err := store.TidySessions(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "TouchSession after TidySessions", store.TouchSession(t.Context(), account.SessionKey{3}, now), domain.CodeNotFound)
	if _, user, err := store.FindSession(t.Context(), account.SessionKey{5}); err != nil || user.ID != 5 {
		t.Errorf("FindSession of another user: got %+v and %v, want user 5", user, err)
	}
}

func TestAccountsSayThatTheirTablesAreMissing(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	_, err := store.FindUser(t.Context(), 1)
	wantCode(t, "FindUser before Migrate", err, domain.CodeUnavailable, "run roster migrate")
	_, err = store.AddUser(t.Context(), account.User{Name: "ann"})
	wantCode(t, "AddUser before Migrate", err, domain.CodeUnavailable, "run roster migrate")

	migrate(t, store)
	ann, err := store.AddUser(t.Context(), account.User{Name: "ann", Password: "before"})
	if err != nil {
		t.Fatal(err)
	}
	execute(t, path, "DROP TABLE roster_sessions")
	wantCode(t, "SetPassword without the table of sessions", store.SetPassword(t.Context(), ann.ID, "", "after"), domain.CodeUnavailable, "run roster migrate")
	if got, err := store.FindUser(t.Context(), ann.ID); err != nil || got.Password != "before" {
		t.Errorf("FindUser: got %q and %v, want the password of before: both are changed, or neither", string(got.Password), err)
	}
}
