package main

import (
	"context"
	"errors"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// loadConnections is how many a server has under load.
const loadConnections = 64

var (
	idleFigure = report.MeasuredAtMost(20 << 20)
	loadFigure = report.MeasuredAtMost(60 << 20)
)

// memory measures what a server has in memory when it is idle, and the most that it
// had under a mixed load. Each round is a server of its own.
func (b *bench) memory(ctx context.Context) error {
	idle := report.Row{Work: "resident memory, idle, " + report.Grouped(b.plan.tableRows) + " rows", Unit: report.Bytes, Figure: idleFigure}
	peak := report.Row{Work: "resident memory, the peak under 64 connections: details, pages, creates", Unit: report.Bytes, Figure: loadFigure}
	for range b.plan.rounds {
		before, after, err := b.memoryOnce(ctx)
		if errors.Is(err, child.ErrNotMeasured) {
			idle.Missing, peak.Missing = err.Error(), err.Error()
			break
		}
		if err != nil {
			return err
		}
		idle.Measured = append(idle.Measured, float64(before.Resident))
		peak.Measured = append(peak.Measured, float64(after.Peak))
	}
	b.add(idle, peak)
	return nil
}

func (b *bench) memoryOnce(ctx context.Context) (before, after child.Memory, err error) {
	db, err := b.tableCopy(b.plan.tableRows)
	if err != nil {
		return before, after, err
	}
	server, err := b.startServer(ctx, b.variants[0], db)
	if err != nil {
		return before, after, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	client := load.NewClient(server.Address)
	defer client.Close()
	if _, err = client.Once(load.AnyPage{}, 0); err != nil {
		return before, after, err
	}
	if before, err = b.idleMemory(ctx, server); err != nil {
		return before, after, err
	}
	mixed := load.Mixed{load.Detail{Rows: b.plan.tableRows}, load.AnyPage{}, load.Create{}}
	if _, err = client.During(ctx, b.plan.load, loadConnections, mixed); err != nil {
		return before, after, err
	}
	after, err = server.Memory()
	return before, after, err
}
