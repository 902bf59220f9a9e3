package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

const (
	documents    = 50
	documentTime = 100 * time.Millisecond
)

// fetch measures fetch_data of documents that each take their time, against the
// time of one.
func (b *bench) fetch(ctx context.Context) error {
	address, stop, err := serveDocuments(ctx)
	if err != nil {
		return err
	}
	db, err := b.emptyDatabase()
	if err != nil {
		return errors.Join(err, stop())
	}
	var urls []string
	for number := range documents {
		urls = append(urls, fmt.Sprintf("http://%s/document/%d", address, number))
	}
	err = b.withServer(ctx, b.variants[0], db, func(client *load.Client) error {
		samples, err := inTurn(ctx, b.plan.rounds, once(client, load.Fetch{Count: documents}))
		if err != nil {
			return err
		}
		b.add(report.Row{
			Work:     fmt.Sprintf("GET fetch_data of %d URLs of %d ms", documents, documentTime.Milliseconds()),
			Unit:     report.Seconds,
			Measured: samples[0],
			Figure:   report.MeasuredAtMost(0.115),
		})
		return nil
	}, "FETCH_URLS="+strings.Join(urls, ","), "FETCH_ALLOW_PRIVATE=True")
	return errors.Join(err, stop())
}

// serveDocuments serves documents that take documentTime on any free port of
// 127.0.0.1, until stop is called.
func serveDocuments(ctx context.Context) (address string, stop func() error, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(documentTime)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(load.AppendPerson(nil, 1)) // a client that left is no news
		}),
	}
	go func() { _ = server.Serve(listener) }() // it ends with stop
	return listener.Addr().String(), server.Close, nil
}
