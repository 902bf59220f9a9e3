package metrics_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-bbcc19ba/roster/adapters/metrics"
)

// The same request counted in three ways: as Metrics does, by a histogram of the library with its labels looked up, and by
// one that was looked up before, which no caller could keep for each route and status without a map as Metrics has it.
func BenchmarkWaysToCountARequest(b *testing.B) {
	routes := []string{"/healthz", "/api/v1/", "/api/v1/persons/", "/api/v1/persons/{pk}/"}
	statuses := []int{404, 200, 304}
	const route, status, took = "/api/v1/persons/{pk}/", 200, 300 * time.Microsecond
	own := metrics.New()
	library := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Measured.",
		Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})
	for _, route := range routes {
		for _, status := range statuses {
			own.Observe("GET", route, status, took)
			library.WithLabelValues("GET", route, strconv.Itoa(status)).Observe(took.Seconds())
		}
	}
	b.Run("own", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			own.Observe("GET", route, status, took)
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			library.WithLabelValues("GET", route, strconv.Itoa(status)).Observe(took.Seconds())
		}
	})
	b.Run("library, looked up before", func(b *testing.B) {
		known := library.WithLabelValues("GET", route, strconv.Itoa(status))
		b.ReportAllocs()
		for b.Loop() {
			known.Observe(took.Seconds())
		}
	})
}
