package metrics

import (
	"sync/atomic"
	"time"
)

// bounds are the upper bounds of the buckets, which they belong to. What took longer than
// the last is in a bucket more.
var bounds = [...]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	1 * time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	1 * time.Second, 2500 * time.Millisecond, 5 * time.Second,
	10 * time.Second,
}

// buckets are how many requests took so long, each within its bounds.
type buckets [len(bounds) + 1]uint64

// histogram counts how long requests took. The zero value has counted none.
type histogram struct {
	counts [len(bounds) + 1]atomic.Uint64
	sum    atomic.Int64 // nanoseconds
}

func (h *histogram) observe(took time.Duration) {
	bucket := 0 // most requests are short
	for bucket < len(bounds) && took > bounds[bucket] {
		bucket++
	}
	h.counts[bucket].Add(1)
	h.sum.Add(int64(took))
}

// addTo adds what was counted to sum, and returns how many that were.
func (h *histogram) addTo(sum *buckets) (count uint64) {
	for i := range h.counts {
		n := h.counts[i].Load()
		sum[i] += n
		count += n
	}
	return count
}

// quantile returns how long such a part of the requests took at most, as Prometheus's
// histogram_quantile would: as if those within a bucket were spread evenly. Of no requests
// it is 0.
func (b *buckets) quantile(part float64) time.Duration {
	var all uint64
	for _, count := range b {
		all += count
	}
	rank := part * float64(all)
	var below uint64
	var lower time.Duration
	for i, upper := range bounds {
		if upTo := below + b[i]; b[i] > 0 && float64(upTo) >= rank {
			within := (rank - float64(below)) / float64(b[i])
			return lower + time.Duration(within*float64(upper-lower))
		}
		below, lower = below+b[i], upper
	}
	if all == 0 {
		return 0
	}
	return lower
}
