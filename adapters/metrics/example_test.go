package metrics_test

import (
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/metrics"
)

func ExampleMetrics() {
	m := metrics.New()
	m.Observe("GET", "/api/v1/persons/", 200, 300*time.Microsecond)
	m.Observe("GET", "/api/v1/persons/", 404, 200*time.Microsecond)
	for _, route := range m.Routes() {
		fmt.Println(route.Method, route.Route, route.Count, route.Refused, route.Median)
	}
	// Output: GET /api/v1/persons/ 2 1 250µs
}
