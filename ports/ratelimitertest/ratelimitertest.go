// Package ratelimitertest is the conformance suite of ports.RateLimiter.
//
// It runs in the virtual time of testing/synctest, so that it can look at what comes
// back to the nanosecond, and hours cost it nothing. A limiter under test therefore
// reads the time from package time, and makes its channels, goroutines and timers when it
// is opened or used. It may ask a server that is outside: while it waits for the network no time
// passes.
//
// The test of an adapter:
//
//	func TestLimiter(t *testing.T) {
//		t.Parallel()
//		ratelimitertest.Run(t, ratelimitertest.Harness{
//			Open: func(dir string, rate domain.Rate) (ports.RateLimiter, error) {
//				return mylimiter.Open(filepath.Join(dir, "limits"), rate)
//			},
//			Shares: true,
//		})
//	}
package ratelimitertest

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Harness tells the suite how to get at the limiter under test.
type Harness struct {
	// Open opens the limiter by a rate whose data lies in dir, a folder that exists
	// and is empty at first. A limiter that does not share may ignore it.
	Open func(dir string, rate domain.Rate) (ports.RateLimiter, error)
	// Shares says that limiters on one dir count together, at the same time and one
	// after the other; false leaves out the cases that open several.
	Shares bool
}

// testCase is one sentence of the contract and what holds it up.
type testCase struct {
	name string
	body func(t *testing.T, open opener)
}

// opener opens a limiter, always on the same data, that is closed when the case ends.
type opener func(t *testing.T, rate domain.Rate) ports.RateLimiter

// Run runs the suite as parallel subtests of t, each on data of its own and inside
// a bubble of virtual time of its own. What a bubble still holds after Close fails the
// case, so a leaked goroutine does too.
func Run(t *testing.T, harness Harness) {
	t.Helper()
	cases := ownCases()
	if harness.Shares {
		cases = allCases()
	}
	for _, each := range cases {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				each.body(t, func(t *testing.T, rate domain.Rate) ports.RateLimiter {
					t.Helper()
					return harness.open(t, dir, rate)
				})
			})
		})
	}
}

func (h Harness) open(t *testing.T, dir string, rate domain.Rate) ports.RateLimiter {
	t.Helper()
	limiter, err := h.Open(dir, rate)
	if err != nil {
		t.Fatalf("Harness.Open: got %v, want a limiter", err)
	}
	t.Cleanup(func() {
		if err := limiter.Close(); err != nil {
			t.Errorf("Close at the end of the case: got %v, want nil", err)
		}
	})
	return limiter
}

// ownCases are those of every limiter.
func ownCases() []testCase {
	return slices.Concat(amountCases(), timeCases(), keyCases(), concurrencyCases(), endCases())
}

func allCases() []testCase { return append(ownCases(), sharingCases()...) }
