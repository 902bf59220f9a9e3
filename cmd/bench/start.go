package main

import (
	"context"
	"errors"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

// start measures the time from the start of the process to the first answer, on
// the largest table, and what the process has in memory a while later.
func (b *bench) start(ctx context.Context) error {
	rows := b.plan.largest()
	var resident stats.Sample
	var noMemory error
	starting := func(exchange func() load.Exchange) measurement {
		return func(ctx context.Context) (float64, error) {
			server, err := b.startServer(ctx, b.variants[0], b.table(rows))
			if err != nil {
				return 0, err
			}
			client := load.NewClient(server.Address)
			_, err = client.Once(exchange(), 0)
			took := time.Since(server.Started)
			if err == nil {
				var memory child.Memory
				memory, noMemory = b.idleMemory(ctx, server)
				resident = append(resident, float64(memory.Resident))
			}
			client.Close()
			return took.Seconds(), errors.Join(err, server.Stop())
		}
	}
	samples, err := inTurn(ctx, b.plan.rounds,
		starting(func() load.Exchange { return load.NewPage(rows, 1) }),
		starting(func() load.Exchange { return load.Detail{Rows: rows} }),
	)
	if err != nil {
		return err
	}
	on := " on a file of " + report.Grouped(rows) + " rows"
	idle := report.Row{Work: "resident memory, idle after the start" + on, Unit: report.Bytes, Measured: resident, Figure: idleFigure}
	if noMemory != nil {
		idle.Missing = noMemory.Error()
	}
	b.add(
		report.Row{Work: "start" + on + ", to the first answer: page 1", Unit: report.Seconds, Measured: samples[0], Figure: report.MeasuredAtMost(0.1)},
		report.Row{Work: "start" + on + ", to the first answer: a detail", Unit: report.Seconds, Measured: samples[1], Figure: report.MeasuredAtMost(0.1)},
		idle,
	)
	return nil
}

// idleMemory returns what a server has in memory after it did nothing for a while.
func (b *bench) idleMemory(ctx context.Context, server *child.Server) (child.Memory, error) {
	select {
	case <-time.After(b.plan.idle):
		return server.Memory()
	case <-ctx.Done():
		return child.Memory{}, ctx.Err()
	}
}
