package tokentest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func durableCases() []openingCase {
	return []openingCase{
		{"tokens are there as they were when the store is opened again", outlastClose},
		{"tokens are there as they were when the store was never closed", outlastAbandoning},
	}
}

func sharedCases() []openingCase {
	return []openingCase{
		{"what one store has changed another one sees at once", sharing},
		{"of many tokens with one key at once, in two stores, one is added", oneKeyInTwoStores},
		{"of many uses at once, in two stores, the latest one stays", usesInTwoStores},
		{"of many who revoke a token at once, in two stores, one does", oneRevokesInTwoStores},
	}
}

func outlastClose(t *testing.T, open func() Store) {
	store := open()
	tokens := addMany(t, store, 2)
	for range 3 {
		wantClosed(t, store)
		store = open()
		tokens = goOn(t, store, tokens)
	}
}

func outlastAbandoning(t *testing.T, open func() Store) {
	tokens := addMany(t, open(), 2)
	for range 3 {
		tokens = goOn(t, open(), tokens)
	}
}

// goOn looks whether all is there, and makes one change of each kind.
func goOn(t *testing.T, store Store, tokens []account.APIToken) []account.APIToken {
	t.Helper()
	const why = "a durable store keeps tokens through a new opening"
	wantTokens(t, store, tokens, why)
	count := len(tokens)
	token := add(t, store, newToken(count))
	if last := tokens[count-1].ID; token.ID <= last {
		t.Errorf("AddToken after a new opening: got id %d, want one above %d, which was given before", token.ID, last)
	}
	_, err := store.AddToken(t.Context(), newToken(0))
	wantCode(t, "AddToken after a new opening", err, domain.CodeConflict, "another token has the key")
	used, revoked := &tokens[count-1], &tokens[count-2]
	used.LastUsed = noon.Add(time.Duration(count) * time.Minute)
	wantCode(t, "UseToken", store.UseToken(t.Context(), used.ID, used.LastUsed), "", "there is the token")
	revoked.Revoked = noon.Add(time.Duration(count) * time.Hour)
	got, err := store.RevokeToken(t.Context(), revoked.ID, revoked.Revoked)
	wantToken(t, "RevokeToken", got, err, *revoked, "nobody has revoked it")
	return append(tokens, token)
}

func sharing(t *testing.T, open func() Store) {
	first, second := open(), open()
	tokens := addMany(t, first, 2)
	for range 3 {
		tokens = goOn(t, second, tokens)
		wantTokens(t, first, tokens, "the other store has returned")
		first, second = second, first
	}
}

func oneKeyInTwoStores(t *testing.T, open func() Store) {
	wantOneKey(t, []Store{open(), open()})
}

func usesInTwoStores(t *testing.T, open func() Store) {
	wantLatestUse(t, []Store{open(), open()})
}

func oneRevokesInTwoStores(t *testing.T, open func() Store) {
	wantOneRevocation(t, []Store{open(), open()})
}
