package memlimiter_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/ratelimitertest"
)

func TestLimiterKeepsTheContract(t *testing.T) {
	t.Parallel()
	ratelimitertest.Run(t, ratelimitertest.Harness{
		Open: func(_ string, rate domain.Rate) (ports.RateLimiter, error) { return memlimiter.New(rate) },
	})
}
