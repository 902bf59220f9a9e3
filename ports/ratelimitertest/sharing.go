package ratelimitertest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

func sharingCases() []testCase {
	return []testCase{
		{"limiters that share count together", limitersCountTogether},
		{"callers of several limiters at the same time take exactly the count", callersOfSeveral},
		{"a limiter that is opened later knows what was taken before", laterLimitersKnow},
	}
}

func limitersCountTogether(t *testing.T, open opener) {
	rate := rateOf(t, 10, time.Minute)
	first, second, model := open(t, rate), open(t, rate), newModel(rate)
	for i, cost := range []int{3, 4, 2, 2, 1, 1, 8, 5, 5, 1} {
		limiter := []ports.RateLimiter{first, second}[i%2]
		if got, want := take(t, limiter, "a", cost), model.take(t, "a", cost); got != want {
			t.Fatalf("request %d, a cost of %d, in turns: got %+v, want %+v, as of one limiter", i, cost, got, want)
		}
		time.Sleep(time.Duration(i) * time.Second)
	}
}

func callersOfSeveral(t *testing.T, open opener) {
	rate := hourly(t, 5_000)
	checkCount(t, []ports.RateLimiter{open(t, rate), open(t, rate), open(t, rate)}, 5_000)
}

func laterLimitersKnow(t *testing.T, open opener) {
	rate := hourly(t, 60)
	first := open(t, rate)
	wantAllowed(t, first, "a", 60, 0, "nothing was taken")
	wantRefused(t, open(t, rate), "a", 1, 0, "another limiter has taken everything, and is still open")
	if err := first.Close(); err != nil {
		t.Fatalf("Close: got %v, want nil", err)
	}
	time.Sleep(time.Minute)
	wantAllowed(t, open(t, rate), "a", 1, 0, "a limiter has taken everything, and one unit has come back since")
	wantRefused(t, open(t, rate), "a", 1, 0, "that unit was taken too")
}
