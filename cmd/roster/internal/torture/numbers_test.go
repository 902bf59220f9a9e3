//go:build linux

package torture_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// median returns the middle one of some numbers.
func median(numbers []float64) float64 {
	sorted := slices.Sorted(slices.Values(numbers))
	return sorted[len(sorted)/2]
}

// dice are numbers at random that several goroutines may take.
type dice struct {
	mu     sync.Mutex
	source rand.Source
}

func (d *dice) Uint64() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.source.Uint64()
}

// chance returns numbers at random, for any goroutine. The seed is told when the test
// fails.
func chance(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the seed was %d", seed)
		}
	})
	return rand.New(&dice{source: rand.NewPCG(seed, 0)})
}

// fork returns other numbers, so that goroutines need not wait for each other.
func fork(random *rand.Rand) *rand.Rand {
	return rand.New(&dice{source: rand.NewPCG(random.Uint64(), random.Uint64())})
}
