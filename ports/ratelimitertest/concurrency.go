package ratelimitertest

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/ports"
)

func concurrencyCases() []testCase {
	return []testCase{
		{"callers at the same time take exactly the count", callersTakeTheCount},
		{"callers of different costs are allowed as if they had come one after the other", costsAreAsInARow},
		{"callers of many keys each take exactly the count", keysAtTheSameTime},
	}
}

// callers is how many goroutines ask at the same time.
const callers = 64

func callersTakeTheCount(t *testing.T, open opener) {
	checkCount(t, []ports.RateLimiter{open(t, hourly(t, 5_000))}, 5_000)
}

// checkCount lets callers take units one by one, in turns from each limiter, and
// fails the test unless they get exactly the count.
func checkCount(t *testing.T, limiters []ports.RateLimiter, count int) {
	t.Helper()
	const each = 200
	allowed := make([]int, callers)
	var asking sync.WaitGroup
	begin := make(chan struct{})
	for i := range callers {
		asking.Go(func() {
			<-begin // a caller is soon done, and might be before the next one begins
			for j := range each {
				decision, err := limiters[(i+j)%len(limiters)].Take(t.Context(), "a", 1)
				if err != nil {
					t.Errorf("Take: got %v, want a decision", err)
				}
				if decision.Allowed {
					allowed[i]++
				}
			}
		})
	}
	close(begin)
	asking.Wait()
	got := 0
	for _, n := range allowed {
		got += n
	}
	if got != count {
		t.Errorf("%d callers who ask %d times each: got %d allowed, want %d: never more than the count, never fewer", callers, each, got, count)
	}
}

func costsAreAsInARow(t *testing.T, open opener) {
	const count = 1_000
	limiter := open(t, hourly(t, count))
	var (
		asking  sync.WaitGroup
		mu      sync.Mutex
		taken   int
		refused []int
	)
	for i := range callers {
		random := rand.New(rand.NewPCG(3, uint64(i)))
		asking.Go(func() {
			for range 10 {
				cost := 1 + random.IntN(40)
				decision, err := limiter.Take(t.Context(), "a", cost)
				if err != nil {
					t.Errorf("Take: got %v, want a decision", err)
				}
				mu.Lock()
				if decision.Allowed {
					taken += cost
				} else {
					refused = append(refused, cost)
				}
				mu.Unlock()
			}
		})
	}
	asking.Wait()
	if taken > count {
		t.Fatalf("got costs of %d allowed, want at most the count of %d", taken, count)
	}
	// What is left has only become less: whoever was refused asked for more than that.
	for _, cost := range refused {
		if cost <= count-taken {
			t.Fatalf("a cost of %d was refused, while %d of %d are left, want it allowed", cost, count-taken, count)
		}
	}
	if left := count - taken; left > 0 {
		wantAllowed(t, limiter, "a", left, 0, "this is what the allowed have left")
	}
}

func keysAtTheSameTime(t *testing.T, open opener) {
	const keys, count, asks = 40, 5, 8
	limiter := open(t, hourly(t, count))
	allowed := make([]int, keys)
	var (
		asking sync.WaitGroup
		mu     sync.Mutex
	)
	for range asks {
		for key := range keys {
			asking.Go(func() {
				decision, err := limiter.Take(t.Context(), strconv.Itoa(key), 1)
				if err != nil {
					t.Errorf("Take: got %v, want a decision", err)
				}
				if decision.Allowed {
					mu.Lock()
					defer mu.Unlock()
					allowed[key]++
				}
			})
		}
	}
	asking.Wait()
	for key, got := range allowed {
		if got != count {
			t.Errorf("key %d: got %d of %d requests allowed, want %d, whatever other keys do", key, got, asks, count)
		}
	}
}
