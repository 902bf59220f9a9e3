// Package metrics counts what a process does, and tells it to Prometheus: requests by their route and
// status, calls of the store, fetches, tasks of jobs, and what rate limits decided, each with how long it took where that
// matters. What is counted elsewhere anyway, such as how many calls wait for an executor, is
// read when somebody asks.
//
// Nothing is counted twice: the pages of the admin and Prometheus read the same histograms.
package metrics

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Metrics are the figures of one process. They are safe for concurrent use.
//
// A request costs about 20 ns, and no garbage; each method, route and status that there was
// keeps a quarter KiB. So does each method of the store with each outcome.
type Metrics struct {
	requests *durations[answer]
	calls    *durations[domain.Code] // of the store, by method; "" is success
	fetches  *durations[none]        // by outcome
	tasks    *durations[none]        // by outcome
	jobs     jobCounts
	rates    *prometheus.CounterVec
}

// answer is what requests of a route have in common.
type answer struct {
	method string
	status int
}

type none struct{}

// New returns Metrics of nothing.
func New() *Metrics {
	return &Metrics{
		requests: newDurations[answer](requestBounds),
		calls:    newDurations[domain.Code](callBounds),
		fetches:  newDurations[none](requestBounds),
		tasks:    newDurations[none](requestBounds),
		jobs:     newJobCounts(),
		rates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_rate_limit_decisions_total",
			Help: "What rate limits decided: of requests (RATE_LIMIT) and of tries to sign in. Where they failed, the request went on.",
		}, []string{"limit", "outcome"}),
	}
}

// Observe counts a request. There must be few methods, routes and statuses: each that ever
// came is kept.
func (m *Metrics) Observe(method, route string, status int, took time.Duration) {
	m.requests.observe(route, answer{method, status}, took)
}

// Call is a ports.CallObserver: it counts calls of the layers store, fetcher and job, and takes no notice of others.
func (m *Metrics) Call(ctx context.Context, call ports.Call) (context.Context, func(err error)) {
	began := time.Now()
	switch {
	case call.Layer == ports.LayerStore && call.Method != ports.MethodAwaitJob: // which waits on purpose
		method := call.Method // so that not all of call is kept
		return ctx, func(err error) { m.calls.observe(method, codeOf(err), time.Since(began)) }
	case call.Layer == ports.LayerFetcher:
		return ctx, func(err error) { m.fetches.observe(outcomeOf(codeOf(err)), none{}, time.Since(began)) }
	case call.Layer == ports.LayerJob && call.Method == ports.MethodWork:
		return ctx, func(err error) { m.tasks.observe(outcomeOf(codeOf(err)), none{}, time.Since(began)) }
	case call.Layer == ports.LayerJob && call.Method == ports.MethodGiveUp:
		return ctx, func(err error) {
			if err == nil { // else the job has not failed with its task
				m.jobs.givenUp.Inc()
			}
		}
	default:
		return ctx, func(error) {}
	}
}

var _ ports.CallObserver = (*Metrics)(nil).Call

// outcomeOK is what is told of a call without an error; of any other it is the error's code.
const outcomeOK = "ok"

// codeOf is domain.CodeOf without garbage where there is no error.
func codeOf(err error) domain.Code {
	if err == nil {
		return ""
	}
	return domain.CodeOf(err)
}

func outcomeOf(code domain.Code) string {
	if code == "" {
		return outcomeOK
	}
	return string(code)
}

// Routes returns the figures of each method and route that had a request, those with the
// most requests first. Median and P99 are as exact as the bounds are near one another: a
// true one lies within the same two of 100 µs, 250 µs, 500 µs, 1 ms, 2.5 ms and so on to 10 s, and of
// more than 10 s it says 10 s.
func (m *Metrics) Routes() []ports.RouteFigures {
	var all []ports.RouteFigures
	for route, of := range m.requests.all() {
		figures, sums := map[string]*ports.RouteFigures{}, map[string]buckets{}
		for _, one := range of {
			method := one.rest.method
			if figures[method] == nil {
				figures[method], sums[method] = &ports.RouteFigures{Method: method, Route: route}, make(buckets, len(requestBounds)+1)
			}
			count := one.addTo(sums[method])
			figures[method].Count += count
			switch one.rest.status / 100 {
			case 4:
				figures[method].Refused += count
			case 5:
				figures[method].Failed += count
			}
		}
		for method, one := range figures {
			one.Median, one.P99 = sums[method].quantile(requestBounds, 0.5), sums[method].quantile(requestBounds, 0.99)
			all = append(all, *one)
		}
	}
	slices.SortFunc(all, func(a, b ports.RouteFigures) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Route, b.Route), cmp.Compare(a.Method, b.Method))
	})
	return all
}

// statusText returns the status as a label has it.
func (a answer) statusText() string { return strconv.Itoa(a.status) }
