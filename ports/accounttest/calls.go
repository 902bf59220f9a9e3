package accounttest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func callCases() []storeCase {
	return []storeCase{
		{"every method answers canceled, and changes nothing, when ctx was cancelled before", cancelledBefore},
		{"every method answers deadline, and changes nothing, when ctx ran out before", expiredBefore},
		{"every method answers unavailable after close", closedIsUnavailable},
	}
}

// call is a call of one method about a user and a session. It tells whether it answered more than an error.
type call struct {
	name string
	do   method
}

type method func(ctx context.Context, store Store, user account.User, session account.Session) (answered bool, err error)

// only returns a call that answers nothing but an error.
func only(do func(ctx context.Context, store Store, user account.User, session account.Session) error) method {
	return func(ctx context.Context, store Store, user account.User, session account.Session) (bool, error) {
		return false, do(ctx, store, user, session)
	}
}

func calls() []call {
	return []call{
		{"AddUser", func(ctx context.Context, store Store, _ account.User, _ account.Session) (bool, error) {
			got, err := store.AddUser(ctx, newUser("other"))
			return got != account.User{}, err
		}},
		{"FindUser", func(ctx context.Context, store Store, user account.User, _ account.Session) (bool, error) {
			got, err := store.FindUser(ctx, user.ID)
			return got != account.User{}, err
		}},
		{"FindUserByName", func(ctx context.Context, store Store, user account.User, _ account.Session) (bool, error) {
			got, err := store.FindUserByName(ctx, user.Name)
			return got != account.User{}, err
		}},
		{"ListUsers", func(ctx context.Context, store Store, _ account.User, _ account.Session) (bool, error) {
			got, err := store.ListUsers(ctx, 0, 10)
			return len(got) > 0, err
		}},
		{"SetPassword", only(func(ctx context.Context, store Store, user account.User, _ account.Session) error {
			return store.SetPassword(ctx, user.ID, "", "!")
		})},
		{"SetActive", only(func(ctx context.Context, store Store, user account.User, _ account.Session) error {
			return store.SetActive(ctx, user.ID, false)
		})},
		{"BeginSession", only(func(ctx context.Context, store Store, user account.User, _ account.Session) error {
			return store.BeginSession(ctx, later(newSession(user, 1), time.Hour))
		})},
		{"FindSession", func(ctx context.Context, store Store, _ account.User, session account.Session) (bool, error) {
			got, user, err := store.FindSession(ctx, session.Key)
			return got != account.Session{} || user != account.User{}, err
		}},
		{"TouchSession", only(func(ctx context.Context, store Store, _ account.User, session account.Session) error {
			return store.TouchSession(ctx, session.Key, noon.Add(time.Hour))
		})},
		{"EndSession", only(func(ctx context.Context, store Store, _ account.User, session account.Session) error {
			return store.EndSession(ctx, session.Key)
		})},
		{"TidySessions", only(func(ctx context.Context, store Store, _ account.User, _ account.Session) error {
			return store.TidySessions(ctx, noon.Add(account.SessionLifetime))
		})},
	}
}

func cancelledBefore(t *testing.T, store Store) {
	plain, cancel := context.WithCancel(t.Context())
	cancel()
	withCause, cancelCause := context.WithCancelCause(t.Context())
	cancelCause(errors.New("the client went away"))
	wantRefused(t, store, domain.CodeCanceled, plain, withCause)
}

func expiredBefore(t *testing.T, store Store) {
	past := time.Now().Add(-time.Second)
	plain, cancel := context.WithDeadline(t.Context(), past)
	defer cancel()
	withCause, cancelCause := context.WithDeadlineCause(t.Context(), past, errors.New("too slow"))
	defer cancelCause()
	wantRefused(t, store, domain.CodeDeadline, plain, withCause)
}

// wantRefused fails the test unless every method refuses the ctxs with the code.
func wantRefused(t *testing.T, store Store, want domain.Code, ended ...context.Context) {
	t.Helper()
	user := add(t, store, newUser("ann"))
	session := begin(t, store, newSession(user, 0))
	user.LastLogin = noon
	for _, ctx := range ended {
		for _, c := range calls() {
			answered, err := c.do(ctx, store, user, session)
			wantCode(t, c.name, err, want, "ctx had ended before the call")
			if answered {
				t.Errorf("%s beside an error: got an answer, want none", c.name)
			}
			wantUsers(t, store, []account.User{user}, c.name+" with a ctx that had ended changes nothing")
			wantSession(t, store, session, user, c.name+" with a ctx that had ended changes nothing")
			wantNoSessions(t, store, []account.Session{newSession(user, 1)}, c.name+" with a ctx that had ended changes nothing")
		}
	}
}

func closedIsUnavailable(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	session := begin(t, store, newSession(user, 0))
	wantClosed(t, store)
	for _, c := range calls() {
		answered, err := c.do(t.Context(), store, user, session)
		wantCode(t, c.name, err, domain.CodeUnavailable, "the store was closed before the call")
		if answered {
			t.Errorf("%s beside an error: got an answer, want none", c.name)
		}
	}
}

func wantClosed(t *testing.T, store Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Errorf("Close: got %v, want nil", err)
	}
}
