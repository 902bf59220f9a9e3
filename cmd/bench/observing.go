package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

// observing measures what it costs to watch for slow queries and to trace, against a server that does neither, in the
// processor's time that the server takes for a request. The collector of traces is in this process: it reads what comes and
// throws it away. So neither what it takes counts nor what clients take.
func (b *bench) observing(ctx context.Context) error {
	endpoint, stop, err := collect(ctx)
	if err != nil {
		return err
	}
	defer stop()
	traced := "OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint
	ways := []struct {
		name   string
		env    []string
		figure report.Figure
	}{
		{"", nil, report.Figure{}},
		{"SLOW_QUERY=1s", []string{"SLOW_QUERY=1s"}, report.RatioAtMost(1.03)},
		{"one request of ten is traced", []string{traced, "OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.1"}, report.RatioAtMost(1.1)},
		{"each request is traced", []string{traced}, report.RatioAtMost(1.1)},
	}
	servers, clients := make([]*child.Server, len(ways)), make([]*load.Client, len(ways))
	for i, way := range ways {
		db, err := b.tableCopy(b.plan.tableRows)
		if err != nil {
			return err
		}
		if servers[i], err = b.startServer(ctx, b.variants[0], db, way.env...); err != nil {
			return err
		}
		defer func() { _ = servers[i].Stop() }() // that of the last measurement is told by its answers
		clients[i] = load.NewClient(servers[i].Address)
		defer clients[i].Close()
	}
	for _, work := range []struct {
		name        string
		connections int
		exchange    load.Exchange
	}{
		{"GET detail, 16 connections", connections, load.Detail{Rows: b.plan.tableRows}},
		{"POST one person, 16 connections", connections, load.Create{}},
		{"create_bulk of " + report.Grouped(b.plan.bulkRows), 1, load.Bulk{Path: "create_bulk", Rows: b.plan.bulkRows}},
	} {
		measurements := make([]measurement, len(ways))
		for i := range ways {
			measurements[i] = processorTime(servers[i], clients[i], b.plan.counted, work.connections, work.exchange)
		}
		samples, err := inTurn(ctx, b.plan.rounds, measurements...)
		missing := ""
		if errors.Is(err, child.ErrNotMeasured) {
			missing, samples = err.Error(), make([]stats.Sample, len(ways))
		} else if err != nil {
			return fmt.Errorf("%s: %w", work.name, err)
		}
		for i, way := range ways[1:] {
			b.add(report.Row{
				Work: "processor's time of " + work.name + ", " + way.name, Measured: samples[i+1], Unit: report.Seconds,
				Against: "nothing is observed", Base: samples[0], Figure: way.figure, Missing: missing,
			})
		}
	}
	return nil
}

// processorTime measures how many seconds of a processor a server takes for one exchange, many connections together.
func processorTime(server *child.Server, client *load.Client, slice time.Duration, connections int, exchange load.Exchange) measurement {
	return func(ctx context.Context) (float64, error) {
		before, err := server.ProcessorTime()
		if err != nil {
			return 0, err
		}
		result, err := client.During(ctx, slice, connections, exchange)
		if err != nil {
			return 0, err
		}
		after, err := server.ProcessorTime()
		return (after - before).Seconds() / float64(result.Count), err
	}
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
