package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

const other = "another one, as good"

func TestAccountsNeedAllTheirParts(t *testing.T) {
	t.Parallel()
	whole := account.Config{Throttles: open(), CommonPasswords: few}
	for name, spoil := range map[string]func(*account.Config){
		"no throttle of pairs":     func(c *account.Config) { c.Throttles.Pair = nil },
		"no throttle of addresses": func(c *account.Config) { c.Throttles.Address = nil },
		"no throttle of users":     func(c *account.Config) { c.Throttles.User = nil },
		"no common passwords":      func(c *account.Config) { c.CommonPasswords = nil },
		"three checks":             func(c *account.Config) { c.Checks = 3 },
		"fewer than no checks":     func(c *account.Config) { c.Checks = -1 },
	} {
		config := whole
		spoil(&config)
		if _, err := account.NewAccounts(memstore.New(), config); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%s: got %v, want code %q", name, err, domain.CodeInvalid)
		}
	}
	if _, err := account.NewAccounts(nil, whole); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("no store: got %v, want code %q", err, domain.CodeInvalid)
	}
}

func TestAddTellsAllThatIsWrongTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Add(t.Context(), account.NewSuperuser{Name: "anna maria", Email: "nowhere", Password: "maria1"})
	want := []domain.Problem{
		{Field: account.FieldName, Code: account.ProblemCharacters},
		{Field: account.FieldEmail, Code: account.ProblemCharacters},
		{Field: account.FieldPassword, Code: account.ProblemTooSimilar},
		{Field: account.FieldPassword, Code: account.ProblemTooShort, Limit: account.MinPassword},
	}
	if got := domain.ProblemsOf(err); !slices.Equal(got, want) || domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("Add: got %v, %v, want code %q and %v", err, got, domain.CodeInvalid, want)
	}
	if users, err := w.List(t.Context(), 0, 10); err != nil || len(users) != 0 {
		t.Errorf("List: got %v, %v, want nobody", users, err)
	}
}

func TestAUserWhoWasAddedIsFoundAndSignsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, err := w.Add(t.Context(), account.NewSuperuser{Name: "anna", Email: "anna@EXAMPLE.org", Password: password})
	if err != nil || anna.Email != "anna@example.org" || !anna.MaySignIn() {
		t.Fatalf("Add: got %+v, %v, want anna, who may sign in", anna, err)
	}
	if got, err := w.FindByName(t.Context(), "anna"); err != nil || got != anna {
		t.Errorf("FindByName: got %+v, %v, want %+v", got, err, anna)
	}
	if got, err := w.List(t.Context(), 0, 10); err != nil || !slices.Equal(got, []account.User{anna}) {
		t.Errorf("List: got %+v, %v, want %+v alone", got, err, anna)
	}
	w.signIn(t, "anna")
	if _, err := w.Add(t.Context(), account.NewSuperuser{Name: "anna", Password: other}); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("a second anna: got %v, want code %q", err, domain.CodeConflict)
	}
	if _, err := w.FindByName(t.Context(), "Anna"); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("FindByName of nobody: got %v, want code %q", err, domain.CodeNotFound)
	}
}

func TestWhoChangesTheirPasswordGoesOnAloneWithANewToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "anna")
	w.add(t, "berta")
	here, elsewhere, berta := w.signIn(t, "anna"), w.signIn(t, "anna"), w.signIn(t, "berta")
	token, err := w.ChangePassword(t.Context(), here, "192.0.2.1", password, other)
	if err != nil || token == here {
		t.Fatalf("ChangePassword: got %v, %v, want another token", token, err)
	}
	w.expectSession(t, token, true, "the new token")
	w.expectSession(t, here, false, "the token of before")
	w.expectSession(t, elsewhere, false, "another session of the user")
	w.expectSession(t, berta, true, "a session of somebody else")
	if _, _, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password}); domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Errorf("the old password: got %v, want code %q", err, domain.CodeUnauthenticated)
	}
	if _, _, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: other}); err != nil {
		t.Errorf("the new password: got %v, want a session", err)
	}
}

func TestAPasswordIsNotChangedByWhoDoesNotKnowIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "anna")
	token := w.signIn(t, "anna")
	_, err := w.ChangePassword(t.Context(), token, "192.0.2.1", "wrong", other)
	if got, want := domain.ProblemsOf(err), []domain.Problem{{Field: account.FieldOldPassword, Code: account.ProblemWrong}}; !slices.Equal(got, want) {
		t.Errorf("the wrong old password: got %v, want %v", err, want)
	}
	_, err = w.ChangePassword(t.Context(), token, "192.0.2.1", password, "short")
	if got, want := domain.ProblemsOf(err), []domain.Problem{{Field: account.FieldPassword, Code: account.ProblemTooShort, Limit: account.MinPassword}}; !slices.Equal(got, want) {
		t.Errorf("a new password that is too short: got %v, want %v", err, want)
	}
	if _, err = w.ChangePassword(t.Context(), "guessed", "192.0.2.1", password, other); domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Errorf("no session: got %v, want code %q", err, domain.CodeUnauthenticated)
	}
	w.expectSession(t, token, true, "after nothing was changed")
}

// TestAPasswordThatIsResetMeanwhileStays has an administrator reset a password that somebody in the user's session changes.
func TestAPasswordThatIsResetMeanwhileStays(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]int{"while the old one is checked": 1, "while the new one is hashed": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			anna := w.add(t, "anna")
			token := w.signIn(t, "anna")
			reset, keys := cheapHash("by an administrator"), 0
			w.SetDeriver(func(password, salt string, iterations int) []byte {
				if keys++; keys == at {
					if err := w.store.SetPassword(t.Context(), anna.ID, "", reset); err != nil {
						t.Error(err)
					}
				}
				return cheapKey(password, salt, iterations)
			})
			if token, err := w.ChangePassword(t.Context(), token, "192.0.2.1", password, other); token != "" || domain.CodeOf(err) != domain.CodePrecondition {
				t.Errorf("ChangePassword: got %v, %v, want code %q", token, err, domain.CodePrecondition)
			}
			if got := w.find(t, anna.ID).Password; got != reset {
				t.Errorf("the hash: got %q, want %q, which was set meanwhile", string(got), string(reset))
			}
			w.expectSession(t, token, false, "after the reset")
		})
	}
}

// reset is a store in which an administrator comes between the new password and its session.
type reset struct {
	*memstore.Store
	change func(id int64) error
}

func (r *reset) SetPassword(ctx context.Context, id int64, from, to account.Hash) error {
	return errors.Join(r.Store.SetPassword(ctx, id, from, to), r.change(id))
}

func TestNoSessionBeginsAfterAResetThatCameBetween(t *testing.T) {
	t.Parallel()
	store := &reset{Store: memstore.New()}
	w := &world{newAccounts(t, store, account.Config{Throttles: open()}), store.Store}
	for name, change := range map[string]func(id int64) error{
		"anna": func(id int64) error { return w.store.SetActive(t.Context(), id, false) },
		"bert": func(id int64) error {
			return w.store.SetPassword(t.Context(), id, "", cheapHash("by an administrator"))
		},
	} {
		w.add(t, name)
		store.change = change
		token, err := w.ChangePassword(t.Context(), w.signIn(t, name), "192.0.2.1", password, other)
		_, want := w.SignedIn(t.Context(), "guessed")
		if token != "" || domain.CodeOf(want) != domain.CodeUnauthenticated || !errors.Is(err, want) {
			t.Errorf("ChangePassword of %s: got %v, %v, want %v, as without a session", name, token, err, want)
		}
	}
}

func TestANewPasswordThatBreaksARuleIsNoTry(t *testing.T) {
	t.Parallel()
	throttles, signedIn := open(), false
	throttles.Address = throttleFunc(func(context.Context, string, int) (domain.Decision, error) {
		if signedIn {
			t.Error("a try was taken, want none: the old password is not looked at")
		}
		return domain.Decision{Allowed: true}, nil
	})
	store := memstore.New()
	w := &world{newAccounts(t, store, account.Config{Throttles: throttles}), store}
	w.add(t, "anna")
	token := w.signIn(t, "anna")
	signedIn = true
	w.SetDeriver(func(string, string, int) []byte {
		t.Error("a password was checked, want none to be")
		return nil
	})
	if _, err := w.ChangePassword(t.Context(), token, "192.0.2.1", password, "anna"); !slices.Equal(codesOf(err), []domain.ProblemCode{account.ProblemTooSimilar, account.ProblemTooShort}) {
		t.Errorf("ChangePassword: got %v, want %v and %v", err, account.ProblemTooSimilar, account.ProblemTooShort)
	}
}

func TestAnOldPasswordIsATry(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	throttles, refuse := open(), false
	throttles.Pair = throttleFunc(func(context.Context, string, int) (domain.Decision, error) {
		return domain.Decision{Allowed: !refuse, RetryAfter: time.Minute}, nil
	})
	w := &world{newAccounts(t, store, account.Config{Throttles: throttles}), store}
	w.add(t, "anna")
	token := w.signIn(t, "anna")
	refuse = true
	_, err := w.ChangePassword(t.Context(), token, "192.0.2.1", password, other)
	if _, ok := errors.AsType[*account.ThrottledError](err); !ok {
		t.Errorf("ChangePassword: got %v, want a *ThrottledError", err)
	}
}

func TestAPasswordThatIsSetEndsAllSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.add(t, "anna")
	token := w.signIn(t, "anna")
	if err := w.SetPassword(t.Context(), anna.ID, "anna12"); !slices.Equal(codesOf(err), []domain.ProblemCode{account.ProblemTooSimilar, account.ProblemTooShort}) {
		t.Errorf("one like the name: got %v, want %v and %v", err, account.ProblemTooSimilar, account.ProblemTooShort)
	}
	w.expectSession(t, token, true, "after nothing was changed")
	if err := w.SetPassword(t.Context(), anna.ID, other); err != nil {
		t.Errorf("SetPassword: got %v, want nil", err)
	}
	w.expectSession(t, token, false, "after another password was set")
	if hash := w.find(t, anna.ID).Password; !strings.HasPrefix(string(hash), "pbkdf2_sha256$1000000$") {
		t.Errorf("the hash: got %q, want one with 1,000,000 iterations", string(hash))
	}
	if err := w.SetPassword(t.Context(), 99, other); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("of a user there is not: got %v, want code %q", err, domain.CodeNotFound)
	}
}

func TestWhoIsDisabledIsSignedOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, berta := w.add(t, "anna"), w.add(t, "berta")
	token := w.signIn(t, "berta")
	if err := w.SetActive(t.Context(), anna, berta.ID, false); err != nil {
		t.Fatalf("SetActive: got %v, want nil", err)
	}
	w.expectSession(t, token, false, "of somebody who is disabled")
	if err := w.SetActive(t.Context(), anna, berta.ID, true); err != nil {
		t.Fatalf("SetActive: got %v, want nil", err)
	}
	w.expectSession(t, token, false, "of somebody who was disabled in between")
	w.signIn(t, "berta")
}

func TestNobodyDisablesThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.add(t, "anna")
	if err := w.SetActive(t.Context(), anna, anna.ID, false); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("SetActive: got %v, want code %q", err, domain.CodeConflict)
	}
	if err := w.SetActive(t.Context(), anna, anna.ID, true); err != nil || !w.find(t, anna.ID).Active {
		t.Errorf("SetActive of who is active: got %v, want nil and the user as before", err)
	}
}
