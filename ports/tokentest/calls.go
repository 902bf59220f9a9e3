package tokentest

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

// call is a call of one method about a token. It tells whether it answered more than an error.
type call struct {
	name string
	do   func(ctx context.Context, store Store, token account.APIToken) (answered bool, err error)
}

func calls() []call {
	return []call{
		{"AddToken", func(ctx context.Context, store Store, _ account.APIToken) (bool, error) {
			got, err := store.AddToken(ctx, newToken(1))
			return got != account.APIToken{}, err
		}},
		{"FindToken", func(ctx context.Context, store Store, token account.APIToken) (bool, error) {
			got, err := store.FindToken(ctx, token.Key)
			return got != account.APIToken{}, err
		}},
		{"ListTokens", func(ctx context.Context, store Store, _ account.APIToken) (bool, error) {
			got, err := store.ListTokens(ctx, 0, 10)
			return len(got) > 0, err
		}},
		{"UseToken", func(ctx context.Context, store Store, token account.APIToken) (bool, error) {
			return false, store.UseToken(ctx, token.ID, noon)
		}},
		{"RevokeToken", func(ctx context.Context, store Store, token account.APIToken) (bool, error) {
			got, err := store.RevokeToken(ctx, token.ID, noon)
			return got != account.APIToken{}, err
		}},
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
	token := add(t, store, newToken(0))
	for _, ctx := range ended {
		for _, c := range calls() {
			answered, err := c.do(ctx, store, token)
			wantCode(t, c.name, err, want, "ctx had ended before the call")
			if answered {
				t.Errorf("%s beside an error: got an answer, want none", c.name)
			}
			wantTokens(t, store, []account.APIToken{token}, c.name+" with a ctx that had ended changes nothing")
		}
	}
}

func closedIsUnavailable(t *testing.T, store Store) {
	token := add(t, store, newToken(0))
	wantClosed(t, store)
	for _, c := range calls() {
		answered, err := c.do(t.Context(), store, token)
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
