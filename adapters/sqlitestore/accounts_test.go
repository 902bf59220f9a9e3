package sqlitestore_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports/accounttest"
)

func TestFileKeepsTheContractOfAccounts(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, accounttest.Harness{
		Open: func(dir string) (accounttest.Store, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3")})
		},
		Durable: true,
		Shared:  true,
		DeleteUser: func(t *testing.T, dir string, id int64) {
			t.Helper()
			execute(t, filepath.Join(dir, "roster.sqlite3"), fmt.Sprintf("DELETE FROM auth_user WHERE id = %d", id))
		},
	})
}

func TestMemoryKeepsTheContractOfAccounts(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, accounttest.Harness{
		Open: func(string) (accounttest.Store, error) { return openMigrated(sqlitestore.Config{}) },
	})
}

// Django's own comparisons are of these texts.
func TestTimesAreWrittenAsDjangoWritesThem(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	east := time.FixedZone("east", 3600)
	joined := time.Date(2026, 11, 23, 13, 0, 0, 123_400_000, east)
	ann, err := store.AddUser(t.Context(), account.User{Name: "ann", Active: true, Joined: joined})
	if err != nil {
		t.Fatal(err)
	}
	const times = "SELECT typeof(date_joined) || ' ' || CAST(date_joined AS text) || ', ' || typeof(last_login) || ' ' || coalesce(CAST(last_login AS text), '') FROM auth_user"
	if got, want := column(t, path, times), []string{"text 2026-11-23 12:00:00.123400, null "}; !slices.Equal(got, want) {
		t.Errorf("the row of who never signed in: got %q, want %q", got, want)
	}
	for i, began := range map[int]time.Time{1: joined.Truncate(time.Second), 2: joined} {
		session := account.Session{Key: account.SessionKey{byte(i)}, User: ann.ID, Password: ann.Password.Fingerprint(), Began: began, Seen: began}
		if err := store.BeginSession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		want := []string{"text 2026-11-23 12:00:00.123400, text 2026-11-23 12:00:00" + map[int]string{2: ".123400"}[i]}
		if got := column(t, path, times); !slices.Equal(got, want) {
			t.Errorf("the row of who signed in: got %q, want %q", got, want)
		}
	}
}

// A table that is not quite Django's may let its columns be empty.
func TestAUserWithoutValuesKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	execute(t, path, `CREATE TABLE auth_user (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, password varchar(128), last_login datetime, is_superuser bool,
		username varchar(150) NOT NULL UNIQUE, last_name varchar(150), email varchar(254), is_staff bool, is_active bool, date_joined datetime, first_name varchar(150))`)
	execute(t, path, "INSERT INTO auth_user (username) VALUES ('ann')")
	store := open(t, path)
	migrate(t, store)
	want := account.User{ID: 1, Name: "ann"}
	if got, err := store.FindUserByName(t.Context(), "ann"); err != nil || got != want {
		t.Errorf("FindUserByName: got %+v and the error %v, want %+v", got, err, want)
	}
	if got, err := store.ListUsers(t.Context(), 0, 2); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("ListUsers: got %+v and the error %v, want the user", got, err)
	}
	if err := store.SetPassword(t.Context(), 1, "", "another"); err != nil {
		t.Errorf("SetPassword: got %v, want nil", err)
	}
}
