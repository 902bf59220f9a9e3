package metrics_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/metrics"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
	"github.com/seed-bbcc19ba/roster/ports/ratelimitertest"
)

func TestACountedLimiterKeepsTheContract(t *testing.T) {
	t.Parallel()
	ratelimitertest.Run(t, ratelimitertest.Harness{
		Open: func(_ string, rate domain.Rate) (ports.RateLimiter, error) {
			limiter, err := memlimiter.New(rate)
			return metrics.New().RateLimiter("requests", limiter), err
		},
	})
}

func TestACountedStoreKeepsTheContractOfJobs(t *testing.T) {
	t.Parallel()
	jobtest.RunStore(t, jobtest.StoreHarness{
		Open: func(string) (jobtest.Store, error) {
			store := memstore.New()
			return struct {
				ports.PersonStore
				ports.JobStore
			}{store, metrics.New().JobStore(store)}, nil
		},
	})
}
