package metrics_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/adapters/metrics"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// store is a metrics.StoreReader.
type store struct {
	page func(ctx context.Context) (domain.Page, error)
	jobs []domain.Job
}

func (s store) Page(ctx context.Context, _ domain.PageQuery) (domain.Page, error) {
	if s.page == nil {
		return domain.Page{Total: 3}, nil
	}
	return s.page(ctx)
}

func (s store) OpenJobs(context.Context, int) ([]domain.Job, error) { return s.jobs, nil }

// full returns what answers scrapes and has something to tell of each kind.
func full(t *testing.T) http.Handler {
	t.Helper()
	m := metrics.New()
	m.Observe("GET", "/api/v1/", 200, time.Millisecond)
	for layer, method := range map[string]string{"store": "Find", "fetcher": "FetchDocument", "job": "Work"} {
		call(t, m, layer, method, nil)
	}
	rate, err := domain.NewRate(1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	limiter, err := memlimiter.New(rate)
	if err != nil {
		t.Fatal(err)
	}
	m.RateLimiter("requests", limiter)
	return m.Handler(metrics.Sources{
		Version:  "v1.2.3",
		Revision: "0123456789abcdef",
		Loads:    func() []ports.NamedLoad { return []ports.NamedLoad{{Name: "CHECK"}} },
		Server:   func() metrics.ServerFigures { return metrics.ServerFigures{Connections: 7} },
		Store:    store{},
	}, nil)
}

// call tells of a call that is over at once.
func call(tb testing.TB, m *metrics.Metrics, layer, method string, err error) {
	tb.Helper()
	_, end := m.Call(tb.Context(), ports.Call{Layer: layer, Method: method})
	end(err)
}

// scrape returns what a scrape is answered.
func scrape(handler http.Handler, accept string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
	r.Header.Set("Accept", accept)
	handler.ServeHTTP(w, r)
	return w
}

// families returns what a scrape tells, by the names of its metrics.
func families(t *testing.T, handler http.Handler) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	answer := scrape(handler, "")
	if answer.Code != http.StatusOK {
		t.Fatalf("got %d %s, want 200", answer.Code, answer.Body)
	}
	found, err := parser.TextToMetricFamilies(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// gauge returns the value of a gauge without labels, or -1 where it is not told.
func gauge(t *testing.T, handler http.Handler, name string) float64 {
	t.Helper()
	family := families(t, handler)[name]
	if family == nil {
		return -1
	}
	return family.GetMetric()[0].GetGauge().GetValue()
}

func TestMetricsAreNamedAsPrometheusWantsThem(t *testing.T) {
	t.Parallel()
	problems, err := promlint.New(scrape(full(t), "").Body).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
}

func TestAScrapeIsAnsweredInTheFormatThatItPrefers(t *testing.T) {
	t.Parallel()
	handler := full(t)
	for _, test := range []struct{ accept, mediaType, end string }{
		{"", "text/plain; version=0.0.4", "\n"},
		{"*/*", "text/plain; version=0.0.4", "\n"},
		{"text/html", "text/plain; version=0.0.4", "\n"},
		{"application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text; version=1.0.0", "\n# EOF\n"},
		{"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited", "text/plain; version=0.0.4", "\n"},
	} {
		answer := scrape(handler, test.accept)
		if got := answer.Header().Get("Content-Type"); answer.Code != http.StatusOK || !strings.HasPrefix(got, test.mediaType) {
			t.Errorf("Accept %q: got %d with %q, want %q", test.accept, answer.Code, got, test.mediaType)
		}
		if !strings.HasSuffix(answer.Body.String(), test.end) || answer.Body.Len() == 0 {
			t.Errorf("Accept %q: got %d bytes without the end %q", test.accept, answer.Body.Len(), test.end)
		}
	}
}

func TestThePagesOfTheAdminAndPrometheusReadTheSame(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	for i := range 100 {
		m.Observe("GET", "/api/v1/", 200, time.Duration(i)*time.Millisecond)
	}
	m.Observe("GET", "/api/v1/", 503, 20*time.Second)
	told := families(t, m.Handler(metrics.Sources{}, nil))["http_request_duration_seconds"]
	var counted uint64
	for _, series := range told.GetMetric() {
		histogram := series.GetHistogram()
		counted += histogram.GetSampleCount()
		if histogram.GetSampleCount() != 100 {
			continue
		}
		if got := histogram.GetSampleSum(); got < 4.949 || got > 4.951 {
			t.Errorf("got a sum of %v s, want 4.95", got)
		}
		for _, bucket := range histogram.GetBucket() {
			if bound := bucket.GetUpperBound(); bound == 0.05 && bucket.GetCumulativeCount() != 51 {
				t.Errorf("got %d of up to 50 ms, want 51: a bound is in its bucket, and all below are counted", bucket.GetCumulativeCount())
			}
		}
	}
	if routes := m.Routes(); counted != 101 || routes[0].Count != counted || routes[0].Failed != 1 {
		t.Errorf("got %d by a scrape and %+v by Routes, want 101 of both", counted, routes)
	}
}

func TestAStoreThatIsStuckHoldsUpNoScrape(t *testing.T) {
	t.Parallel()
	for name, sources := range map[string]metrics.Sources{
		"to read": {Store: store{page: func(context.Context) (domain.Page, error) { time.Sleep(time.Hour); return domain.Page{}, nil }}},
		"to write": {Store: store{}, Ready: func(context.Context) error {
			time.Sleep(time.Hour)
			return nil
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			handler := metrics.New().Handler(sources, nil)
			for range 3 {
				began := time.Now()
				if up := gauge(t, handler, "roster_store_up"); up != 0 {
					t.Errorf("a store that is stuck %s: got up %v, want 0", name, up)
				}
				if took := time.Since(began); took > time.Second {
					t.Errorf("a store that is stuck %s: it took %s, want a second at most", name, took)
				}
			}
			persons := gauge(t, handler, "roster_persons")
			if want := map[string]float64{"to read": -1, "to write": 3}[name]; persons != want {
				t.Errorf("a store that is stuck %s: got %v persons, want %v", name, persons, want)
			}
			time.Sleep(time.Hour) // nothing is left behind
		})
	}
}

func TestAStoreThatIsWellAgainIsToldSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fault atomic.Value
		handler := metrics.New().Handler(metrics.Sources{Store: store{page: func(ctx context.Context) (domain.Page, error) {
			switch fault.Load() {
			case "slow":
				<-ctx.Done()
				return domain.Page{}, domain.ContextError(ctx)
			case "panic":
				panic("planted")
			}
			return domain.Page{Total: 5}, nil
		}}}, nil)
		for _, next := range []string{"slow", "panic", "slow"} {
			fault.Store(next)
			if up := gauge(t, handler, "roster_store_up"); up != 0 {
				t.Errorf("%s: got up %v, want 0", next, up)
			}
			time.Sleep(6 * time.Second) // the look ends, and the rest after it
		}
		fault.Store("")
		if up, persons := gauge(t, handler, "roster_store_up"), gauge(t, handler, "roster_persons"); up != 1 || persons != 5 {
			t.Errorf("a store that is well again: got up %v with %v persons, want 1 with 5", up, persons)
		}
	})
}

func TestToLookAtTheStoreTakesATenthOfItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		handler := metrics.New().Handler(metrics.Sources{Store: store{page: func(context.Context) (domain.Page, error) {
			time.Sleep(300 * time.Millisecond) // to count a large table
			looks.Add(1)
			return domain.Page{Total: 10_000_000}, nil
		}}}, nil)
		for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(100 * time.Millisecond) {
			if persons := gauge(t, handler, "roster_persons"); persons != 10_000_000 {
				t.Fatalf("got %v persons, want those of the last look", persons)
			}
		}
		looking := time.Duration(looks.Load()) * 300 * time.Millisecond
		if looking > 7*time.Second || looking < 5*time.Second {
			t.Errorf("a minute of scrapes looked for %s, want some 6 s", looking)
		}
	})
}

// Who scrapes without a pause gets the same figures again for nine times as long as it took to gather them.
func TestToScrapeWithoutAPauseTakesATenthOfAProcessor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var gathered atomic.Int64
		handler := metrics.New().Handler(metrics.Sources{Loads: func() []ports.NamedLoad {
			gathered.Add(1)
			time.Sleep(20 * time.Millisecond)
			return nil
		}}, nil)
		for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(time.Millisecond) {
			scrape(handler, "")
			scrape(handler, "application/openmetrics-text;version=1.0.0")
		}
		if gathered := gathered.Load(); gathered < 48 || gathered > 51 {
			t.Errorf("got the figures gathered %d times in 10 s, want 50: a tenth of the time, 20 ms each", gathered)
		}
	})
}

func TestAMetricThatCannotBeToldFailsTheScrapeAndNotTheProcess(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	m.Observe("GET", "\xff", 200, time.Millisecond)
	var log bytes.Buffer
	answer := scrape(m.Handler(metrics.Sources{}, slog.New(slog.NewTextHandler(&log, nil))), "")
	if answer.Code != http.StatusInternalServerError || !strings.Contains(log.String(), "cannot be told") {
		t.Errorf("got %d and the log %q, want 500 and why in the log", answer.Code, log.String())
	}
}

func TestJobsThatAreOpenAreCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		told := families(t, metrics.New().Handler(metrics.Sources{Store: store{jobs: []domain.Job{
			{State: domain.JobQueued, Chunks: 5, Left: 5, Created: now.Add(-time.Minute)},
			{State: domain.JobRunning, Chunks: 9, Left: 2, Created: now.Add(-time.Hour)},
			{State: domain.JobQueued, Chunks: 1, Left: 1, Created: now},
		}}}, nil))
		got := map[string]float64{}
		for _, series := range told["roster_jobs_open"].GetMetric() {
			got[series.GetLabel()[0].GetValue()] = series.GetGauge().GetValue()
		}
		if got["queued"] != 2 || got["running"] != 1 || len(got) != 2 {
			t.Errorf("jobs: got %v, want 2 queued and 1 running", got)
		}
		if left := told["roster_job_chunks_open"].GetMetric()[0].GetGauge().GetValue(); left != 8 {
			t.Errorf("chunks: got %v, want 8", left)
		}
		if age := told["roster_jobs_oldest_open_age_seconds"].GetMetric()[0].GetGauge().GetValue(); age != 3600 {
			t.Errorf("the oldest: got %v s, want an hour", age)
		}
	})
}

func TestALimiterThatFailsIsCountedUnlessItsClientGaveUp(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	answers := []error{nil, nil, &domain.Error{Code: domain.CodeUnavailable}, errors.New("broken"), context.Canceled, context.DeadlineExceeded}
	limiter := m.RateLimiter("requests", limiterOf(func() (domain.Decision, error) {
		err := answers[0]
		answers = answers[1:]
		return domain.Decision{Allowed: len(answers) == 5}, err
	}))
	for range answers {
		_, _ = limiter.Take(t.Context(), "", 1)
	}
	got := map[string]float64{}
	for _, series := range families(t, m.Handler(metrics.Sources{}, nil))["roster_rate_limit_decisions_total"].GetMetric() {
		got[series.GetLabel()[1].GetValue()] = series.GetCounter().GetValue()
	}
	if got["allowed"] != 1 || got["refused"] != 1 || got["failed"] != 2 {
		t.Errorf("got %v, want 1 allowed, 1 refused and 2 failed", got)
	}
}

func TestCallsAreCountedByWhatBecameOfThem(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	for _, one := range []struct {
		layer, method string
		err           error
	}{
		{"store", "Find", nil},
		{"store", "Find", domain.NotFound(1)},
		{"store", "Find", errors.New("broken")},
		{"store", "AwaitJob", nil}, // waits on purpose
		{"fetcher", "FetchDocument", nil},
		{"fetcher", "FetchDocument", context.DeadlineExceeded},
		{"job", "Work", nil},
		{"job", "Work", errors.New("broken")},
		{"job", "GiveUp", nil},
		{"job", "GiveUp", errors.New("broken")}, // its job goes on
		{"job", "Idle", nil},
		{"registry", "Get", nil},
		{"executor", "batch", nil},
	} {
		call(t, m, one.layer, one.method, one.err)
	}
	got := map[string]uint64{}
	told := families(t, m.Handler(metrics.Sources{}, nil))
	for _, name := range []string{"roster_store_call_duration_seconds", "roster_fetch_duration_seconds", "roster_job_task_duration_seconds"} {
		for _, one := range told[name].GetMetric() {
			key := name
			for _, label := range one.GetLabel() {
				key += " " + label.GetValue()
			}
			got[key] = one.GetHistogram().GetSampleCount()
		}
	}
	want := map[string]uint64{
		"roster_store_call_duration_seconds Find ok": 1, "roster_store_call_duration_seconds Find not_found": 1, "roster_store_call_duration_seconds Find internal": 1,
		"roster_fetch_duration_seconds ok": 1, "roster_fetch_duration_seconds deadline": 1,
		"roster_job_task_duration_seconds ok": 1, "roster_job_task_duration_seconds internal": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if given := told["roster_job_tasks_given_up_total"].GetMetric()[0].GetCounter().GetValue(); given != 1 {
		t.Errorf("got %v tasks given up, want 1: one could not be, and what else there is to a job is none", given)
	}
}

type limiterOf func() (domain.Decision, error)

func (l limiterOf) Take(context.Context, string, int) (domain.Decision, error) { return l() }
func (limiterOf) Close() error                                                 { return nil }

func BenchmarkCall(b *testing.B) {
	m := metrics.New()
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		_, end := m.Call(ctx, ports.Call{Layer: "store", Method: "Find"})
		end(nil)
	}
}

func BenchmarkScrape(b *testing.B) {
	m := metrics.New()
	for _, route := range strings.Fields("/a /b /c /d /e /f /g /h /i /j") {
		for _, status := range []int{200, 404, 503} {
			m.Observe("GET", route, status, time.Millisecond)
			call(b, m, "store", route, nil)
		}
	}
	for b.Loop() { // each has figures of its own, so none answers what another gathered
		answer := scrape(m.Handler(metrics.Sources{Store: store{}}, nil), "")
		_, _ = io.Copy(io.Discard, answer.Body)
	}
}
