// Package tracing tells a collector of OpenTelemetry what became of each request: a span for the request itself, and one within
// it for each use case, executor, batch, call of the store, query and fetch, as observers of ports are told of them.
//
// Spans tell what was done, how long it took and how it ended. They tell nothing of persons: no name, no age, no body, no
// token, no query string, and of a statement its text with placeholders.
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-bbcc19ba/roster/domain"
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
	Sampler sdktrace.Sampler
	// Logger is told of a collector that takes nothing, once a minute at most; nil is nobody.
	Logger *slog.Logger
	// Exporter takes spans in the place of a collector; for tests.
	Exporter sdktrace.SpanExporter
}

// Tracing makes spans. It is safe for concurrent use. Nothing waits for a collector: spans wait in a queue of 2,048, and one that
// finds no room is dropped.
type Tracing struct {
	provider   *sdktrace.TracerProvider
	tracer     trace.Tracer
	propagator propagation.TraceContext
	exporter   *exporter // nil where Config.Exporter is none of ours
	jobs       jobOrigins
}

// New returns a Tracing, which is closed when nothing more is traced. The error is domain.CodeInvalid where there is no
// endpoint, or it is no URL.
func New(config Config) (*Tracing, error) {
	t := &Tracing{}
	export := config.Exporter
	if export == nil {
		var err error
		if t.exporter, err = newExporter(config); err != nil {
			return nil, err
		}
		export = t.exporter
	}
	if config.Sampler == nil {
		config.Sampler = sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	t.provider = sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(export),
		sdktrace.WithSampler(config.Sampler),
		sdktrace.WithResource(resource.NewSchemaless(config.attributes()...)),
	)
	t.tracer = t.provider.Tracer("github.com/seed-bbcc19ba/roster")
	return t, nil
}

// attributes returns what is said of this program. What has a field of its own comes before Attributes.
func (c Config) attributes() []attribute.KeyValue {
	said := map[string]string{serviceName: "roster"}
	maps.Copy(said, c.Attributes)
	if c.Service != "" {
		said[serviceName] = c.Service
	}
	if c.Version != "" {
		said["service.version"] = c.Version
	}
	var attributes []attribute.KeyValue
	for name, value := range said {
		attributes = append(attributes, attribute.String(name, value))
	}
	return attributes
}

const serviceName = "service.name"

// Close sends what waits to be sent, until ctx ends at the latest. What cannot be sent by then is lost.
func (t *Tracing) Close(ctx context.Context) error {
	if t.exporter != nil {
		t.exporter.hurry()
		defer t.exporter.abort()
	}
	return t.provider.Shutdown(ctx)
}

// NewSampler returns the sampler that OpenTelemetry calls by this name, with its argument, as OTEL_TRACES_SAMPLER and
// OTEL_TRACES_SAMPLER_ARG give them. The error is domain.CodeInvalid.
func NewSampler(name string, ratio float64) (sdktrace.Sampler, error) {
	switch name {
	case "always_on":
		return sdktrace.AlwaysSample(), nil
	case "always_off":
		return sdktrace.NeverSample(), nil
	case "traceidratio":
		return sdktrace.TraceIDRatioBased(ratio), nil
	case "parentbased_always_on":
		return sdktrace.ParentBased(sdktrace.AlwaysSample()), nil
	case "parentbased_always_off":
		return sdktrace.ParentBased(sdktrace.NeverSample()), nil
	case "parentbased_traceidratio":
		return sdktrace.ParentBased(sdktrace.TraceIDRatioBased(ratio)), nil
	default:
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("%q is no sampler", name)}
	}
}
