package main

import (
	"context"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// connections is how many the requests of reads come over.
const connections = 16

// reads measures what only reads, against the bare handler.
func (b *bench) reads(ctx context.Context) error {
	rows := b.plan.tableRows
	return withBare(ctx, func(bare *load.Client, body []byte) error {
		return b.withServer(ctx, b.variants[0], b.table(rows), func(client *load.Client) error {
			detail := load.Detail{Rows: rows}
			samples, err := inTurn(ctx, b.plan.rounds,
				rate(bare, b.plan.slice, connections, load.Fixed{Like: detail, Body: body}),
				rate(client, b.plan.slice, connections, detail),
				rate(client, b.plan.slice, connections, load.NewPage(rows, 1)),
				rate(client, b.plan.slice, connections, load.NewPage(rows, load.Pages(rows))),
				rate(client, b.plan.slice, connections, load.Lookup{Rows: rows}),
			)
			if err != nil {
				return err
			}
			table := " of " + report.Grouped(rows) + " rows, 16 connections"
			for i, row := range []report.Row{
				{Work: "GET detail" + table, Figure: report.RatioAtLeast(0.5)},
				{Work: "GET page 1" + table, Figure: report.RatioAtLeast(0.22)},
				{Work: "GET the last page" + table},
				{Work: "GET check" + table},
			} {
				row.Measured, row.Against, row.Base = samples[i+1], "bare handler", samples[0]
				b.add(row)
			}
			return nil
		})
	})
}
