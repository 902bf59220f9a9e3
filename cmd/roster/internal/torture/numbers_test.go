//go:build linux

package torture_test

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// median returns the middle one of some numbers.
func median(numbers []float64) float64 {
	sorted := slices.Sorted(slices.Values(numbers))
	return sorted[len(sorted)/2]
}

var forking sync.Mutex

// fork returns numbers at random for another goroutine.
func fork(random *rand.Rand) *rand.Rand {
	forking.Lock()
	defer forking.Unlock()
	return rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))
}
