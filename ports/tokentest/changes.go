package tokentest

import (
	"testing"
	"time"
)

func changeCases() []storeCase {
	return []storeCase{
		{"a token is used later, never earlier", using},
		{"a token is revoked once, and answered as it is then", revoking},
	}
}

func using(t *testing.T, store Store) {
	tokens := addMany(t, store, 3)
	for _, c := range []struct{ used, want time.Duration }{
		{time.Minute, time.Minute},
		{time.Minute, time.Minute},
		{time.Minute - time.Microsecond, time.Minute},
		{-time.Hour, time.Minute},
		{-100 * 365 * 24 * time.Hour, time.Minute},
		{time.Minute + time.Microsecond, time.Minute + time.Microsecond},
		{14 * time.Hour, 14 * time.Hour},
	} {
		wantCode(t, "UseToken", store.UseToken(t.Context(), tokens[1].ID, noon.Add(c.used)), "", "there is the token")
		tokens[1].LastUsed = noon.Add(c.want)
		wantTokens(t, store, tokens, "UseToken sets LastUsed, unless it is later already, and changes nothing else")
	}
	before1970 := time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)
	wantCode(t, "UseToken", store.UseToken(t.Context(), tokens[2].ID, before1970), "", "there is the token")
	tokens[2].LastUsed = before1970
	wantTokens(t, store, tokens, "UseToken sets LastUsed where it is zero, to whatever moment")
}

func revoking(t *testing.T, store Store) {
	tokens := addMany(t, store, 3)
	wantCode(t, "UseToken", store.UseToken(t.Context(), tokens[1].ID, noon), "", "there is the token")
	tokens[1].LastUsed, tokens[1].Revoked = noon, noon.Add(time.Hour)
	for _, after := range []time.Duration{time.Hour, 2 * time.Hour, time.Minute, -time.Hour, time.Hour} {
		got, err := store.RevokeToken(t.Context(), tokens[1].ID, noon.Add(after))
		wantToken(t, "RevokeToken", got, err, tokens[1], "RevokeToken sets Revoked, unless it is set already")
		wantTokens(t, store, tokens, "RevokeToken changes nothing else")
	}
	wantCode(t, "UseToken", store.UseToken(t.Context(), tokens[1].ID, noon.Add(3*time.Hour)), "", "there is the token")
	tokens[1].LastUsed = noon.Add(3 * time.Hour)
	wantTokens(t, store, tokens, "a token that was revoked stays so, whatever else becomes of it")
}
