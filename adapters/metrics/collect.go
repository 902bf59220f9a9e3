package metrics

import (
	"github.com/seed-bbcc19ba/roster/domain"

	"github.com/prometheus/client_golang/prometheus"
)

// What durations are told as.
var (
	requestsDesc = prometheus.NewDesc("http_request_duration_seconds",
		"How long requests took, from their headers to the end of the answer. The route \"unmatched\" is every path that there is not, status 0 an answer that was broken off before it began.",
		[]string{"method", "route", "status"}, nil)
	callsDesc = prometheus.NewDesc("roster_store_call_duration_seconds",
		"How long calls of the store took, what they waited for within it included, by what became of them: ok, or the code of the error.",
		[]string{"method", "outcome"}, nil)
	fetchesDesc = prometheus.NewDesc("roster_fetch_duration_seconds",
		"How long it took to fetch a document, all tries together, by what became of it: ok, or the code of the error.",
		[]string{"outcome"}, nil)
	tasksDesc = prometheus.NewDesc("roster_job_task_duration_seconds",
		"How long tries of tasks of jobs took, by what became of them: ok, or the code of the error. A task is a chunk, or all of a job that is all or nothing.",
		[]string{"outcome"}, nil)
)

// counted tells what Metrics counts itself.
type counted struct{ *Metrics }

// Describe implements prometheus.Collector.
func (c counted) Describe(told chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{requestsDesc, callsDesc, fetchesDesc, tasksDesc} {
		told <- desc
	}
}

// Collect implements prometheus.Collector.
func (c counted) Collect(told chan<- prometheus.Metric) {
	collect(told, requestsDesc, c.requests, func(route string, of answer) []string { return []string{of.method, route, of.statusText()} })
	collect(told, callsDesc, c.calls, func(method string, code domain.Code) []string { return []string{method, outcomeOf(code)} })
	byOutcome := func(outcome string, _ none) []string { return []string{outcome} }
	collect(told, fetchesDesc, c.fetches, byOutcome)
	collect(told, tasksDesc, c.tasks, byOutcome)
}

// collect tells durations as histograms with the labels that a name and the rest make.
func collect[Rest comparable](told chan<- prometheus.Metric, desc *prometheus.Desc, of *durations[Rest], labels func(name string, rest Rest) []string) {
	for name, series := range of.all() {
		for _, one := range series {
			upTo, count, seconds := one.cumulative()
			told <- orInvalid(desc)(prometheus.NewConstHistogram(desc, count, seconds, upTo, labels(name, one.rest)...))
		}
	}
}

// orInvalid returns what makes of a metric that cannot be one what tells so: the scrape fails then, and not the process.
func orInvalid(desc *prometheus.Desc) func(metric prometheus.Metric, err error) prometheus.Metric {
	return func(metric prometheus.Metric, err error) prometheus.Metric {
		if err != nil {
			return prometheus.NewInvalidMetric(desc, err)
		}
		return metric
	}
}
