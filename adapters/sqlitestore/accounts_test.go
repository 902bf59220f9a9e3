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
