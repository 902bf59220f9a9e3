package main

import (
	"context"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// bulks measures whole requests for bulks, with each driver, against the same rows
// straight on that driver. Bulks are short, so there are more rounds of them.
func (b *bench) bulks(ctx context.Context) error {
	for _, v := range b.variants {
		if err := b.bulksOf(ctx, v); err != nil {
			return err
		}
	}
	if !b.variants[0].cgo {
		b.add(report.Row{Work: "bulks with mattn/go-sqlite3", Missing: "not measured: there is no C compiler", Figure: report.RatioAtMost(0.4)})
	}
	return nil
}

func (b *bench) bulksOf(ctx context.Context, v *variant) error {
	db, err := b.emptyDatabase()
	if err != nil {
		return err
	}
	if err := v.worker.Fresh(); err != nil {
		return err
	}
	rows := b.plan.bulkRows
	return b.withServer(ctx, v, db, func(client *load.Client) error {
		samples, err := inTurn(ctx, 5*b.plan.rounds,
			saving(v.worker, worker.Loop, rows),
			once(client, load.Bulk{Path: "create_bulk", Rows: rows}),
			saving(v.worker, worker.Statements, rows),
			once(client, load.Bulk{Path: "async_create_bulk", Rows: rows}),
		)
		if err != nil {
			return err
		}
		loop, statements := samples[0], samples[2]
		of := " of " + report.Grouped(rows) + ", " + v.driver
		const oneRow = "prepared one-row loop, one transaction"
		const manyRows = "prepared 500-row statements, one transaction"
		b.add(
			report.Row{Work: "POST create_bulk" + of, Unit: report.Seconds, Measured: samples[1], Against: oneRow, Base: loop, Figure: report.RatioAtMost(0.4)},
			report.Row{Work: "POST async_create_bulk" + of, Unit: report.Seconds, Measured: samples[3], Against: oneRow, Base: loop, Figure: report.RatioAtMost(0.4)},
			report.Row{Work: "POST create_bulk" + of, Unit: report.Seconds, Measured: samples[1], Against: manyRows, Base: statements},
		)
		return nil
	})
}

// saving measures how many seconds a worker takes to save rows at once.
func saving(w *worker.Worker, way worker.Way, rows int) measurement {
	return func(context.Context) (float64, error) {
		took, err := w.Bulk(way, rows)
		return took.Seconds(), err
	}
}
