package ratelimitertest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// rateOf returns the rate of count units in each period.
func rateOf(t *testing.T, count int, period time.Duration) domain.Rate {
	t.Helper()
	rate, err := domain.NewRate(count, period)
	if err != nil {
		t.Fatal(err)
	}
	return rate
}

// hourly is a rate of which nothing comes back while a case does its work.
func hourly(t *testing.T, count int) domain.Rate {
	t.Helper()
	return rateOf(t, count, time.Hour)
}

// take takes, and fails the test on an error.
func take(t *testing.T, limiter ports.RateLimiter, key string, cost int) domain.Decision {
	t.Helper()
	decision, err := limiter.Take(t.Context(), key, cost)
	if err != nil {
		t.Fatalf("Take of %q, a cost of %d: got %v, want a decision", key, cost, err)
	}
	return decision
}

// wantAllowed takes, and fails the test unless it is allowed and leaves so many units.
func wantAllowed(t *testing.T, limiter ports.RateLimiter, key string, cost, remaining int, why string) {
	t.Helper()
	if got := take(t, limiter, key, cost); !got.Allowed || got.Remaining != remaining {
		t.Fatalf("Take of %q, a cost of %d: got %+v, want it allowed and %d left: %s", key, cost, got, remaining, why)
	}
}

// wantRefused takes, and fails the test unless it is refused and leaves so many units.
func wantRefused(t *testing.T, limiter ports.RateLimiter, key string, cost, remaining int, why string) {
	t.Helper()
	if got := take(t, limiter, key, cost); got.Allowed || got.Remaining != remaining {
		t.Fatalf("Take of %q, a cost of %d: got %+v, want it refused and %d left: %s", key, cost, got, remaining, why)
	}
}

// checkError fails the test unless the error has the code and nothing stands beside it.
func checkError(t *testing.T, got domain.Decision, err error, code domain.Code, why string) {
	t.Helper()
	if domain.CodeOf(err) != code || got != (domain.Decision{}) {
		t.Fatalf("got %+v and the error %v, want code %q and the zero Decision: %s", got, err, code, why)
	}
}

// model decides as the contract says, for any number of keys.
type model struct {
	rate   domain.Rate
	begin  time.Time
	states map[string]domain.RateState
}

func newModel(rate domain.Rate) *model {
	return &model{rate: rate, begin: time.Now(), states: map[string]domain.RateState{}}
}

func (m *model) take(t *testing.T, key string, cost int) domain.Decision {
	t.Helper()
	state, decision, err := m.rate.Take(m.states[key], time.Since(m.begin), cost)
	if err != nil {
		t.Fatal(err)
	}
	m.states[key] = state
	return decision
}
