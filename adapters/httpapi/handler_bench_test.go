package httpapi_test

import (
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

// BenchmarkHandler measures what httpapi itself costs a request, without network
// and database, with its line of the log.
func BenchmarkHandler(b *testing.B) {
	all := useCases(b, memstore.New())
	if _, err := all.CreateBulk.Generate(b.Context(), 10000); err != nil {
		b.Fatal(err)
	}
	withLog := config
	withLog.Logger = slog.New(slog.NewJSONHandler(io.Discard, nil)) //nolint:sloglint // the line is made, and not kept
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
