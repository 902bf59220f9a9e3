package ratelimitertest

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func keyCases() []testCase {
	return []testCase{
		{"keys are told apart to the byte", keysAreToldApart},
		{"no key changes what another has left", keysAreAlone},
		{"however many keys there are, none is forgotten before its units have come back", manyKeysAreKept},
	}
}

func keysAreToldApart(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	keys := []string{
		"", " ", "\x00", "\x00\x00", "a", "A", "a ", " a", "a\x00", "a\x00b", "a\x00c", "ab", "é", "e\u0301",
		"\xff", "\xfe", "\ufffd", "%", "_", "'", `"`, "0", "00", "0.0", "1e0", "1", "NULL", "192.0.2.1", "192.0.2.10", "2001:db8::/64",
		strings.Repeat("x", 70_000), strings.Repeat("x", 70_000) + "y", strings.Repeat("x", 70_000) + "z",
	}
	for i, key := range keys {
		cost := 1 + i%9
		wantAllowed(t, limiter, key, cost, 10-cost, "this key has taken nothing")
	}
	for i, key := range keys {
		left := 9 - i%9
		wantAllowed(t, limiter, key, left, 0, "this is what the key has left")
	}
}

func keysAreAlone(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	wantAllowed(t, limiter, "a", 4, 6, "nothing was taken")
	wantAllowed(t, limiter, "b", 10, 0, "a has taken nothing of b")
	for range 20 {
		wantRefused(t, limiter, "b", 1, 0, "everything is taken")
	}
	time.Sleep(6 * time.Minute)
	wantAllowed(t, limiter, "b", 1, 0, "a unit has come back")
	wantAllowed(t, limiter, "a", 7, 0, "b has taken nothing of a, and a unit has come back")
}

// Some keys owe little and are soon forgotten, others owe everything.
func manyKeysAreKept(t *testing.T, open opener) {
	const (
		keys  = 3_000
		large = 10 // one of so many takes everything
	)
	rate := rateOf(t, 1000, time.Hour)
	limiter, model := open(t, rate), newModel(rate)
	for _, pause := range []time.Duration{time.Minute, 40 * time.Minute, 20 * time.Minute, time.Hour, 0} {
		for i := range keys {
			cost := 1
			if i%large == 0 {
				cost = 1000
			}
			key := "key " + strconv.Itoa(i)
			if got, want := take(t, limiter, key, cost), model.take(t, key, cost); got != want {
				t.Fatalf("%q, a cost of %d: got %+v, want %+v, as if there were no other key", key, cost, got, want)
			}
		}
		time.Sleep(pause)
	}
}
