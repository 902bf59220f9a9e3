package main

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/chart"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// batchGrowth measures how long CreateBatch takes as the batch grows, with each
// driver, against the same rows straight on that driver.
func (b *bench) batchGrowth(ctx context.Context) error {
	panel := chart.Panel{
		Title: "A batch in one durable transaction",
		X:     chart.Axis{Label: "rows in the batch", Format: chart.Count},
		Y:     chart.Axis{Label: "time of the batch", Format: chart.Seconds},
	}
	for i, v := range b.variants {
		store := chart.Line{Name: "CreateBatch, " + v.driver, Color: i}
		floor := chart.Line{Name: "500-row statements, " + v.driver, Color: i, Dashed: true}
		for _, rows := range b.plan.bulkSizes {
			if err := v.worker.Fresh(); err != nil {
				return err
			}
			samples, err := inTurn(ctx, b.plan.rounds, saving(v.worker, worker.Store, rows), saving(v.worker, worker.Statements, rows))
			if err != nil {
				return fmt.Errorf("%s, %d rows: %w", v.driver, rows, err)
			}
			store.Points = append(store.Points, chart.Point{X: float64(rows), Y: samples[0].Median()})
			floor.Points = append(floor.Points, chart.Point{X: float64(rows), Y: samples[1].Median()})
			if rows == b.plan.bulkRows {
				b.add(report.Row{
					Work:     "CreateBatch of " + report.Grouped(rows) + " through the library, " + v.driver,
					Unit:     report.Seconds,
					Measured: samples[0],
					Against:  "prepared 500-row statements, one transaction",
					Base:     samples[1],
				})
			}
		}
		panel.Lines = append(panel.Lines, store, floor)
	}
	b.panels = append(b.panels, panel)
	return nil
}
