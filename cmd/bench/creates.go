package main

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// creates measures durable creates over HTTP, against the bare handler, which
// keeps nothing.
func (b *bench) creates(ctx context.Context) error {
	db, err := b.emptyDatabase()
	if err != nil {
		return err
	}
	return withBare(ctx, func(bare *load.Client, body []byte) error {
		return b.withServer(ctx, b.variants[0], db, func(client *load.Client) error {
			for _, connections := range []int{1, 16, 64} {
				samples, err := inTurn(ctx, b.plan.rounds,
					rate(bare, b.plan.slice, connections, load.Fixed{Like: load.Create{}, Body: body}),
					rate(client, b.plan.slice, connections, load.Create{}),
				)
				if err != nil {
					return err
				}
				b.add(report.Row{
					Work:     fmt.Sprintf("POST one person, on the disk, connections: %d", connections),
					Measured: samples[1],
					Against:  "bare handler",
					Base:     samples[0],
				})
			}
			return nil
		})
	})
}
