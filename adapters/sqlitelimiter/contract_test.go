package sqlitelimiter_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitelimiter"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/ratelimitertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLimiterKeepsTheContract(t *testing.T) {
	t.Parallel()
	ratelimitertest.Run(t, ratelimitertest.Harness{
		Open: func(dir string, rate domain.Rate) (ports.RateLimiter, error) {
			return sqlitelimiter.New(sqlitelimiter.Config{Path: filepath.Join(dir, "limits"), Rate: rate})
		},
		Shares: true,
	})
}
