package ratelimitertest

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func timeCases() []testCase {
	return []testCase{
		{"units come back evenly, to the nanosecond", unitsComeBackEvenly},
		{"a refused request is allowed when it was told to come back, and not a nanosecond sooner", retryIsExact},
		{"nothing beyond the count is saved up", nothingIsSavedUp},
		{"no rounding adds up", noRoundingAddsUp},
		{"every decision is that of the rate", decisionsAreTheRates},
	}
}

// rates are such whose units take whole nanoseconds and such whose units do not.
func rates(t *testing.T) []domain.Rate {
	t.Helper()
	return []domain.Rate{
		rateOf(t, 1, time.Second), rateOf(t, 60, time.Minute), rateOf(t, 600, time.Minute),
		rateOf(t, 7, time.Second), rateOf(t, 999_983, time.Hour), rateOf(t, 3, 24*time.Hour),
	}
}

// keyOf returns a key for a rate, so that rates on the same data do not meet.
func keyOf(rate domain.Rate) string { return "key of " + rate.String() }

func unitsComeBackEvenly(t *testing.T, open opener) {
	for _, rate := range rates(t) {
		limiter, key := open(t, rate), keyOf(rate)
		wantAllowed(t, limiter, key, rate.Count(), 0, "nothing was taken")
		begin := time.Now()
		for unit := 1; unit <= min(20, rate.Count()); unit++ {
			// The moment at which so many are back, rounded up.
			back := time.Duration((int64(unit)*int64(rate.Period()) + int64(rate.Count()) - 1) / int64(rate.Count()))
			time.Sleep(time.Until(begin.Add(back - 1)))
			wantRefused(t, limiter, key, 1, 0, "the next unit of "+rate.String()+" is back in a nanosecond")
			time.Sleep(time.Nanosecond)
			wantAllowed(t, limiter, key, 1, 0, "a unit of "+rate.String()+" has come back")
		}
	}
}

func retryIsExact(t *testing.T, open opener) {
	for _, rate := range rates(t) {
		limiter, key := open(t, rate), keyOf(rate)
		wantAllowed(t, limiter, key, rate.Count(), 0, "nothing was taken")
		for _, cost := range []int{1, 1 + rate.Count()/3, rate.Count()} {
			refused := take(t, limiter, key, cost)
			if refused.Allowed || refused.RetryAfter <= 0 {
				t.Fatalf("%s, a cost of %d: got %+v, want it refused with a time to retry: everything is taken", rate, cost, refused)
			}
			time.Sleep(refused.RetryAfter - 1)
			if got := take(t, limiter, key, cost); got.Allowed || got.RetryAfter != 1 {
				t.Fatalf("%s, a cost of %d: got %+v, want it refused for another nanosecond", rate, cost, got)
			}
			time.Sleep(time.Nanosecond)
			wantAllowed(t, limiter, key, cost, 0, "it was told to come back now")
		}
	}
}

func nothingIsSavedUp(t *testing.T, open opener) {
	rate := rateOf(t, 10, time.Minute)
	limiter := open(t, rate)
	for _, idle := range []time.Duration{time.Minute, time.Minute + 1, time.Hour, 1000 * time.Hour} {
		time.Sleep(idle)
		wantAllowed(t, limiter, "a", 10, 0, "everything has come back")
		wantRefused(t, limiter, "a", 1, 0, "no more than the count has come back")
	}
}

// A limiter that rounds what a unit takes, even to the nanosecond, is off by more with
// each unit of a client who comes back as soon as it may.
func noRoundingAddsUp(t *testing.T, open opener) {
	const units = 1_000
	for _, rate := range []domain.Rate{rateOf(t, 7, time.Second), rateOf(t, 999_983, time.Hour), rateOf(t, 3_000_017, time.Second)} {
		limiter, key := open(t, rate), keyOf(rate)
		wantAllowed(t, limiter, key, rate.Count(), 0, "nothing was taken")
		begin := time.Now()
		for range units {
			time.Sleep(take(t, limiter, key, 1).RetryAfter)
			wantAllowed(t, limiter, key, 1, 0, "it was told to come back now")
		}
		want := time.Duration((units*int64(rate.Period()) + int64(rate.Count()) - 1) / int64(rate.Count()))
		if got := time.Since(begin); got != want {
			t.Errorf("%s: %d units came back in %v, want %v", rate, units, got, want)
		}
	}
}

func decisionsAreTheRates(t *testing.T, open opener) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, rate := range rates(t) {
		limiter, model := open(t, rate), newModel(rate)
		for step := range 300 {
			key := keyOf(rate) + strconv.Itoa(random.IntN(3))
			cost := 1 + random.IntN(rate.Count())
			if random.IntN(10) == 0 {
				cost += rate.Count()
			}
			got, want := take(t, limiter, key, cost), model.take(t, key, cost)
			if got != want {
				t.Fatalf("%s, request %d, %q, a cost of %d: got %+v, want %+v", rate, step, key, cost, got, want)
			}
			switch random.IntN(4) {
			case 0:
				time.Sleep(got.RetryAfter)
			case 1:
				time.Sleep(time.Duration(random.Int64N(int64(rate.Period() / 3))))
			case 2:
				time.Sleep(got.ResetAfter / 2)
			}
		}
	}
}
