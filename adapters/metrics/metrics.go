// Package metrics counts requests, and how long they took: in all, by method, route and
// status. What it keeps is a histogram as Prometheus has them, by the name
// http_request_duration_seconds and with the labels method, route and status.
package metrics

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Metrics are the figures of the requests of one process. They are safe for concurrent use.
//
// A request costs about 20 ns, and no garbage; each method, route and status that there was
// keeps a quarter KiB.
type Metrics struct {
	adding sync.Mutex
	series atomic.Pointer[map[string][]series] // by route; what it holds is never changed: it is replaced
}

// series are the requests of a route that have a method and a status in common.
type series struct {
	method string
	status int
	*histogram
}

// find returns the histogram of a method and a status of a route, or nil. A route has few,
// and that of its most common requests mostly came first.
func find(of []series, method string, status int) *histogram {
	for i := range of {
		if of[i].status == status && of[i].method == method {
			return of[i].histogram
		}
	}
	return nil
}

// New returns Metrics of no requests.
func New() *Metrics {
	m := &Metrics{}
	m.series.Store(&map[string][]series{})
	return m
}

// Observe counts a request. There must be few methods, routes and statuses: each that ever
// came is kept.
func (m *Metrics) Observe(method, route string, status int, took time.Duration) {
	known := find((*m.series.Load())[route], method, status)
	if known == nil {
		known = m.add(method, route, status)
	}
	known.observe(took)
}

// add returns the histogram of what was not known a moment ago.
func (m *Metrics) add(method, route string, status int) *histogram {
	m.adding.Lock()
	defer m.adding.Unlock()
	before := *m.series.Load()
	if known := find(before[route], method, status); known != nil {
		return known
	}
	added := &histogram{}
	all := maps.Clone(before)
	all[route] = append(slices.Clone(before[route]), series{method, status, added})
	m.series.Store(&all)
	return added
}

// Routes returns the figures of each method and route that had a request, those with the
// most requests first. Median and P99 are as exact as the bounds are near one another: a
// true one lies within the same two of 100 µs, 250 µs, 500 µs, 1 ms, 2.5 ms and so on to 10 s, and of
// more than 10 s it says 10 s.
func (m *Metrics) Routes() []ports.RouteFigures {
	var all []ports.RouteFigures
	for route, of := range *m.series.Load() {
		figures, sums := map[string]*ports.RouteFigures{}, map[string]*buckets{}
		for _, one := range of {
			if figures[one.method] == nil {
				figures[one.method], sums[one.method] = &ports.RouteFigures{Method: one.method, Route: route}, &buckets{}
			}
			count := one.addTo(sums[one.method])
			figures[one.method].Count += count
			switch one.status / 100 {
			case 4:
				figures[one.method].Refused += count
			case 5:
				figures[one.method].Failed += count
			}
		}
		for method, one := range figures {
			one.Median, one.P99 = sums[method].quantile(0.5), sums[method].quantile(0.99)
			all = append(all, *one)
		}
	}
	slices.SortFunc(all, func(a, b ports.RouteFigures) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Route, b.Route), cmp.Compare(a.Method, b.Method))
	})
	return all
}
