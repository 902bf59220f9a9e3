package domain

import (
	"context"
	"slices"
)

// Document is a JSON text as somebody else's service sent it.
type Document []byte

// DocumentFetcher gets one document.
type DocumentFetcher interface {
	FetchDocument(ctx context.Context, url string) (Document, error)
}

// FetchHandler returns the handler of Fetch: it gets each URL of a batch through
// fetcher, one after the other. One failure leaves the others alone.
func FetchHandler(fetcher DocumentFetcher) Handler[string, Document] {
	return func(ctx context.Context, batch []string) []Outcome[Document] {
		outcomes := make([]Outcome[Document], len(batch))
		for i, url := range batch {
			outcomes[i].Value, outcomes[i].Err = fetcher.FetchDocument(ctx, url)
		}
		return outcomes
	}
}

// Fetched is what became of one URL: a document, or an error whose code is
// CodeDeadline when it took too long.
type Fetched struct {
	URL      string
	Document Document
	Err      error
}

// Fetch is the use case of getting many documents, at once where the executor
// does so. It is safe for concurrent use when its executor is.
type Fetch struct {
	executor Executor[string, Document]
	urls     []string
}

// NewFetch returns the use case over an executor whose handler is FetchHandler.
// urls are what FetchConfigured gets; there may be none.
func NewFetch(executor Executor[string, Document], urls []string) *Fetch {
	return &Fetch{executor: executor, urls: slices.Clone(urls)}
}

// Configured returns how many URLs FetchConfigured gets.
func (f *Fetch) Configured() int { return len(f.urls) }

// FetchConfigured gets the URLs given to NewFetch, as Fetch does.
func (f *Fetch) FetchConfigured(ctx context.Context) []Fetched {
	return f.Fetch(ctx, f.urls)
}

// Fetch gets the URLs and returns what became of each, in their order. A URL that
// fails never fails the others.
func (f *Fetch) Fetch(ctx context.Context, urls []string) []Fetched {
	fetched := make([]Fetched, len(urls))
	for i, outcome := range f.executor.Execute(ctx, urls) {
		fetched[i] = Fetched{URL: urls[i], Document: outcome.Value, Err: outcome.Err}
	}
	return fetched
}
