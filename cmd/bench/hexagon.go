package main

import (
	"context"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// hexagon measures what it costs to read through ports and the use case instead
// of calling the store. The difference is small, so there are many short rounds.
func (b *bench) hexagon(ctx context.Context) error {
	samples, err := inTurn(ctx, 15*b.plan.rounds,
		b.reading(worker.FindDirect),
		b.reading(worker.FindThroughPorts),
		b.reading(worker.PageDirect),
		b.reading(worker.PageThroughPorts),
	)
	if err != nil {
		return err
	}
	const direct = "the store called directly"
	b.add(
		report.Row{Work: "one person through ports and use case", Unit: report.Seconds, Measured: samples[1], Against: direct, Base: samples[0], Figure: report.RatioAtMost(1.05)},
		report.Row{Work: "page 1 through ports and use case", Unit: report.Seconds, Measured: samples[3], Against: direct, Base: samples[2], Figure: report.RatioAtMost(1.05)},
	)
	return nil
}

// reading measures how many seconds a read takes.
func (b *bench) reading(way worker.Way) measurement {
	rows := b.plan.tableRows
	return func(context.Context) (float64, error) {
		result, err := b.variants[0].worker.Read(way, b.table(rows).path(), rows, b.plan.slice/20)
		return result.Each(), err
	}
}
