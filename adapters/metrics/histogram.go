package metrics

import (
	"sync/atomic"
	"time"
)

// bounds are the upper bounds of buckets, which they belong to, in their order. What took longer
// than the last is in a bucket more.
type bounds []time.Duration

// requestBounds are for what waits for clients, disks and other servers.
var requestBounds = bounds{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	1 * time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	1 * time.Second, 2500 * time.Millisecond, 5 * time.Second,
	10 * time.Second,
}

// callBounds are for calls of a store, which begin where a person is found in memory.
var callBounds = bounds{
	10 * time.Microsecond, 25 * time.Microsecond, 50 * time.Microsecond,
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	1 * time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	1 * time.Second, 10 * time.Second,
}

// buckets are how many took so long, each within its bounds.
type buckets []uint64

// histogram counts how long something took.
type histogram struct {
	bounds bounds
	counts []atomic.Uint64 // one more than bounds
	sum    atomic.Int64    // nanoseconds
}

func newHistogram(of bounds) *histogram {
	return &histogram{bounds: of, counts: make([]atomic.Uint64, len(of)+1)}
}

func (h *histogram) observe(took time.Duration) {
	bucket := 0 // most of it is short
	for bucket < len(h.bounds) && took > h.bounds[bucket] {
		bucket++
	}
	h.counts[bucket].Add(1)
	h.sum.Add(int64(took))
}

// addTo adds what was counted to sum, which has a place for each bucket, and returns how many that were.
func (h *histogram) addTo(sum buckets) (count uint64) {
	for i := range h.counts {
		n := h.counts[i].Load()
		sum[i] += n
		count += n
	}
	return count
}

// cumulative returns how many took as long as each bound or less, by the bound in seconds, how many
// there are, and how many seconds they took together.
func (h *histogram) cumulative() (upTo map[float64]uint64, count uint64, seconds float64) {
	upTo = make(map[float64]uint64, len(h.bounds))
	for i, bound := range h.bounds {
		count += h.counts[i].Load()
		upTo[bound.Seconds()] = count
	}
	return upTo, count + h.counts[len(h.bounds)].Load(), time.Duration(h.sum.Load()).Seconds()
}

// quantile returns how long such a part of them took at most, as Prometheus's
// histogram_quantile would: as if those within a bucket were spread evenly. Of none
// it is 0.
func (b buckets) quantile(of bounds, part float64) time.Duration {
	var all uint64
	for _, count := range b {
		all += count
	}
	rank := part * float64(all)
	var below uint64
	var lower time.Duration
	for i, upper := range of {
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
