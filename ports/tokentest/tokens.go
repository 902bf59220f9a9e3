package tokentest

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func tokenCases() []storeCase {
	return []storeCase{
		{"the first token has id 1, and ids grow, whatever id was handed over", idsGrow},
		{"tokens added at the same time have ids of their own", idsOfACrowd},
		{"a key that another token has is refused, and nothing is changed", takenKeys},
		{"two tokens may have the same name", sameNames},
		{"a key that differs in a bit is another one, and is not found", otherKeys},
		{"a token that is over is found", overIsFound},
		{"tokens are listed in the order of their ids, after an id", listing},
		{"a token there is not is not found, and nothing is changed", noSuchToken},
	}
}

func idsGrow(t *testing.T, store Store) {
	var last int64
	for i, id := range []int64{77, 0, -5, 1, math.MaxInt64} {
		token := newToken(i)
		token.ID = id
		token = add(t, store, token)
		if last == 0 && token.ID != 1 || token.ID <= last {
			t.Errorf("AddToken of token %d, with id %d: got id %d, want a greater one than %d, and 1 first", i, id, token.ID, last)
		}
		last = token.ID
	}
}

func idsOfACrowd(t *testing.T, store Store) {
	const count = 24
	tokens := make([]account.APIToken, count)
	together(count, func(i int) {
		var err error
		tokens[i], err = store.AddToken(t.Context(), newToken(i))
		wantCode(t, "AddToken", err, "", "each has a key of its own")
	})
	slices.SortFunc(tokens, func(a, b account.APIToken) int { return int(a.ID - b.ID) })
	for i := 1; i < count; i++ {
		if tokens[i].ID == tokens[i-1].ID {
			t.Errorf("AddToken: got id %d twice, of %q and %q: none is given twice", tokens[i].ID, tokens[i-1].Name, tokens[i].Name)
		}
	}
	wantTokens(t, store, tokens, "each was answered as saved")
}

func takenKeys(t *testing.T, store Store) {
	tokens := addMany(t, store, 2)
	for i := range 3 {
		other := newToken(i % 2)
		other.Name, other.Scope, other.Created, other.Expires = "mallory", account.ScopeWrite, noon.Add(time.Hour), time.Time{}
		got, err := store.AddToken(t.Context(), other)
		wantNone(t, "AddToken", got, err, domain.CodeConflict, "another token has the key")
		wantTokens(t, store, tokens, "a call that returns an error has changed nothing")
		tokens[i%2], err = store.RevokeToken(t.Context(), tokens[i%2].ID, noon)
		wantCode(t, "RevokeToken", err, "", "there is the token") // and it keeps its key
	}
	wantTokens(t, store, append(tokens, add(t, store, newToken(2))), "the next one is saved")
}

func sameNames(t *testing.T, store Store) {
	var want []account.APIToken
	for i := range 3 {
		token := newToken(i)
		token.Name = "the nightly import"
		want = append(want, add(t, store, token))
	}
	wantTokens(t, store, want, "a name says what a token is for, and nothing is found by it")
}

func otherKeys(t *testing.T, store Store) {
	token := newToken(0)
	for i := range token.Key {
		token.Key[i] = byte(i) // the first is a NUL
	}
	token = add(t, store, token)
	keys := []account.APIKey{{}, {1}}
	for _, i := range []int{0, 1, 7, 8, 15, 16, 30, 31} {
		key := token.Key
		key[i] ^= 0x20
		keys = append(keys, key)
	}
	for _, key := range keys {
		got, err := store.FindToken(t.Context(), key)
		wantNone(t, fmt.Sprintf("FindToken(%x)", key), got, err, domain.CodeNotFound, fmt.Sprintf("the only token has the key %x", token.Key))
	}
	want := []account.APIToken{token}
	for i, key := range keys {
		token := newToken(i)
		token.Key = key
		want = append(want, add(t, store, token))
	}
	wantTokens(t, store, want, "each has a key of its own")
}

func overIsFound(t *testing.T, store Store) {
	expired, revoked, both := newToken(0), newToken(1), newToken(2)
	expired.Created, expired.Expires = noon.AddDate(-30, 0, 0), noon.AddDate(-29, 0, 0)
	both.Created, both.Expires = expired.Created, expired.Expires
	revoked.Revoked, both.Revoked = noon.AddDate(-29, 0, 0), noon.AddDate(-29, 0, 0)
	var want []account.APIToken
	for _, token := range []account.APIToken{expired, revoked, both} {
		token = add(t, store, token)
		wantCode(t, "UseToken", store.UseToken(t.Context(), token.ID, noon), "", "it does not look whether the token is over")
		token.LastUsed = noon
		want = append(want, token)
	}
	wantTokens(t, store, want, "it is no matter here whether a token is over")
}

func listing(t *testing.T, store Store) {
	tokens := addMany(t, store, 7)
	last := tokens[6].ID
	for _, c := range []struct {
		after int64
		size  int
		want  []account.APIToken
	}{
		{0, 7, tokens},
		{0, 100, tokens},
		{0, math.MaxInt, tokens},
		{math.MinInt64, 100, tokens},
		{-1, 3, tokens[:3]},
		{tokens[2].ID, 3, tokens[3:6]},
		{tokens[5].ID, 3, tokens[6:]},
		{last, 3, nil},
		{math.MaxInt64, 3, nil},
		{1 << 40, 3, nil},
		{0, 0, nil},
		{0, -1, nil},
	} {
		got, err := store.ListTokens(t.Context(), c.after, c.size)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("ListTokens(%d, %d): got %d tokens and error %v, want %d, in the order of their ids", c.after, c.size, len(got), err, len(c.want))
		}
	}
}

func noSuchToken(t *testing.T, store Store) {
	tokens := addMany(t, store, 2)
	for _, id := range []int64{0, -1, tokens[1].ID + 1, 1<<32 + tokens[0].ID, math.MaxInt64, math.MinInt64} {
		wantCode(t, fmt.Sprintf("UseToken(%d)", id), store.UseToken(t.Context(), id, noon), domain.CodeNotFound, "there is no such token")
		got, err := store.RevokeToken(t.Context(), id, noon)
		wantNone(t, fmt.Sprintf("RevokeToken(%d)", id), got, err, domain.CodeNotFound, "there is no such token")
	}
	got, err := store.FindToken(t.Context(), newToken(2).Key)
	wantNone(t, "FindToken", got, err, domain.CodeNotFound, "there is no such token")
	wantTokens(t, store, tokens, "a call that returns an error has changed nothing")
}
