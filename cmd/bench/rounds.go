package main

import (
	"context"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

// measurement measures a thing once.
type measurement func(ctx context.Context) (float64, error)

// inTurn measures several things one after the other, round by round, so that
// what slows the machine down for a while slows all of them. It returns a sample for
// each, of so many rounds. A first round is not counted: it opens connections and
// fills caches.
func inTurn(ctx context.Context, rounds int, measurements ...measurement) ([]stats.Sample, error) {
	samples := make([]stats.Sample, len(measurements))
	for round := range rounds + 1 {
		for i, measure := range measurements {
			if err := ctx.Err(); err != nil {
				return nil, context.Cause(ctx)
			}
			value, err := measure(ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				samples[i] = append(samples[i], value)
			}
		}
	}
	return samples, nil
}
