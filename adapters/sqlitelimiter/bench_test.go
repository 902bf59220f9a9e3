package sqlitelimiter_test

import (
	"strconv"
	"testing"
)

func BenchmarkTake(b *testing.B) {
	config := daily(b, 1_000_000_000)
	limiter := open(b, config)
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = "2001:db8:0:" + strconv.Itoa(i) + "::/64"
	}
	b.Run("one caller", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := limiter.Take(b.Context(), keys[i*7919%len(keys)], 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("64 callers", func(b *testing.B) {
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				if _, err := limiter.Take(b.Context(), keys[i*7919%len(keys)], 1); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
