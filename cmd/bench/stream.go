package main

import (
	"context"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// stream measures the heap that a bulk takes whose drafts are given one after the
// other, against that of a tenth of it and that of one batch: it does not grow with
// the count. One driver is enough, because the memory of neither is in the heap.
func (b *bench) stream(ctx context.Context) error {
	rows, limit := b.plan.streamRows, b.plan.streamLimit
	w := b.variants[0].worker
	samples, err := inTurn(ctx, b.plan.rounds,
		streaming(w, limit, limit),
		streaming(w, rows/10, limit),
		streaming(w, rows, limit),
	)
	if err != nil {
		return err
	}
	work := "memory of a bulk of " + report.Grouped(rows) + " given drafts through the library"
	b.add(
		report.Row{Work: work, Unit: report.Bytes, Measured: samples[2], Against: "a bulk of " + report.Grouped(rows/10), Base: samples[1], Figure: report.RatioAtMost(1.1)},
		report.Row{Work: work, Unit: report.Bytes, Measured: samples[2], Against: "one batch, " + report.Grouped(limit), Base: samples[0], Figure: report.RatioAtMost(1.1)},
	)
	return nil
}

// streaming measures how many bytes of the heap a worker uses at most while it
// saves rows that come one after the other.
func streaming(w *worker.Worker, rows, limit int) measurement {
	return func(context.Context) (float64, error) {
		peak, err := w.Stream(rows, limit)
		return float64(peak), err
	}
}
