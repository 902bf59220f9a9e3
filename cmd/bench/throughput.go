package main

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/chart"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// throughput measures durable creates by more and more clients: over HTTP, by
// callers of the store, and by callers who take turns with one transaction each on
// the driver.
func (b *bench) throughput(ctx context.Context) error {
	db, err := b.emptyDatabase()
	if err != nil {
		return err
	}
	main := b.variants[0]
	if err := main.worker.Fresh(); err != nil {
		return err
	}
	slice := b.plan.slice / 2 // there are many numbers of clients
	lines := []chart.Line{
		{Name: "over HTTP", Color: 0},
		{Name: "sqlitestore, in one process", Color: 1},
		{Name: "one transaction each, on the driver", Color: 1, Dashed: true},
	}
	err = b.withServer(ctx, main, db, func(client *load.Client) error {
		for _, clients := range b.plan.clients {
			samples, err := inTurn(ctx, b.plan.rounds,
				rate(client, slice, clients, load.Create{}),
				creating(main.worker, worker.Store, clients, slice),
				creating(main.worker, worker.Transactions, clients, slice),
			)
			if err != nil {
				return fmt.Errorf("%d clients: %w", clients, err)
			}
			for i := range lines {
				lines[i].Points = append(lines[i].Points, chart.Point{X: float64(clients), Y: samples[i].Median()})
			}
			figure, wanted := createFigures[clients]
			if !wanted {
				continue
			}
			b.add(report.Row{
				Work:     fmt.Sprintf("create, synchronous=FULL, callers of the store: %d", clients),
				Measured: samples[1],
				Against:  "one transaction each",
				Base:     samples[2],
				Figure:   figure,
			})
		}
		return nil
	})
	b.panels = append(b.panels, chart.Panel{
		Title: "Durable creates a second",
		X:     chart.Axis{Label: "clients at once", Doubling: true, Format: chart.Count},
		Y:     chart.Axis{Label: "creates a second", Format: chart.Count},
		Lines: lines,
	})
	return err
}

// createFigures are what so many callers shall reach.
var createFigures = map[int]report.Figure{
	1:  report.RatioAtLeast(0.95),
	64: report.RatioAtLeast(8),
}

// creating measures how many persons a second the callers of a worker save.
func creating(w *worker.Worker, way worker.Way, callers int, slice time.Duration) measurement {
	return func(context.Context) (float64, error) {
		result, err := w.Create(way, callers, slice)
		return result.Rate(), err
	}
}
