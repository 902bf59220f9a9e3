package account_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func TestASessionInWhichNothingHappensEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "anna")
		idle, used := w.signIn(t, "anna"), w.signIn(t, "anna")
		time.Sleep(account.SessionIdle - time.Microsecond)
		w.expectSession(t, used, true, "just before it has idled for too long")
		time.Sleep(time.Microsecond)
		w.expectSession(t, idle, false, "after half an hour of nothing")
		w.expectSession(t, used, true, "half an hour after it began, but used since")
	})
}

func TestASessionEndsAfterTwelveHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "anna")
		token, began := w.signIn(t, "anna"), time.Now()
		for time.Since(began) < account.SessionLifetime-10*time.Minute {
			time.Sleep(10 * time.Minute)
			w.expectSession(t, token, true, "used every ten minutes, within its lifetime")
		}
		time.Sleep(10*time.Minute - time.Microsecond)
		w.expectSession(t, token, true, "just before its lifetime ends")
		time.Sleep(time.Microsecond)
		w.expectSession(t, token, false, "after twelve hours")
	})
}

// watched is a store that tells how often a session was written, and refuses to where it is to.
type watched struct {
	*memstore.Store
	seen  int
	fails bool
	hangs bool
	alter func(*account.User) // by another program, which knows nothing of sessions
}

func (w *watched) TouchSession(ctx context.Context, key account.SessionKey, seen time.Time) error {
	w.seen++
	if w.fails {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the disk is full"}
	}
	if w.hangs {
		<-ctx.Done()
		return domain.ContextError(ctx)
	}
	return w.Store.TouchSession(ctx, key, seen)
}

func (w *watched) FindSession(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
	session, user, err := w.Store.FindSession(ctx, key)
	if w.alter != nil {
		w.alter(&user)
	}
	return session, user, err
}

func newWatched(t *testing.T) (*world, *watched) {
	t.Helper()
	store := &watched{Store: memstore.New()}
	w := &world{newAccounts(t, store, account.Config{Throttles: open()}), store.Store}
	w.add(t, "anna")
	return w, store
}

func TestThatSomethingHappenedIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, store := newWatched(t)
		token := w.signIn(t, "anna")
		for range 10 * 60 {
			w.expectSession(t, token, true, "used every second")
			time.Sleep(time.Second)
		}
		if got, want := store.seen, 9; got != want {
			t.Errorf("600 calls in ten minutes: got %d writes, want %d: one for each full minute since the one before", got, want)
		}
	})
}

func TestASessionGoesOnWhereTheStoreCannotBeWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, store := newWatched(t)
		token := w.signIn(t, "anna")
		store.fails = true
		time.Sleep(5 * time.Minute)
		w.expectSession(t, token, true, "while nothing can be written")
		store.fails = false
		w.expectSession(t, token, true, "right after a failure")
		if store.seen != 1 {
			t.Errorf("got %d writes, want 1: nothing is tried within a second of a failure", store.seen)
		}
		time.Sleep(time.Second)
		w.expectSession(t, token, true, "when it can be written again")
		time.Sleep(account.SessionIdle - time.Minute)
		w.expectSession(t, token, true, "because the call of a second later was written")
	})
}

func TestWhoIsSignedInDoesNotWaitForAStoreWhoseWritesHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, store := newWatched(t)
		token := w.signIn(t, "anna")
		store.hangs = true
		time.Sleep(5 * time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		user, err := w.SignedIn(ctx, token)
		if took := time.Since(start); err != nil || user.Name != "anna" || took != 50*time.Millisecond || store.seen != 1 {
			t.Errorf("SignedIn: got %q, %v after %s and %d writes, want anna after 50ms and 1 write", user.Name, err, took, store.seen)
		}
	})
}

func TestASessionEndsWithWhatItsUserHad(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(*account.User){
		"another password by another program": func(u *account.User) { u.Password = cheapHash("another one") },
		"the same password hashed anew":       func(u *account.User) { u.Password = account.NewHashBy(cheapKey, password, "other salt", 5) },
		"disabled by another program":         func(u *account.User) { u.Active = false },
		"no superuser any more":               func(u *account.User) { u.Superuser = false },
		"no staff any more":                   func(u *account.User) { u.Staff = false },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, store := newWatched(t)
			token := w.signIn(t, "anna")
			w.expectSession(t, token, true, "before")
			store.alter = alter
			w.expectSession(t, token, false, name)
		})
	}
}

func TestAStoreThatCannotBeReadIsNoMissingSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "anna")
	token := w.signIn(t, "anna")
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.SignedIn(t.Context(), token); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("SignedIn: got %v, want code %q: who is told to sign in again would lose their work", err, domain.CodeUnavailable)
	}
	if _, _, err := w.SignIn(t.Context(), account.Attempt{Name: "anna", Password: password}); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("SignIn: got %v, want code %q", err, domain.CodeUnavailable)
	}
}

func TestSessionsThatAreOverAreTidiedAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "anna")
		over := w.signIn(t, "anna")
		time.Sleep(account.SessionIdle)
		young := w.signIn(t, "anna")
		if err := w.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.store.FindSession(t.Context(), over.Key()); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("a session that is over: got %v, want code %q", err, domain.CodeNotFound)
		}
		if _, _, err := w.store.FindSession(t.Context(), young.Key()); err != nil {
			t.Errorf("one that goes on: got %v, want it kept", err)
		}
	})
}
