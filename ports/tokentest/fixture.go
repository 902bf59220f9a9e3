package tokentest

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// noon is when most things happen here.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_456_000, time.UTC)

// newToken returns the nth token, which has no id yet and was not used.
func newToken(n int) account.APIToken {
	token := account.APIToken{Name: fmt.Sprintf("token %d", n), Scope: account.ScopeRead, Created: noon, Expires: noon.Add(24 * time.Hour)}
	binary.BigEndian.PutUint64(token.Key[16:], uint64(n)) //nolint:gosec // any number does
	return token
}

// add adds a token, or ends the test.
func add(t *testing.T, store Store, token account.APIToken) account.APIToken {
	t.Helper()
	added, err := store.AddToken(t.Context(), token)
	if err != nil {
		t.Fatalf("AddToken(%q): got %v, want a token", token.Name, err)
	}
	return added
}

// addMany adds tokens, or ends the test.
func addMany(t *testing.T, store Store, count int) []account.APIToken {
	t.Helper()
	tokens := make([]account.APIToken, count)
	for i := range tokens {
		tokens[i] = add(t, store, newToken(i))
	}
	return tokens
}

// wantCode fails the test unless err has the code.
func wantCode(t *testing.T, call string, err error, want domain.Code, why string) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("%s: got code %q (%v), want %q: %s", call, got, err, want, why)
	}
}

// wantNone fails the test unless a call answered the zero token and an error of the code.
func wantNone(t *testing.T, call string, got account.APIToken, err error, want domain.Code, why string) {
	t.Helper()
	wantCode(t, call, err, want, why)
	if got != (account.APIToken{}) {
		t.Errorf("%s beside an error: got %+v, want the zero APIToken", call, got)
	}
}

// wantToken fails the test unless a call answered exactly the token.
func wantToken(t *testing.T, call string, got account.APIToken, err error, want account.APIToken, why string) {
	t.Helper()
	if err != nil || got != want {
		t.Errorf("%s: got\n%+v and error %v, want\n%+v: %s", call, got, err, want, why)
	}
}

// wantTokens fails the test unless these are all tokens, however they are found.
func wantTokens(t *testing.T, store Store, want []account.APIToken, why string) {
	t.Helper()
	got, err := store.ListTokens(t.Context(), 0, len(want)+1)
	if err != nil || len(got) != len(want) {
		t.Errorf("ListTokens: got %d tokens and error %v, want %d: %s", len(got), err, len(want), why)
		return
	}
	for i, token := range want {
		wantToken(t, "ListTokens", got[i], nil, token, why)
		found, err := store.FindToken(t.Context(), token.Key)
		wantToken(t, "FindToken", found, err, token, why)
	}
}

// together makes calls at the same time.
func together(count int, do func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range count {
		group.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	group.Wait()
}
