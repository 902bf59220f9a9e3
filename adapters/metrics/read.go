package metrics

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// What is read when somebody asks.
var (
	buildDesc = gauge("roster_build_info", "What the program was made from. The value is always 1.", "version", "revision", "goversion")

	poolWorkersDesc = gauge("roster_pool_workers", "How much an executor or a lane does at once, at most.", "pool")
	poolRunningDesc = gauge("roster_pool_running", "How much an executor or a lane does now.", "pool")
	poolQueueDesc   = gauge("roster_pool_queue", "How many calls may wait for an executor or a lane. One more is refused.", "pool")
	poolWaitingDesc = gauge("roster_pool_waiting", "How many calls wait for an executor or a lane now.", "pool")
	poolRefusedDesc = gauge("roster_pool_refused_total", "How many calls found no room in an executor or a lane.", "pool")

	connectionsDesc        = gauge("http_connections", "Connections that are open.")
	maxConnectionsDesc     = gauge("http_connections_max", "How many connections may be open, or requests be worked at, by MAX_CONNECTIONS and the limit on open files.")
	refusedConnectionsDesc = gauge("http_connections_refused_total", "Connections that found no room.")
	inFlightDesc           = gauge("http_requests_in_flight", "Requests that are being worked at, this one included.")
	refusedRequestsDesc    = gauge("http_requests_refused_total", "Requests that found no room before anything looked at them. None of http_request_duration_seconds is one.")

	storeUpDesc    = gauge("roster_store_up", "1 while the store can be read and written, and 0 where it cannot, or does not answer within a second.")
	personsDesc    = gauge("roster_persons", "Persons in the store. Not told while the store cannot be read.")
	openJobsDesc   = gauge("roster_jobs_open", "Jobs that wait or are worked off, of the first 1,000. Not told while the store cannot be read.", "state")
	chunksOpenDesc = gauge("roster_job_chunks_open", "Chunks that are left of the jobs that wait or are worked off. Not told while the store cannot be read.")
	oldestJobDesc  = gauge("roster_jobs_oldest_open_age_seconds", "How long ago the oldest of the jobs was made that wait or are worked off; 0 where there is none. Not told while the store cannot be read.")
)

// read tells what Sources know.
type read struct {
	*Sources
	store *storeLook // nil where there is no Store
}

func newRead(sources *Sources) *read {
	r := &read{Sources: sources}
	if sources.Store != nil {
		r.store = newStoreLook(sources)
	}
	return r
}

// Describe implements prometheus.Collector.
func (r *read) Describe(told chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		buildDesc, poolWorkersDesc, poolRunningDesc, poolQueueDesc, poolWaitingDesc, poolRefusedDesc,
		connectionsDesc, maxConnectionsDesc, refusedConnectionsDesc, inFlightDesc, refusedRequestsDesc,
		storeUpDesc, personsDesc, openJobsDesc, chunksOpenDesc, oldestJobDesc,
	} {
		told <- desc
	}
}

// teller tells single values.
type teller chan<- prometheus.Metric

func (t teller) now(desc *prometheus.Desc, value int, labels ...string) {
	t <- orInvalid(desc)(prometheus.NewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...))
}

func (t teller) total(desc *prometheus.Desc, count uint64, labels ...string) {
	t <- orInvalid(desc)(prometheus.NewConstMetric(desc, prometheus.CounterValue, float64(count), labels...))
}

// Collect implements prometheus.Collector. It waits for the store no longer than storePatience, and for nobody else.
func (r *read) Collect(told chan<- prometheus.Metric) {
	tell := teller(told)
	tell.now(buildDesc, 1, r.Version, r.Revision, runtime.Version())
	if r.Loads != nil {
		tell.loads(r.Loads())
	}
	if r.Server != nil {
		tell.server(r.Server())
	}
	if r.store != nil {
		found, up := r.store.figures()
		tell.store(found, up, time.Now())
	}
}

func (t teller) loads(loads []ports.NamedLoad) {
	for _, load := range loads {
		t.now(poolWorkersDesc, load.Workers, load.Name)
		t.now(poolRunningDesc, load.Running, load.Name)
		t.now(poolQueueDesc, load.Queue, load.Name)
		t.now(poolWaitingDesc, load.Waiting, load.Name)
		t.total(poolRefusedDesc, load.Refused, load.Name)
	}
}

func (t teller) server(figures ServerFigures) {
	t.now(connectionsDesc, figures.Connections)
	t.now(maxConnectionsDesc, figures.MaxConnections)
	t.total(refusedConnectionsDesc, figures.RefusedConnections)
	t.now(inFlightDesc, figures.Requests)
	t.total(refusedRequestsDesc, figures.RefusedRequests)
}

func (t teller) store(found storeFigures, up bool, now time.Time) {
	value := 0
	if up {
		value = 1
	}
	t.now(storeUpDesc, value)
	if !found.read {
		return
	}
	t.now(personsDesc, int(found.persons))
	t.now(openJobsDesc, found.jobs.queued, string(domain.JobQueued))
	t.now(openJobsDesc, found.jobs.running, string(domain.JobRunning))
	t.now(chunksOpenDesc, found.jobs.chunksLeft)
	age := 0.0
	if !found.jobs.oldest.IsZero() {
		age = max(0, now.Sub(found.jobs.oldest).Seconds())
	}
	t <- orInvalid(oldestJobDesc)(prometheus.NewConstMetric(oldestJobDesc, prometheus.GaugeValue, age))
}
