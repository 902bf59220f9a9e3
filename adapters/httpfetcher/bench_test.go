package httpfetcher_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
)

// BenchmarkFetch50 gets 50 documents at once, as the use case does. The stub
// shares the processor.
func BenchmarkFetch50(b *testing.B) {
	for _, wait := range []time.Duration{0, 100 * time.Millisecond} {
		b.Run(fmt.Sprintf("from upstreams that take %v", wait), func(b *testing.B) {
			stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(wait)
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `{"id": 1, "title": "stub"}`)
			}))
			defer stub.Close()
			fetcher := opened(b, httpfetcher.Config{})
			executor, err := localexec.New(domain.FetchHandler(fetcher), localexec.PerItem(50, 0))
			if err != nil {
				b.Fatal(err)
			}
			defer executor.Close()
			urls := make([]string, 50)
			for i := range urls {
				urls[i] = fmt.Sprintf("%s/%d", stub.URL, i)
			}
			fetch := domain.NewFetch(executor, urls)
			b.ReportAllocs()
			for b.Loop() {
				for _, fetched := range fetch.FetchConfigured(b.Context()) {
					if fetched.Err != nil {
						b.Fatal(fetched.Err)
					}
				}
			}
		})
	}
}

// BenchmarkLargeDocument shows what a document of 1 MiB takes in memory.
func BenchmarkLargeDocument(b *testing.B) {
	document := `"` + strings.Repeat("x", 1<<20-2) + `"`
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, document)
	}))
	defer stub.Close()
	fetcher := opened(b, httpfetcher.Config{})
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fetcher.FetchDocument(b.Context(), stub.URL); err != nil {
			b.Fatal(err)
		}
	}
}
