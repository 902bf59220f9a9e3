package httpapi_test

import (
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/metrics"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitelimiter"
	"github.com/seed-bbcc19ba/roster/ports"
)

// BenchmarkHandler measures what httpapi itself costs a request, without network
// and database, with its line of the log and with what is counted.
func BenchmarkHandler(b *testing.B) {
	all := useCases(b, memstore.New())
	if _, err := all.CreateBulk.Generate(b.Context(), 10000); err != nil {
		b.Fatal(err)
	}
	withLog := config
	withLog.Logger = slog.New(slog.NewJSONHandler(io.Discard, nil)) //nolint:sloglint // the line is made, and not kept
	counted := metrics.New()
	withLog.Observe = func(o httpapi.Observation) { counted.Observe(o.Method, o.Route, o.Status, o.Took) }
	handler := openWith(b, all, withLog)
	for name, path := range map[string]string{"person": personsPath + "5000/", "page": personsPath} {
		b.Run(name, func(b *testing.B) {
			template := request(http.MethodGet, path, "")
			b.ReportAllocs()
			for b.Loop() {
				r := *template // a request is served once
				w := lightWriter{header: http.Header{}}
				handler.ServeHTTP(&w, &r)
				if w.status != http.StatusOK {
					b.Fatalf("got status %d, want 200", w.status)
				}
			}
		})
	}
}

// lightWriter takes an answer and keeps nothing but its status.
type lightWriter struct {
	header http.Header
	status int
}

func (w *lightWriter) Header() http.Header               { return w.header }
func (w *lightWriter) WriteHeader(status int)            { w.status = status }
func (w *lightWriter) Write(content []byte) (int, error) { return len(content), nil }

// BenchmarkLimited measures what a limit costs a request: none, one counted in memory,
// and one counted in a file, asked by one caller and by many.
func BenchmarkLimited(b *testing.B) {
	all := useCases(b, memstore.New())
	if _, err := all.CreateBulk.Generate(b.Context(), 100); err != nil {
		b.Fatal(err)
	}
	const count, period = 1_000_000_000, 24 * time.Hour
	inFile, err := sqlitelimiter.New(sqlitelimiter.Config{Path: filepath.Join(b.TempDir(), "limits"), Rate: rateOf(b, count, period)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = inFile.Close() })
	for _, limit := range []struct {
		name    string
		limiter ports.RateLimiter
	}{{"none", nil}, {"memory", inMemory(b, count, period)}, {"file", inFile}} {
		handler := openWith(b, all, limitedBy(limit.limiter))
		ask := func() {
			w := lightWriter{header: http.Header{}}
			handler.ServeHTTP(&w, request(http.MethodGet, personsPath+"50/", ""))
			if w.status != http.StatusOK {
				b.Errorf("got status %d, want 200", w.status)
			}
		}
		b.Run(limit.name+", one caller", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
		})
		b.Run(limit.name+", 64 callers", func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					ask()
				}
			})
		})
	}
}
