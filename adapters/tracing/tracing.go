// Package tracing tells a collector of OpenTelemetry what became of each request: a span for the request itself, and one within
// it for each use case, executor, batch, call of the store, query and fetch, as observers of ports are told of them.
//
// Spans tell what was done, how long it took and how it ended. They tell nothing of persons: no name, no age, no body, no
// token, no query string, and of a statement its text with placeholders.
package tracing

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
)

// Config says where spans go and which there are.
type Config struct {
	// Endpoint is the URL to which spans are sent (OTLP over HTTP, protobuf), such as
	// http://localhost:4318/v1/traces. It is required, unless there is an Exporter.
	Endpoint string
	// Headers are sent with them, such as a token of the collector.
	Headers http.Header
	// Service names this program, and Version is that of it; "" is what Attributes say, else roster, and none.
	Service, Version string
	// Attributes are what else is said of this program, by name.
	Attributes map[string]string
	// Sampler says which requests are traced; nil is all, but those whose client says that it does not trace.
	Sampler *Sampler
	// Logger is told of spans that were lost, once a minute at most; nil is nobody.
	Logger *slog.Logger
	// Transport takes requests to the collector; nil is HTTP.
	Transport http.RoundTripper
}

// Tracing makes spans. It is safe for concurrent use. Nothing waits for a collector: spans wait in a queue of 4,096, those of a
// request together, and a request that finds no room is dropped. What is not traced costs a look at its ctx.
type Tracing struct {
	sampler *Sampler
	queue   *queue
	jobs    jobOrigins
}

// New returns a Tracing, which is closed when nothing more is traced. The error is domain.CodeInvalid where there is no
// endpoint, or it is no URL.
func New(config Config) (*Tracing, error) {
	exporter, err := newExporter(config)
	if err != nil {
		return nil, err
	}
	t := &Tracing{sampler: config.Sampler, queue: newQueue(exporter)}
	if t.sampler == nil {
		t.sampler = &Sampler{byParent: true, below: everything}
	}
	return t, nil
}

// said returns what is said of this program. What has a field of its own comes before Attributes.
func (c Config) said() map[string]string {
	said := map[string]string{serviceName: "roster"}
	maps.Copy(said, c.Attributes)
	if c.Service != "" {
		said[serviceName] = c.Service
	}
	if c.Version != "" {
		said["service.version"] = c.Version
	}
	return said
}

const serviceName = "service.name"

// Close sends what waits to be sent, until ctx ends at the latest. What cannot be sent by then is lost, and so is what ends
// later.
func (t *Tracing) Close(ctx context.Context) error { return t.queue.close(ctx) }
