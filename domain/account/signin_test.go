package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

func TestWhoSignsInIsSignedInUntilTheySignOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.add(t, "anna")
	before := time.Now().Truncate(time.Microsecond)
	token, user, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password})
	if err != nil || user.ID != anna.ID || user.LastLogin.Before(before) {
		t.Fatalf("SignIn: got %+v, %v, want user %d who signed in just now", user, err, anna.ID)
	}
	if got, err := w.SignedIn(t.Context(), token); err != nil || got != user {
		t.Errorf("SignedIn: got %+v, %v, want %+v as SignIn returned", got, err, user)
	}
	if err := errors.Join(w.SignOut(t.Context(), token), w.SignOut(t.Context(), token)); err != nil {
		t.Errorf("SignOut, twice: got %v, want nil", err)
	}
	w.expectSession(t, token, false, "after signing out")
}

func TestEachSessionHasATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "anna")
	first, second := w.signIn(t, "anna"), w.signIn(t, "anna")
	if first == second || len(first) < 43 { // so many letters of base64 hold 256 bits
		t.Errorf("two tokens: got %q and %q, want two of at least 256 bits", string(first), string(second))
	}
	if err := w.SignOut(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	w.expectSession(t, second, true, "after the other session ended")
	w.expectSession(t, "", false, "no token")
	w.expectSession(t, "guessed", false, "a token that was made up")
}

func TestWhoMayNotSignInIsToldTheSameAfterTheSameWork(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	var spent int
	vanishes := &vanishing{Store: store}
	accounts := newAccounts(t, vanishes, account.Config{Throttles: open()})
	accounts.SetDeriver(func(password, salt string, iterations int) []byte {
		spent += iterations
		return cheapKey(password, salt, iterations)
	})
	may := account.User{Active: true, Staff: true, Superuser: true, Password: cheapHash(password)}
	for name, change := range map[string]func(*account.User){
		"wrong":     func(*account.User) {},
		"disabled":  func(u *account.User) { u.Active = false },
		"no-staff":  func(u *account.User) { u.Staff = false },
		"staffonly": func(u *account.User) { u.Superuser = false },
		"unusable":  func(u *account.User) { u.Password = "!" },
		"vanishing": func(*account.User) {},
	} {
		user := may
		user.Name = name
		change(&user)
		added, err := store.AddUser(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		if name == "vanishing" {
			vanishes.user = added.ID
		}
	}
	_, _, want := accounts.SignIn(t.Context(), account.Attempt{Name: "wrong", Password: "wrong"})
	if domain.CodeOf(want) != domain.CodeUnauthenticated {
		t.Fatalf("a wrong password: got %v, want code %q", want, domain.CodeUnauthenticated)
	}
	for _, name := range []string{"unknown", "", "disabled", "no-staff", "staffonly", "unusable", "vanishing", "WRONG", "nul\x00", "\xff", strings.Repeat("long", 1000)} {
		spent = 0
		token, user, err := accounts.SignIn(t.Context(), account.Attempt{Name: name, Password: password})
		if token != "" || (user != account.User{}) || !errors.Is(err, want) || err.Error() != want.Error() {
			t.Errorf("SignIn(%.20q): got %v, %+v, %v, want nothing beside %v, as for a wrong password", name, token, user, err, want)
		}
		if spent != account.Iterations {
			t.Errorf("SignIn(%.20q): got %d iterations, want %d, as for a wrong password", name, spent, account.Iterations)
		}
	}
}

func TestEveryNameCostsAsMuchAsTheDearestHash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, iterations := range map[string]int{"weak": 1, "dear": account.Iterations * 6 / 5, "dearer": 4 * account.Iterations, "odd": 4*account.Iterations + 1} {
		user := account.User{Name: name, Active: true, Staff: true, Superuser: true, Password: account.NewHashBy(cheapKey, password, "salt", iterations)}
		if _, err := w.store.AddUser(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
	spent := 0
	w.SetDeriver(func(password, salt string, iterations int) []byte {
		spent += iterations
		return cheapKey(password, salt, iterations)
	})
	const one, dear, dearer, odd = account.Iterations, account.Iterations * 6 / 5, 4 * account.Iterations, 4*account.Iterations + 1
	for i, c := range []struct {
		name string
		want int
	}{
		{"unknown", one}, {"weak", one}, {"odd", odd}, {"unknown", one}, // one odd hash makes nobody else wait
		{"dear", dear}, {"unknown", dear}, {"weak", dear}, {"dear", dear},
		{"dearer", dearer}, {"unknown", dearer}, {"dear", dearer}, {"weak", dearer}, {"odd", odd},
	} {
		spent = 0
		_, _, err := w.SignIn(t.Context(), account.Attempt{Name: c.name, Password: password})
		if spent != c.want || (err == nil) != (c.name != "unknown") {
			t.Errorf("try %d, %s: got %d iterations and %v, want %d: the time must not tell whether there is a user", i, c.name, spent, err, c.want)
		}
	}
}

func TestWhoIsDisabledWhileThePasswordIsCheckedIsNotSignedIn(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world, id int64) error{
		"disabled":         func(w *world, id int64) error { return w.store.SetActive(t.Context(), id, false) },
		"another password": func(w *world, id int64) error { return w.store.SetPassword(t.Context(), id, "", cheapHash(other)) },
	} {
		w := newWorld(t)
		anna := w.add(t, "anna")
		w.SetDeriver(func(password, salt string, iterations int) []byte {
			if err := change(w, anna.ID); err != nil {
				t.Error(err)
			}
			return cheapKey(password, salt, iterations)
		})
		token, user, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password})
		if token != "" || (user != account.User{}) || domain.CodeOf(err) != domain.CodeUnauthenticated {
			t.Errorf("%s: got %v, %+v, %v, want nothing beside code %q", name, token, user, err, domain.CodeUnauthenticated)
		}
		if err := w.store.SetActive(t.Context(), anna.ID, true); err != nil {
			t.Error(err)
		}
		w.expectSession(t, token, false, name+", and active again")
	}
}

// vanishing is a store one of whose users another program removes between two calls.
type vanishing struct {
	account.Store
	user int64
}

func (v *vanishing) BeginSession(ctx context.Context, session account.Session) error {
	if session.User == v.user {
		return account.NoUser(v.user)
	}
	return v.Store.BeginSession(ctx, session)
}

func TestOneTryTooManyIsRefusedBeforeAnythingIsLookedUp(t *testing.T) {
	t.Parallel()
	refusing := throttleFunc(func(context.Context, string, int) (domain.Decision, error) {
		return domain.Decision{RetryAfter: 90 * time.Second}, nil
	})
	for name, choose := range map[string]func(*account.Throttles){
		"by address and user": func(t *account.Throttles) { t.Pair = refusing },
		"by address":          func(t *account.Throttles) { t.Address = refusing },
		"by user":             func(t *account.Throttles) { t.User = refusing },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &portmock.AccountStoreMock{FindUserByNameFunc: func(context.Context, string) (account.User, error) {
				return account.User{}, nil
			}}
			throttles := open()
			choose(&throttles)
			accounts := newAccounts(t, store, account.Config{Throttles: throttles})
			accounts.SetDeriver(func(string, string, int) []byte {
				t.Error("a password was checked, want none to be")
				return nil
			})
			_, _, err := accounts.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password, Address: "192.0.2.1"})
			throttled, ok := errors.AsType[*account.ThrottledError](err)
			if !ok || throttled.RetryAfter != 90*time.Second || domain.CodeOf(err) != domain.CodeUnavailable {
				t.Errorf("SignIn: got %v, want a *ThrottledError for 90 s with code %q", err, domain.CodeUnavailable)
			}
			if calls := len(store.FindUserByNameCalls()); calls != 0 {
				t.Errorf("the store was asked %d times, want never", calls)
			}
		})
	}
}

func TestTriesAreCountedByAddressAndUserAndBoth(t *testing.T) {
	t.Parallel()
	keys := map[string][]string{}
	count := func(kind string) account.Throttle {
		return throttleFunc(func(_ context.Context, key string, cost int) (domain.Decision, error) {
			if cost != 1 {
				t.Errorf("%s: got a cost of %d, want 1", kind, cost)
			}
			keys[kind] = append(keys[kind], key)
			return domain.Decision{Allowed: true}, nil
		})
	}
	accounts := newAccounts(t, memstore.New(), account.Config{Throttles: account.Throttles{Pair: count("pair"), Address: count("address"), User: count("user")}})
	for _, attempt := range []account.Attempt{
		{Address: "a", Name: "b c"}, {Address: "a b", Name: "c"}, {Address: "a\" \"b", Name: "c"}, {Address: "a", Name: "b\" \"c"},
		{Address: "", Name: "a b c"}, {Address: "a b c", Name: ""}, {Address: "a", Name: "\xff"}, {Address: "a", Name: "\ufffd"},
		{Address: "a", Name: strings.Repeat("x", 1<<20)}, {Address: "a", Name: "A"},
	} {
		_, _, _ = accounts.SignIn(t.Context(), attempt)
	}
	for kind, want := range map[string]int{"pair": 10, "address": 5, "user": 9} {
		if got := len(slices.Compact(slices.Sorted(slices.Values(keys[kind])))); got != want || len(keys[kind]) != 10 {
			t.Errorf("%s: got %d keys of %d tries, want %d of 10: %q", kind, got, len(keys[kind]), want, keys[kind])
		}
		for _, key := range keys[kind] {
			if len(key) > 100 || strings.Contains(key, "b c") {
				t.Errorf("%s: got the key %.100q, want a short one in which nothing can be read", kind, key)
			}
			for other := range keys {
				if other != kind && slices.Contains(keys[other], key) {
					t.Errorf("%q counts for %s and for %s, want for one: they may share a table", key, kind, other)
				}
			}
		}
	}
}

func TestAnAddressThatIsRefusedWritesNoKeysOfNames(t *testing.T) {
	t.Parallel()
	refused := throttleFunc(func(context.Context, string, int) (domain.Decision, error) { return domain.Decision{}, nil })
	unasked := throttleFunc(func(_ context.Context, key string, _ int) (domain.Decision, error) {
		t.Errorf("a try was taken of %s, want none: its address has no more", key)
		return domain.Decision{Allowed: true}, nil
	})
	accounts := newAccounts(t, memstore.New(), account.Config{Throttles: account.Throttles{Pair: unasked, Address: refused, User: unasked}})
	_, _, err := accounts.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password, Address: "192.0.2.1"})
	if _, ok := errors.AsType[*account.ThrottledError](err); !ok {
		t.Errorf("SignIn: got %v, want a *ThrottledError", err)
	}
}

func TestAThrottleThatIsOutOfOrderLocksNobodyOut(t *testing.T) {
	t.Parallel()
	broken := throttleFunc(func(context.Context, string, int) (domain.Decision, error) {
		return domain.Decision{}, &domain.Error{Code: domain.CodeUnavailable}
	})
	store := memstore.New()
	w := world{newAccounts(t, store, account.Config{Throttles: account.Throttles{Pair: broken, Address: broken, User: broken}}), store}
	w.add(t, "anna")
	w.signIn(t, "anna")
}

func TestWhoGivesUpIsNotSignedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "anna")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := w.SignIn(ctx, account.Attempt{Name: "anna", Password: password}); domain.CodeOf(err) != domain.CodeCanceled {
		t.Errorf("SignIn: got %v, want code %q", err, domain.CodeCanceled)
	}
}

// slow is a world in which a check takes a second of virtual time.
func slow(t *testing.T, checks int) (w *world, atOnce *atomic.Int64) {
	t.Helper()
	store := memstore.New()
	w = &world{newAccounts(t, store, account.Config{Throttles: open(), Checks: checks}), store}
	w.add(t, "anna")
	w.add(t, "berta")
	var now, most atomic.Int64
	w.SetDeriver(func(password, salt string, iterations int) []byte {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		time.Sleep(time.Second)
		return cheapKey(password, salt, iterations)
	})
	return w, &most
}

func TestAsManyPasswordsAreCheckedAtOnceAsAreAllowed(t *testing.T) {
	t.Parallel()
	for _, checks := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			w, atOnce := slow(t, checks)
			for range 6 {
				go func() {
					if _, _, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password}); err != nil {
						t.Errorf("SignIn: got %v, want a session after a while", err)
					}
				}()
			}
			for range 2 {
				go func() {
					if err := w.SetPassword(t.Context(), 2, "another one, as good"); err != nil {
						t.Errorf("SetPassword: got %v, want it set after a while", err)
					}
				}()
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if got := atOnce.Load(); got != int64(checks) {
				t.Errorf("passwords at once: got %d, want %d", got, checks)
			}
		})
	}
}

func TestSixtyFourWaitForACheckAndOneMoreIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const checks, waiting = 2, 64
		w, _ := slow(t, checks)
		var in atomic.Int64
		for range checks + waiting {
			go func() {
				if _, _, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password}); err == nil {
					in.Add(1)
				}
			}()
		}
		synctest.Wait()
		start := time.Now()
		if _, _, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password}); domain.CodeOf(err) != domain.CodeUnavailable || time.Since(start) > 0 {
			t.Errorf("one more: got %v after %s, want code %q at once", err, time.Since(start), domain.CodeUnavailable)
		}
		time.Sleep(time.Hour)
		if got, want := in.Load(), int64(checks+waiting); got != want {
			t.Errorf("the others: got %d sessions, want %d", got, want)
		}
		w.signIn(t, "anna")
	})
}

func TestWhoWaitsForACheckMayGiveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, _ := slow(t, 1)
		go func() { _ = w.SetPassword(t.Context(), 1, "another one, as good") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, _, err := w.SignIn(ctx, account.Attempt{Name: "anna", Password: password}); domain.CodeOf(err) != domain.CodeDeadline || time.Since(start) != time.Millisecond {
			t.Errorf("SignIn: got %v after %s, want code %q after 1ms", err, time.Since(start), domain.CodeDeadline)
		}
		time.Sleep(time.Minute)
	})
}
