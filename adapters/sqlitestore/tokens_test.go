package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports/tokentest"
)

func TestFileKeepsTheContractOfTokens(t *testing.T) {
	t.Parallel()
	tokentest.Run(t, tokentest.Harness{
		Open: func(dir string) (tokentest.Store, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3")})
		},
		Durable: true,
		Shared:  true,
	})
}

func TestMemoryKeepsTheContractOfTokens(t *testing.T) {
	t.Parallel()
	tokentest.Run(t, tokentest.Harness{
		Open: func(string) (tokentest.Store, error) { return openMigrated(sqlitestore.Config{}) },
	})
}

// newAPIToken returns the nth token.
func newAPIToken(n int) account.APIToken {
	return account.APIToken{Name: "import", Scope: account.ScopeRead, Key: account.APIKey{byte(n)}, Created: noon, Expires: noon.Add(time.Hour)}
}

func addToken(t *testing.T, store *sqlitestore.Store, n int) account.APIToken {
	t.Helper()
	token, err := store.AddToken(t.Context(), newAPIToken(n))
	if err != nil {
		t.Fatalf("AddToken: got %v, want a token", err)
	}
	return token
}

// wantToken fails the test unless the token is found as it is.
func wantToken(t *testing.T, store *sqlitestore.Store, want account.APIToken, why string) {
	t.Helper()
	if got, err := store.FindToken(t.Context(), want.Key); err != nil || got != want {
		t.Errorf("FindToken: got %+v and %v, want %+v: %s", got, err, want, why)
	}
}

// A request that is about to be answered has 50 ms for it, and another process may write for seconds.
// What is written in passing, because something happened, holds up nobody who has a page or an answer to get.
func TestWhatIsWrittenInPassingDoesNotOutwaitItsCtxWhereTheFileIsLocked(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store, err := openMigrated(sqlitestore.Config{Path: path, BusyTimeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	token := addToken(t, store, 1)
	session := beginSession(t, store)
	other := openRaw(t, path)
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the first one's write has begun, the others wait behind it
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		wantCode(t, "UseToken while another process writes", store.UseToken(ctx, token.ID, noon), domain.CodeDeadline)
		wantCode(t, "TouchSession while another process writes", store.TouchSession(ctx, session, noon), domain.CodeDeadline)
		cancel()
	}
	wantToken(t, store, token, "it is read while another process writes, and was not used yet")
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := store.UseToken(t.Context(), token.ID, noon.Add(time.Minute)); err != nil {
		t.Errorf("UseToken afterwards: got %v, want nil", err)
	}
	token.LastUsed = noon.Add(time.Minute)
	wantToken(t, store, token, "nobody writes any more")
}

// beginSession begins a session of a new user, and returns its key.
func beginSession(t *testing.T, store *sqlitestore.Store) account.SessionKey {
	t.Helper()
	ann, err := store.AddUser(t.Context(), account.User{Name: "ann", Active: true, Joined: noon})
	if err != nil {
		t.Fatal(err)
	}
	session := account.Session{User: ann.ID, Password: ann.Password.Fingerprint(), Began: noon, Seen: noon}
	if err := store.BeginSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	return session.Key
}

func TestTokensSayThatTheirTableIsMissing(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	migrate(t, open(t, path))
	execute(t, path, "DROP TABLE roster_tokens")
	store, ctx := open(t, path), t.Context()
	got := map[string]error{"UseToken": store.UseToken(ctx, 1, noon)}
	_, got["AddToken"] = store.AddToken(ctx, newAPIToken(1))
	_, got["FindToken"] = store.FindToken(ctx, account.APIKey{})
	_, got["ListTokens"] = store.ListTokens(ctx, 0, 1)
	_, got["RevokeToken"] = store.RevokeToken(ctx, 1, noon)
	for method, err := range got {
		wantCode(t, method, err, domain.CodeUnavailable, "roster migrate")
	}
}

func TestAKeyThatIsNoneIsNobodys(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	execute(t, path, "INSERT INTO roster_tokens (key, name, scope, created) VALUES (x'', 'a', 'write', 0)")
	_, err := store.FindToken(t.Context(), account.APIKey{})
	wantCode(t, "FindToken", err, domain.CodeNotFound)
	tokens, err := store.ListTokens(t.Context(), 0, 10)
	wantCode(t, "ListTokens", err, domain.CodeInternal)
	if tokens != nil {
		t.Errorf("ListTokens beside an error: got %+v, want none", tokens)
	}
}

func TestTokensAreInABackupAndComeBackWithIt(t *testing.T) {
	t.Parallel()
	path, file := newFile(t), newFile(t)
	var revoked, used account.APIToken
	inFile(t, path, func(store *sqlitestore.Store) {
		revoked, used = addToken(t, store, 1), addToken(t, store, 2)
		if err := store.UseToken(t.Context(), used.ID, noon); err != nil {
			t.Fatal(err)
		}
		var err error
		if revoked, err = store.RevokeToken(t.Context(), revoked.ID, noon); err != nil {
			t.Fatal(err)
		}
		used.LastUsed = noon
		backup(t, path, file) // of a database that is in use
	})
	for _, sound := range []string{path, file} {
		if got := check(t, sound); len(got) != 0 {
			t.Errorf("Check: got %+v, want nothing", got)
		}
	}
	inFile(t, path, func(store *sqlitestore.Store) { addToken(t, store, 3) })
	restore(t, path, file)
	inFile(t, path, func(store *sqlitestore.Store) {
		const why = "it was in the backup"
		wantToken(t, store, revoked, why)
		wantToken(t, store, used, why)
		_, err := store.FindToken(t.Context(), newAPIToken(3).Key)
		wantCode(t, "FindToken of one that was made after the backup", err, domain.CodeNotFound)
		if got := addToken(t, store, 4).ID; got != 4 {
			t.Errorf("AddToken after a restore: got id %d, want 4: 3 was given after the backup, and none is given twice", got)
		}
	})
}

func TestADatabaseOfDjangoGetsTokensAndKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	path := fileWith(t, django)
	inFile(t, path, func(store *sqlitestore.Store) { wantToken(t, store, addToken(t, store, 1), "it was added") })
	if got := check(t, path); grave(got) {
		t.Errorf("Check: got %+v, want nothing grave", got)
	}
	inFile(t, path, func(store *sqlitestore.Store) {
		if got := addToken(t, store, 2).ID; got != 2 {
			t.Errorf("AddToken: got id %d, want 2", got)
		}
	})
}
