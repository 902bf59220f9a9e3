package memlimiter_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/domain"
)

func open(tb testing.TB, count int, period time.Duration) *memlimiter.Limiter {
	tb.Helper()
	rate, err := domain.NewRate(count, period)
	if err != nil {
		tb.Fatal(err)
	}
	limiter, err := memlimiter.New(rate)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = limiter.Close() })
	return limiter
}

func take(tb testing.TB, limiter *memlimiter.Limiter, key string, cost int) domain.Decision {
	tb.Helper()
	decision, err := limiter.Take(tb.Context(), key, cost)
	if err != nil {
		tb.Fatal(err)
	}
	return decision
}

func TestClientsWhoseUnitsAreBackAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := open(t, 600, time.Minute)
		take(t, limiter, "greedy", 600)
		most := 0
		for i := range 100_000 {
			// Each has its unit back in a tenth of a second, and there are a hundred by then.
			take(t, limiter, strconv.Itoa(i), 1)
			time.Sleep(time.Millisecond)
			most = max(most, limiter.Clients())
			if i == 50_000 && take(t, limiter, "greedy", 600).Allowed {
				t.Error("greedy was allowed everything after 50 s, want it refused until a minute has passed")
			}
		}
		if most > 1024 {
			t.Errorf("got %d clients kept at once, want at most 1,024: about 100 of them had not everything", most)
		}
		time.Sleep(time.Minute)
		take(t, limiter, "last", 1)
		if got := limiter.Clients(); got != 1 {
			t.Errorf("got %d clients a period later, want 1, who asks now", got)
		}
	})
}

func TestMemoryOfACrowdIsGivenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := open(t, 1, time.Hour)
		for i := range 20_000 {
			take(t, limiter, strconv.Itoa(i), 1)
		}
		if got := limiter.Clients(); got != 20_000 {
			t.Errorf("got %d clients kept, want 20,000: none of them has its unit back", got)
		}
		time.Sleep(time.Hour)
		take(t, limiter, "last", 1)
		if got := limiter.Clients(); got != 1 {
			t.Errorf("got %d clients kept a period later, want 1", got)
		}
	})
}

func TestALimiterNeedsARate(t *testing.T) {
	t.Parallel()
	if limiter, err := memlimiter.New(domain.Rate{}); domain.CodeOf(err) != domain.CodeInvalid || limiter != nil {
		t.Errorf("New of no rate: got %v and %v, want code invalid", limiter, err)
	}
}

func BenchmarkTake(b *testing.B) {
	for _, clients := range []int{1, 1_000_000} {
		keys := make([]string, clients)
		for i := range keys {
			keys[i] = "2001:db8:0:" + strconv.Itoa(i) + "::/64"
		}
		for name, parallelism := range map[string]int{"one caller": 0, "64 callers": 32} {
			b.Run(strconv.Itoa(clients)+" clients, "+name, func(b *testing.B) {
				limiter := open(b, 1_000_000, time.Hour)
				b.ReportAllocs()
				if parallelism == 0 {
					for i := 0; b.Loop(); i++ {
						take(b, limiter, keys[i*7919%clients], 1)
					}
					return
				}
				b.SetParallelism(parallelism)
				b.RunParallel(func(pb *testing.PB) {
					for i := 0; pb.Next(); i++ {
						if _, err := limiter.Take(b.Context(), keys[i*7919%clients], 1); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}

// BenchmarkSweep looks at a million clients of whom none can be forgotten.
func BenchmarkSweep(b *testing.B) {
	limiter := open(b, 1, 1000*time.Hour)
	for i := range 1_000_000 {
		take(b, limiter, "2001:db8:0:"+strconv.Itoa(i)+"::/64", 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		limiter.Sweep()
	}
}
