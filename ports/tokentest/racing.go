package tokentest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func racingCases() []storeCase {
	return []storeCase{
		{"of many tokens with one key at once one is added", oneKeyInACrowd},
		{"of many uses at once the latest one stays", usesOfACrowd},
		{"of many who revoke a token at once one does, and all are told when", oneRevokesInACrowd},
		{"a use at the same time leaves a token revoked", usesWhileRevoking},
		{"tokens of many callers at once are each as their caller left them", tokensOfACrowd},
		{"a change whose ctx ends meanwhile is made as a whole or not at all", changesWhoseCtxEnds},
	}
}

func oneKeyInACrowd(t *testing.T, store Store) {
	wantOneKey(t, []Store{store})
}

// wantOneKey fails the test unless one of many gets each key, whichever of the stores is asked.
func wantOneKey(t *testing.T, stores []Store) {
	t.Helper()
	const rounds, crowd = 8, 8
	var want []account.APIToken
	for round := range rounds {
		var added atomic.Pointer[account.APIToken]
		together(crowd, func(i int) {
			token := newToken(round)
			token.Name = string(rune('a' + i))
			saved, err := stores[i%len(stores)].AddToken(t.Context(), token)
			switch {
			case err != nil:
				wantCode(t, "AddToken", err, domain.CodeConflict, "another one has the key")
			case !added.CompareAndSwap(nil, &saved):
				t.Errorf("AddToken: got %+v and %+v, want one: no two tokens have the same key", *added.Load(), saved)
			}
		})
		if added.Load() == nil {
			t.Fatalf("AddToken: got errors only, want one of %d to be saved", crowd)
		}
		want = append(want, *added.Load())
	}
	for _, store := range stores {
		wantTokens(t, store, want, "one was answered as saved, of each key")
	}
}

func usesOfACrowd(t *testing.T, store Store) {
	wantLatestUse(t, []Store{store})
}

// wantLatestUse fails the test unless the latest of many uses stays, whichever of the stores was told.
func wantLatestUse(t *testing.T, stores []Store) {
	t.Helper()
	const rounds, crowd = 8, 8
	token := add(t, stores[0], newToken(0))
	for round := range rounds {
		together(crowd, func(i int) {
			used := noon.Add(time.Duration(round*crowd+(i*5)%crowd) * time.Second)
			wantCode(t, "UseToken", stores[i%len(stores)].UseToken(t.Context(), token.ID, used), "", "there is the token")
		})
		token.LastUsed = noon.Add(time.Duration(round*crowd+crowd-1) * time.Second)
		for _, store := range stores {
			wantTokens(t, store, []account.APIToken{token}, "all uses have returned, and this is the latest")
		}
	}
}

func oneRevokesInACrowd(t *testing.T, store Store) {
	wantOneRevocation(t, []Store{store})
}

// wantOneRevocation fails the test unless all who revoke a token are told the same moment, which one of them has given.
func wantOneRevocation(t *testing.T, stores []Store) {
	t.Helper()
	const rounds, crowd = 8, 8
	var want []account.APIToken
	for round := range rounds {
		token := add(t, stores[0], newToken(round))
		answers := make([]account.APIToken, crowd)
		together(crowd, func(i int) {
			var err error
			answers[i], err = stores[i%len(stores)].RevokeToken(t.Context(), token.ID, noon.Add(time.Duration(i)*time.Second))
			wantCode(t, "RevokeToken", err, "", "there is the token")
		})
		for _, answer := range answers {
			if answer != answers[0] {
				t.Errorf("RevokeToken: got\n%+v and\n%+v, want one: Revoked is set once", answers[0], answer)
			}
		}
		token.Revoked = noon.Add(answers[0].Revoked.Sub(noon).Truncate(time.Second))
		wantToken(t, "RevokeToken", answers[0], nil, token, "one of them has revoked it")
		want = append(want, token)
	}
	for _, store := range stores {
		wantTokens(t, store, want, "all were told this")
	}
}

func usesWhileRevoking(t *testing.T, store Store) {
	var want []account.APIToken
	for n := range 30 {
		token := add(t, store, newToken(n))
		together(3, func(i int) {
			if i > 0 {
				wantCode(t, "UseToken", store.UseToken(t.Context(), token.ID, noon.Add(time.Duration(i)*time.Second)), "", "there is the token")
				return
			}
			revoked, err := store.RevokeToken(t.Context(), token.ID, noon)
			wantCode(t, "RevokeToken", err, "", "there is the token")
			if !revoked.Revoked.Equal(noon) {
				t.Errorf("RevokeToken: got it revoked at %v, want %v", revoked.Revoked, noon)
			}
		})
		token.LastUsed, token.Revoked = noon.Add(2*time.Second), noon
		want = append(want, token)
	}
	wantTokens(t, store, want, "both were answered as done")
}

// tokensOfACrowd has callers who add, use, find and revoke tokens of their own. What a call that has
// returned changed, the next one sees.
func tokensOfACrowd(t *testing.T, store Store) {
	const crowd, rounds = 8, 10
	together(crowd, func(i int) {
		for round := range rounds {
			token, err := store.AddToken(t.Context(), newToken(i*rounds+round))
			wantCode(t, "AddToken", err, "", "the key is new")
			wantFound(t, store, token, "it was answered as added")
			token.LastUsed = noon.Add(time.Duration(round) * time.Minute)
			wantCode(t, "UseToken", store.UseToken(t.Context(), token.ID, token.LastUsed), "", "there is the token")
			wantFound(t, store, token, "it was answered as used")
			if round%2 == 0 {
				token.Revoked = noon.Add(time.Hour)
				revoked, err := store.RevokeToken(t.Context(), token.ID, token.Revoked)
				wantToken(t, "RevokeToken", revoked, err, token, "nobody else has revoked it")
				wantFound(t, store, token, "it was answered as revoked")
			}
		}
	})
	tokens, err := store.ListTokens(t.Context(), 0, crowd*rounds+1)
	if err != nil || len(tokens) != crowd*rounds {
		t.Errorf("ListTokens: got %d tokens and error %v, want %d, as many as were added", len(tokens), err, crowd*rounds)
	}
}

// wantFound fails the test unless the token is found as it is.
func wantFound(t *testing.T, store Store, want account.APIToken, why string) {
	t.Helper()
	found, err := store.FindToken(t.Context(), want.Key)
	wantToken(t, "FindToken", found, err, want, why)
}

// changesWhoseCtxEnds makes changes whose ctxs end sooner and later.
func changesWhoseCtxEnds(t *testing.T, store Store) {
	for i := range 40 {
		token := add(t, store, newToken(2*i))
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Microsecond)
		changed, err := token, error(nil)
		switch i % 3 {
		case 0:
			changed.LastUsed = noon.Add(time.Minute)
			err = store.UseToken(ctx, token.ID, changed.LastUsed)
		case 1:
			changed.Revoked = noon.Add(time.Minute)
			_, err = store.RevokeToken(ctx, token.ID, changed.Revoked)
		case 2:
			token = account.APIToken{}
			changed = newToken(2*i + 1)
			_, err = store.AddToken(ctx, changed)
		}
		cancel()
		if err != nil {
			wantCode(t, "the change", err, domain.CodeDeadline, "its ctx ended")
		}
		wantWholeChange(t, store, token, changed, err)
	}
}

// wantWholeChange fails the test unless a token is as it was, where the change answered an error, or as it was to become. It
// may become so later, when the change has answered already: but then as a whole, too.
func wantWholeChange(t *testing.T, store Store, before, after account.APIToken, changeErr error) {
	t.Helper()
	got, err := store.FindToken(t.Context(), after.Key)
	if domain.CodeOf(err) == domain.CodeNotFound && before == (account.APIToken{}) {
		err = nil
	}
	if after.ID == 0 {
		after.ID = got.ID // of a token that was added
	}
	if err != nil || got != after && (got != before || changeErr == nil) {
		t.Errorf("FindToken after a change that answered %v: got\n%+v and error %v, want\n%+v, or before an error\n%+v", changeErr, got, err, after, before)
	}
}
