package account_test

import (
	"context"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

const password = "correct horse"

// world is the use case over a store in memory, with keys that cost nothing.
type world struct {
	*account.Accounts
	store *memstore.Store
}

// newWorld returns a world in which nobody is throttled.
func newWorld(t *testing.T) *world {
	t.Helper()
	store := memstore.New()
	return &world{newAccounts(t, store, account.Config{Throttles: open()}), store}
}

// newAccounts returns the use case with keys that cost nothing.
func newAccounts(t *testing.T, store account.Store, config account.Config) *account.Accounts {
	t.Helper()
	config.CommonPasswords = few
	accounts, err := account.NewAccounts(store, config)
	if err != nil {
		t.Fatalf("NewAccounts: got %v, want it made", err)
	}
	accounts.SetDeriver(cheapKey)
	return accounts
}

// add adds a superuser with the password.
func (w *world) add(t *testing.T, name string) account.User {
	t.Helper()
	user, err := w.Add(t.Context(), account.NewSuperuser{Name: name, Password: password})
	if err != nil {
		t.Fatalf("Add(%q): got %v, want the user", name, err)
	}
	return user
}

func (w *world) find(t *testing.T, id int64) account.User {
	t.Helper()
	user, err := w.Find(t.Context(), id)
	if err != nil {
		t.Fatalf("Find(%d): got %v, want the user", id, err)
	}
	return user
}

// signIn signs a user in who has the password.
func (w *world) signIn(t *testing.T, name string) account.Token {
	t.Helper()
	token, _, err := w.SignIn(t.Context(), account.Attempt{Name: name, Password: password, Address: "192.0.2.1"})
	if err != nil {
		t.Fatalf("SignIn(%q): got %v, want a session", name, err)
	}
	return token
}

// expectSession fails where the token's session does, or does not, go on.
func (w *world) expectSession(t *testing.T, token account.Token, want bool, why string) {
	t.Helper()
	user, err := w.SignedIn(t.Context(), token)
	if want && err != nil {
		t.Errorf("%s: got %v, want the session to go on", why, err)
	}
	if !want && (domain.CodeOf(err) != domain.CodeUnauthenticated || user != account.User{}) {
		t.Errorf("%s: got %+v, %v, want nobody and code %q", why, user, err, domain.CodeUnauthenticated)
	}
}

type throttleFunc func(ctx context.Context, key string, cost int) (domain.Decision, error)

func (f throttleFunc) Take(ctx context.Context, key string, cost int) (domain.Decision, error) {
	return f(ctx, key, cost)
}

// open are throttles that let everybody through.
func open() account.Throttles {
	allow := throttleFunc(func(context.Context, string, int) (domain.Decision, error) {
		return domain.Decision{Allowed: true}, nil
	})
	return account.Throttles{Pair: allow, Address: allow, User: allow}
}
