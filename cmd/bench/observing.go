package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// observing measures what it costs to watch for slow queries and to trace, against a server that does neither. The collector of traces
// is in this process: it reads what comes and throws it away.
func (b *bench) observing(ctx context.Context) error {
	endpoint, stop, err := collect(ctx)
	if err != nil {
		return err
	}
	defer stop()
	traced := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint}
	ways := []struct {
		name   string
		env    []string
		figure report.Figure
	}{
		{"", nil, report.Figure{}},
		{"SLOW_QUERY=1s", []string{"SLOW_QUERY=1s"}, report.Figure{}},
		{"one request of ten is traced", []string{traced[0], "OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.1"}, report.RatioAtLeast(0.9)},
		{"each request is traced", traced, report.RatioAtLeast(0.9)},
	}
	clients := make([]*load.Client, len(ways))
	for i, way := range ways {
		db, err := b.tableCopy(b.plan.tableRows)
		if err != nil {
			return err
		}
		server, err := b.startServer(ctx, b.variants[0], db, way.env...)
		if err != nil {
			return err
		}
		defer func() { _ = server.Stop() }() // that of the last measurement is told by its answers
		clients[i] = load.NewClient(server.Address)
		defer clients[i].Close()
	}
	for _, work := range []struct {
		name    string
		measure func(client *load.Client) measurement
		rounds  int
	}{
		{"GET detail, 16 connections", func(c *load.Client) measurement {
			return rate(c, b.plan.slice, connections, load.Detail{Rows: b.plan.tableRows})
		}, b.plan.rounds},
		{"POST one person, 16 connections", func(c *load.Client) measurement { return rate(c, b.plan.slice, connections, load.Create{}) }, b.plan.rounds},
		{"create_bulk of " + report.Grouped(b.plan.bulkRows), func(c *load.Client) measurement {
			return rate(c, b.plan.slice, 1, load.Bulk{Path: "create_bulk", Rows: b.plan.bulkRows})
		}, b.plan.rounds},
	} {
		measurements := make([]measurement, len(ways))
		for i, client := range clients {
			measurements[i] = work.measure(client)
		}
		samples, err := inTurn(ctx, work.rounds, measurements...)
		if err != nil {
			return fmt.Errorf("%s: %w", work.name, err)
		}
		for i, way := range ways[1:] {
			b.add(report.Row{
				Work: work.name + ", " + way.name, Measured: samples[i+1],
				Against: "nothing is observed", Base: samples[0], Figure: way.figure,
			})
		}
	}
	return nil
}

// collect takes traces and throws them away, until stop is called.
func collect(ctx context.Context) (endpoint string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	//nolint:gosec // it is asked by our own server only
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}
