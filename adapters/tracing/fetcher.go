package tracing

import (
	"context"
	"net/http"
	"net/url"

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
func (f *fetcher) FetchDocument(ctx context.Context, address string) (_ domain.Document, err error) {
	around := spanOf(ctx)
	if around == nil {
		return f.DocumentFetcher.FetchDocument(ctx, address)
	}
	s := around.begin(ctx, ofFetch)
	if s == nil {
		return f.DocumentFetcher.FetchDocument(ctx, address)
	}
	if parsed, err := url.Parse(address); err == nil {
		s.text[0] = parsed.Host
	}
	defer func() { s.finish(recover(), err) }()
	return f.DocumentFetcher.FetchDocument(s, address)
}

// Inject sets the headers by which an upstream goes on with the trace of ctx, where there is one: traceparent, and tracestate
// where the client sent one. Of a request that is not traced it learns that it is not.
func (t *Tracing) Inject(ctx context.Context, header http.Header) {
	switch within := ctx.Value(spanKey{}).(type) {
	case *span:
		within.place().set(header)
	case *untraced:
		at := within.at
		at.span = newSpanID()
		at.set(header)
	}
}
