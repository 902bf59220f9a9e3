package main

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/chart"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// listGrowth measures how long pages take as the table and the depth grow, one
// request after the other. The depth of the largest table is a row too.
func (b *bench) listGrowth(ctx context.Context) error {
	lines := []chart.Line{
		{Name: "page 1", Color: 0},
		{Name: "page at 50 % depth", Color: 1},
		{Name: "page at 99 % depth", Color: 2},
	}
	for _, rows := range b.plan.listRows {
		err := b.withServer(ctx, b.variants[0], b.table(rows), func(client *load.Client) error {
			first, middle, deep := load.NewPage(rows, 1), load.NewPage(rows, depth(rows, 50)), load.NewPage(rows, depth(rows, 99))
			if _, err := client.During(ctx, b.plan.settle, 1, load.Mixed{first, deep}); err != nil {
				return err
			}
			samples, err := inTurn(ctx, b.plan.rounds, latency(client, b.plan.slice, first), latency(client, b.plan.slice, middle), latency(client, b.plan.slice, deep))
			if err != nil {
				return err
			}
			for i := range lines {
				lines[i].Points = append(lines[i].Points, chart.Point{X: float64(rows), Y: samples[i].Median()})
			}
			if rows == b.plan.largest() {
				b.add(report.Row{
					Work:     fmt.Sprintf("GET the page at 99 %% depth of %s rows, with the total", report.Grouped(rows)),
					Unit:     report.Seconds,
					Measured: samples[2],
					Against:  "page 1",
					Base:     samples[0],
					Figure:   report.RatioAtMost(2),
				})
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%d rows: %w", rows, err)
		}
	}
	b.panels = append(b.panels, chart.Panel{
		Title: "GET a page of 100, with the total",
		X:     chart.Axis{Label: "rows in the table", Format: chart.Count},
		Y:     chart.Axis{Label: "time of a request", Format: chart.Seconds},
		Lines: lines,
	})
	return nil
}

// depth returns the number of the page that so many percent of all pages come
// before, or the last one.
func depth(rows, percent int) int {
	pages := load.Pages(rows)
	return min(pages, pages*percent/100+1)
}
