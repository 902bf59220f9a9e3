package ratelimitertest

import (
	"testing"
)

func amountCases() []testCase {
	return []testCase{
		{"a key that was never seen has everything", newKeysHaveEverything},
		{"the count can be taken at once by one request, and not a unit more", countByOne},
		{"the count can be taken at once by many requests, and not a unit more", countByMany},
		{"a refused request takes nothing", refusedTakesNothing},
		{"a cost above the count is never allowed and takes nothing", aboveCountIsNever},
		{"a cost below 1 is invalid and takes nothing", belowOneIsInvalid},
	}
}

func newKeysHaveEverything(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	for _, key := range []string{"a", "b", "c"} {
		wantAllowed(t, limiter, key, 1, 9, "nobody has taken anything of this key")
	}
}

func countByOne(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 1000))
	wantAllowed(t, limiter, "a", 1000, 0, "the count is 1000")
	wantRefused(t, limiter, "a", 1, 0, "everything is taken")
}

func countByMany(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 300))
	for i := range 300 {
		wantAllowed(t, limiter, "a", 1, 299-i, "the count is 300")
	}
	wantRefused(t, limiter, "a", 1, 0, "everything is taken")
}

func refusedTakesNothing(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	wantAllowed(t, limiter, "a", 7, 3, "the count is 10")
	for range 5 {
		wantRefused(t, limiter, "a", 4, 3, "3 are left")
	}
	wantAllowed(t, limiter, "a", 3, 0, "what was refused has taken nothing of the 3 that are left")
}

func aboveCountIsNever(t *testing.T, open opener) {
	rate := hourly(t, 10)
	limiter, model := open(t, rate), newModel(rate)
	for _, cost := range []int{11, 1_000_000, 4, 11, 6} {
		if got, want := take(t, limiter, "a", cost), model.take(t, "a", cost); got != want {
			t.Fatalf("a cost of %d of a count of 10: got %+v, want %+v", cost, got, want)
		}
	}
}

func belowOneIsInvalid(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	wantAllowed(t, limiter, "a", 6, 4, "the count is 10")
	for _, cost := range []int{0, -1, -1_000_000} {
		got, err := limiter.Take(t.Context(), "a", cost)
		checkError(t, got, err, "invalid", "a request costs at least a unit")
	}
	wantAllowed(t, limiter, "a", 4, 0, "what is invalid neither takes nor gives")
	wantRefused(t, limiter, "a", 1, 0, "what is invalid neither takes nor gives")
}
