package main

import (
	"context"
	"errors"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// metrics measures what it costs that calls are counted, and that somebody scrapes. The
// differences are small, so there are many short rounds.
func (b *bench) metrics(ctx context.Context) error {
	if err := b.counted(ctx); err != nil {
		return err
	}
	return b.scraped(ctx)
}

// counted measures the store with its calls counted against the store.
func (b *bench) counted(ctx context.Context) error {
	w := b.variants[0].worker
	if err := w.Fresh(); err != nil {
		return err
	}
	creating := func(way worker.Way) measurement {
		return func(context.Context) (float64, error) {
			result, err := w.Create(way, 1, b.plan.slice/4)
			return result.Each(), err
		}
	}
	rows := b.plan.bulkRows
	samples, err := inTurn(ctx, 5*b.plan.rounds,
		b.reading(worker.FindThroughPorts), b.reading(worker.FindCounted),
		creating(worker.Store), creating(worker.StoreCounted),
		saving(w, worker.Store, rows), saving(w, worker.StoreCounted, rows),
	)
	if err != nil {
		return err
	}
	const plain = "the same, not counted"
	b.add(
		report.Row{Work: "one person through ports and use case, the store's calls counted", Unit: report.Seconds, Measured: samples[1], Against: plain, Base: samples[0]},
		report.Row{Work: "one person saved on the disk, the store's calls counted", Unit: report.Seconds, Measured: samples[3], Against: plain, Base: samples[2], Figure: report.RatioAtMost(1.03)},
		report.Row{Work: report.Grouped(rows) + " persons saved at once, the store's calls counted", Unit: report.Seconds, Measured: samples[5], Against: plain, Base: samples[4], Figure: report.RatioAtMost(1.03)},
	)
	return nil
}

// scraped measures requests while somebody scrapes against requests while nobody does.
func (b *bench) scraped(ctx context.Context) error {
	rows := b.plan.tableRows
	return b.withServer(ctx, b.variants[0], b.table(rows), func(client *load.Client) error {
		details := rate(client, b.plan.slice, connections, load.Detail{Rows: rows})
		samples, err := inTurn(ctx, 3*b.plan.rounds, details, whileScraped(client, details), latency(client, b.plan.slice/4, load.Scrape{}))
		if err != nil {
			return err
		}
		b.add(
			report.Row{Work: "GET detail, 16 connections, with a scrape in " + b.plan.slice.String(), Measured: samples[1], Against: "without a scrape", Base: samples[0], Figure: report.RatioAtLeast(0.97)},
			report.Row{Work: "GET /metrics, one after the other", Unit: report.Seconds, Measured: samples[2]},
		)
		return nil
	})
}

// whileScraped is a measurement during which somebody scrapes, once: much more often than Prometheus, which waits for 15 s or more.
func whileScraped(client *load.Client, measure measurement) measurement {
	return func(ctx context.Context) (float64, error) {
		scraped := make(chan error, 1)
		go func() {
			_, err := client.Once(load.Scrape{}, 0)
			scraped <- err
		}()
		value, err := measure(ctx)
		return value, errors.Join(err, <-scraped)
	}
}
