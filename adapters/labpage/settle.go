package labpage

import (
	"math"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

const (
	// latest is the latest moment that is drawn where it lies, and mostOf the greatest of all other numbers: a report is data, and
	// whatever stands in it, drawing it overflows nothing.
	latest = 1000 * time.Hour
	mostOf = math.MaxInt32
)

// settled returns runs without moments and numbers that cannot be.
func settled(runs []lab.Run) []lab.Run {
	runs = slices.Clone(runs)
	for i := range runs {
		run := &runs[i]
		run.Took = moment(run.Took)
		run.Strategy.Workers, run.Strategy.Batch, run.Strategy.Queue = natural(run.Strategy.Workers), natural(run.Strategy.Batch), natural(run.Strategy.Queue)
		run.Calls, run.Batches, run.Samples = slices.Clone(run.Calls), slices.Clone(run.Batches), slices.Clone(run.Samples)
		for i := range run.Calls {
			c := &run.Calls[i]
			c.Asked = moment(c.Asked)
			c.Answered = max(c.Asked, moment(c.Answered))
			c.Items = natural(c.Items)
			c.Failed = min(c.Items, natural(c.Failed))
		}
		for i := range run.Batches {
			b := &run.Batches[i]
			b.Began = moment(b.Began)
			b.Ended = max(b.Began, moment(b.Ended))
			b.Worker, b.Items = natural(b.Worker), natural(b.Items)
			b.Failed = min(b.Items, natural(b.Failed))
		}
		for i := range run.Samples {
			s := &run.Samples[i]
			s.At = moment(s.At)
			s.Running, s.Waiting, s.Goroutines = natural(s.Running), natural(s.Waiting), natural(s.Goroutines)
		}
	}
	return runs
}

func moment(d time.Duration) time.Duration { return min(latest, max(0, d)) }

func natural(n int) int { return min(mostOf, max(0, n)) }
