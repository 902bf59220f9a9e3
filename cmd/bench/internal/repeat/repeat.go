// Package repeat does a thing again and again for a while and counts.
package repeat

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// Result is how often a thing was done.
type Result struct {
	// Count is how often, by all callers together.
	Count int
	// Callers is how many did it at once.
	Callers int
	// Took is the time until the last caller was done.
	Took time.Duration
}

// Rate returns how often it was done a second, by all callers together.
func (r Result) Rate() float64 { return float64(r.Count) / r.Took.Seconds() }

// Each returns how many seconds a caller waited for one, on average.
func (r Result) Each() float64 { return r.Took.Seconds() * float64(r.Callers) / float64(r.Count) }

// A Step does the thing once. Its number tells calls apart: the callers count
// together, and none gets the number of another.
type Step func(number int) error

// During lets a number of callers repeat the step that each of them is given,
// until the time is over. Each does it at least once, and ends the one that it is
// doing when the time is over. The first error ends all of them and is
// returned; so does the end of ctx.
func During(ctx context.Context, slice time.Duration, callers int, stepOf func() Step) (Result, error) {
	counts := make([]int, callers)
	begin := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for caller := range callers {
		step := stepOf()
		group.Go(func() error {
			for time.Since(begin) < slice || counts[caller] == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := step(counts[caller]*callers + caller); err != nil {
					return err
				}
				counts[caller]++
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Result{}, err
	}
	result := Result{Callers: callers, Took: time.Since(begin)}
	for _, count := range counts {
		result.Count += count
	}
	return result, nil
}
