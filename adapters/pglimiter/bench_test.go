package pglimiter_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/pglimiter"
)

// BenchmarkTake compares callers who share a limiter, and so transactions, with callers of
// whom each has one of its own.
func BenchmarkTake(b *testing.B) {
	const callers = 16
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = "2001:db8:0:" + strconv.Itoa(i) + "::/64"
	}
	for _, bench := range []struct {
		name                    string
		callers, limiters, keys int
	}{
		{"one caller", 1, 1, len(keys)},
		{"16 callers of one limiter", callers, 1, len(keys)},
		{"16 callers of one limiter, one key", callers, 1, 1},
		{"16 callers of 2 limiters, one key", callers, 2, 1},
		{"16 callers of 16 limiters", callers, callers, len(keys)},
		{"16 callers of 16 limiters, one key", callers, callers, 1},
	} {
		b.Run(bench.name, func(b *testing.B) {
			config := pglimiter.Config{URL: server.URL(b), Rate: rateOf(b, 1_000_000_000, 24*time.Hour)}
			limiters := make([]*pglimiter.Limiter, bench.limiters)
			for i := range limiters {
				limiters[i] = open(b, config)
			}
			ask := make(chan int, 1024)
			done := make(chan struct{})
			for caller := range bench.callers {
				go func() {
					for i := range ask {
						if _, err := limiters[caller%len(limiters)].Take(b.Context(), keys[i*7919%bench.keys], 1); err != nil {
							b.Error(err)
						}
					}
					done <- struct{}{}
				}()
			}
			b.ResetTimer()
			for i := range b.N {
				ask <- i
			}
			close(ask)
			for range bench.callers {
				<-done
			}
		})
	}
}
