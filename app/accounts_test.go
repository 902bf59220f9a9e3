package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// unreadable is a store that finds no user, so that no password is checked, which takes its time: tries are counted before.
type unreadable struct{ *memstore.Store }

func (unreadable) FindUserByName(context.Context, string) (account.User, error) {
	return account.User{}, &domain.Error{Code: domain.CodeUnavailable, Message: "not now"}
}

func newUnreadable(t *testing.T, variables map[string]string) *app.App {
	t.Helper()
	a, err := app.NewOver(t.Context(), load(t, variables), slog.New(slog.DiscardHandler), unreadable{memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// tries tries to sign in and tells how often that was counted and let through.
func tries(t *testing.T, a *app.App, times int, name, address string) (allowed int) {
	t.Helper()
	for range times {
		_, _, err := a.Accounts.SignIn(t.Context(), account.Attempt{Name: name, Address: address})
		if _, throttled := errors.AsType[*account.ThrottledError](err); !throttled {
			allowed++
		}
	}
	return allowed
}

func TestTriesToSignInAreLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newUnreadable(t, nil)
		expect := func(why string, got, want int) {
			t.Helper()
			if got != want {
				t.Errorf("%s: got %d tries, want %d", why, got, want)
			}
		}
		expect("one address for one user", tries(t, a, 20, "anna", "192.0.2.1"), 10)
		expect("the same address for another, after 20 tries of which 10 were refused", tries(t, a, 9, "berta", "192.0.2.1"), 9)
		expect("the same address for one more", tries(t, a, 20, "dora", "192.0.2.1"), 1)
		all := 0
		for i := range 20 {
			all += tries(t, a, 10, "anna", fmt.Sprintf("198.51.100.%d", i))
		}
		expect("many addresses for the first user", all, 90)
		time.Sleep(5 * time.Minute)
		expect("five minutes later", tries(t, a, 20, "anna", "192.0.2.1"), 10)
		time.Sleep(30 * time.Second)
		expect("half a minute later", tries(t, a, 5, "anna", "192.0.2.1"), 1)
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestServersOnOneDatabaseCountTriesTogether(t *testing.T) {
	t.Parallel()
	count := func(t *testing.T, database string) {
		t.Helper()
		variables := map[string]string{"DATABASE_URL": database, "RATE_LIMIT_STORE": "database"}
		first, second := newUnreadable(t, variables), newUnreadable(t, variables)
		// One more comes back each half minute.
		if got := tries(t, first, 9, "anna", "192.0.2.1") + tries(t, second, 20, "anna", "192.0.2.1"); got < 10 || got > 12 {
			t.Errorf("two servers: got %d tries, want 10, as of one", got)
		}
		if err := errors.Join(first.Close(), second.Close()); err != nil {
			t.Error(err)
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		count(t, "sqlite:///"+filepath.Join(t.TempDir(), "db.sqlite3"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server, err := pgtest.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Stop)
		url := server.URL(t)
		_ = newApp(t, map[string]string{"DATABASE_URL": url}) // which makes the tables
		count(t, url)
	})
}

// tidied is a store that counts how often it is tidied. Of old changes there are more, as often as it says.
type tidied struct {
	*memstore.Store
	sessions, histories atomic.Int64
	more                int64
	err                 atomic.Pointer[error] // nil, or why sessions are not tidied
}

func (s *tidied) fail(err error) { s.err.Store(&err) }

func (s *tidied) TidySessions(ctx context.Context, now time.Time) error {
	s.sessions.Add(1)
	if err := s.err.Load(); err != nil {
		return *err
	}
	return s.Store.TidySessions(ctx, now)
}

func (s *tidied) TidyHistory(context.Context, time.Time) (more bool, err error) {
	return s.histories.Add(1)%(s.more+1) != 0, nil
}

func TestAServerTidiesUpEveryTenMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		store := &tidied{Store: memstore.New(), more: 2}
		a, err := app.NewOver(t.Context(), load(t, nil), slog.New(slog.NewTextHandler(&log, nil)), store)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			a.Tidy(ctx)
			close(ended)
		}()
		expect := func(why string, sessions, histories int64, complaints int) {
			t.Helper()
			synctest.Wait()
			if got := store.sessions.Load(); got != sessions {
				t.Errorf("%s: sessions were tidied %d times, want %d", why, got, sessions)
			}
			if got := store.histories.Load(); got != histories {
				t.Errorf("%s: the history was tidied %d times, want %d: until no more is left", why, got, histories)
			}
			if got := strings.Count(log.String(), "cannot tidy up"); got != complaints {
				t.Errorf("%s: got %d complaints, want %d:\n%s", why, got, complaints, log.String())
			}
		}
		time.Sleep(10*time.Minute - time.Nanosecond)
		expect("before ten minutes", 0, 0, 0)
		time.Sleep(time.Nanosecond)
		expect("after ten minutes", 1, 3, 0)
		store.fail(&domain.Error{Code: domain.CodeUnavailable, Message: "the disk is full"})
		time.Sleep(30 * time.Minute)
		expect("while the store fails", 4, 12, 1)
		store.err.Store(nil)
		time.Sleep(10 * time.Minute)
		expect("when it works again", 5, 15, 1)
		store.fail(errors.New("the disk is full"))
		time.Sleep(10 * time.Minute)
		expect("when it fails again", 6, 18, 2)
		stop()
		synctest.Wait()
		select {
		case <-ended:
		default:
			t.Error("it goes on after ctx ended")
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
}
