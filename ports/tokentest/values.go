package tokentest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

func valueCases() []storeCase {
	return []storeCase{
		{"a token comes back equal", tokensComeBack},
		{"times of a token come back to the microsecond and in UTC", timesComeBack},
		{"a zero time comes back as it is", zeroTimesComeBack},
		{"what a store returns is the caller's", answersAreTheCallers},
	}
}

func tokensComeBack(t *testing.T, store Store) {
	var want []account.APIToken
	for _, token := range []account.APIToken{
		{Name: "the nightly import", Scope: account.ScopeWrite, Created: noon},
		{Name: strings.Repeat("😀", account.MaxTokenName), Scope: account.ScopeRead, Created: noon, Expires: noon.Add(time.Hour)},
		{Name: "O'Neil\\ \"%_ é e\u0301", Scope: account.ScopeRead, Created: noon, Expires: noon.Add(time.Hour), LastUsed: noon.Add(time.Minute), Revoked: noon.Add(2 * time.Minute)},
		{Name: "the nightly import", Scope: account.ScopeWrite, Created: noon, LastUsed: noon.Add(time.Second)},
		{Name: "the nightly import", Scope: account.ScopeRead, Created: noon, Revoked: noon.Add(time.Second)},
	} {
		for i := range token.Key {
			token.Key[i] = byte(i*8 + len(want)) // of any value
		}
		added := add(t, store, token)
		token.ID = added.ID
		wantToken(t, "AddToken", added, nil, token, "what was saved comes back equal")
		want = append(want, token)
	}
	wantTokens(t, store, want, "what was saved comes back equal")
}

// oddTime is a time of another zone or finer than a microsecond, and what comes back.
type oddTime struct{ given, kept time.Time }

func oddTimes() []oddTime {
	east := time.FixedZone("east", 5*3600+1800)
	return []oddTime{
		{time.Date(1969, 12, 31, 23, 59, 59, 100_000_999, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 100_000_000, time.UTC)},
		{time.Unix(1_700_000_000, 120_000_000), time.Date(2023, 11, 14, 22, 13, 20, 120_000_000, time.UTC)},
		{time.Date(2026, 11, 23, 3, 0, 0, 1_500, east), time.Date(2026, 11, 22, 21, 30, 0, 1_000, time.UTC)},
		{time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)},
		{time.Date(2026, 11, 23, 12, 0, 0, 999_999_999, time.UTC), time.Date(2026, 11, 23, 12, 0, 0, 999_999_000, time.UTC)},
		{time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
	}
}

func timesComeBack(t *testing.T, store Store) {
	const why = "a time comes back to the microsecond and in UTC"
	var want []account.APIToken
	for i, odd := range oddTimes() {
		saved, changed := newToken(2*i), newToken(2*i+1)
		saved.Created, saved.Expires, saved.LastUsed, saved.Revoked = odd.given, odd.given, odd.given, odd.given
		added := add(t, store, saved)
		saved.ID, saved.Created, saved.Expires, saved.LastUsed, saved.Revoked = added.ID, odd.kept, odd.kept, odd.kept, odd.kept
		wantToken(t, "AddToken", added, nil, saved, why)

		changed = add(t, store, changed)
		wantCode(t, "UseToken", store.UseToken(t.Context(), changed.ID, odd.given), "", "there is the token")
		revoked, err := store.RevokeToken(t.Context(), changed.ID, odd.given)
		changed.LastUsed, changed.Revoked = odd.kept, odd.kept
		wantToken(t, "RevokeToken", revoked, err, changed, why)
		want = append(want, saved, changed)
	}
	wantTokens(t, store, want, why)
}

func zeroTimesComeBack(t *testing.T, store Store) {
	zero, early, untouched := newToken(0), newToken(1), newToken(2)
	zero.Created, zero.Expires = time.Time{}, time.Time{}
	epoch := time.Unix(0, 0).UTC()
	early.Created, early.Expires, early.LastUsed, early.Revoked = epoch, epoch, epoch, epoch
	untouched.Expires = time.Time{}
	want := []account.APIToken{zero, early, untouched}
	for i, token := range want {
		want[i].ID = add(t, store, token).ID
	}
	wantTokens(t, store, want, "a zero time comes back as it is, and the beginning of 1970 is none")

	for _, token := range want {
		wantCode(t, "UseToken", store.UseToken(t.Context(), token.ID, time.Time{}), "", "there is the token")
		revoked, err := store.RevokeToken(t.Context(), token.ID, time.Time{})
		wantToken(t, "RevokeToken", revoked, err, token, "the zero time is no moment, and none is later")
	}
	wantTokens(t, store, want, "the zero time is no moment, and none is later")
}

func answersAreTheCallers(t *testing.T, store Store) {
	want := addMany(t, store, 3)
	got, err := store.ListTokens(t.Context(), 0, 3)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("ListTokens: got %+v and error %v, want the 3 that were added", got, err)
	}
	got[0], got[1].Scope, got[2].Revoked = account.APIToken{}, account.ScopeWrite, noon
	wantTokens(t, store, want, "what the caller does with a list is no matter of the store")
}
