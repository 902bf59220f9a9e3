package tracing_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/tracing"
	"github.com/seed-bbcc19ba/roster/ports"
)

// BenchmarkRequest is what a traced request of four spans costs, with a collector that throws them away.
func BenchmarkRequest(b *testing.B) {
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer collector.Close()
	for name, sampler := range map[string]string{"each": "always_on", "none": "always_off"} {
		b.Run(name, func(b *testing.B) {
			chosen, err := tracing.NewSampler(sampler, 1)
			if err != nil {
				b.Fatal(err)
			}
			traced, err := tracing.New(tracing.Config{Endpoint: collector.URL, Sampler: chosen})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = traced.Close(context.Background()) }()
			b.ReportAllocs()
			for b.Loop() {
				ctx, answered := traced.Request(b.Context(), http.Header{}, "id")
				ctx, registry := traced.Call(ctx, ports.Call{Layer: "registry", Method: "Get"})
				ctx, store := traced.Call(ctx, ports.Call{Layer: "store", Method: "Find"})
				traced.Query(ctx, ports.Query{SQL: "SELECT name, age FROM persons_person WHERE id = ?", Began: time.Now(), Took: time.Microsecond, Rows: 1})
				store(nil)
				registry(nil)
				if answered != nil {
					answered("GET", "/api/v1/persons/{pk}/", 200)
				}
			}
		})
	}
}
