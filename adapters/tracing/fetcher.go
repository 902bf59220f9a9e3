package tracing

import (
	"context"
	"net/http"
	"net/url"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Fetcher returns the fetcher with a span for each document, which tells the host and nothing else of the URL. Within what
// tries again, there is one for each try.
func (t *Tracing) Fetcher(next ports.DocumentFetcher) ports.DocumentFetcher { return &fetcher{next, t} }

type fetcher struct {
	ports.DocumentFetcher
	tracing *Tracing
}

// FetchDocument implements ports.DocumentFetcher.
func (f *fetcher) FetchDocument(ctx context.Context, address string) (domain.Document, error) {
	if !mayHave(ctx) {
		return f.DocumentFetcher.FetchDocument(ctx, address)
	}
	host := ""
	if parsed, err := url.Parse(address); err == nil {
		host = parsed.Host
	}
	ctx, span := f.tracing.tracer.Start(ctx, "GET", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(addressKey.String(host)))
	document, err := f.DocumentFetcher.FetchDocument(ctx, address)
	end(span, err)
	return document, err
}

// Inject sets the header by which an upstream goes on with the trace of ctx (traceparent), where there is one.
func (t *Tracing) Inject(ctx context.Context, header http.Header) {
	t.propagator.Inject(ctx, propagation.HeaderCarrier(header))
}
