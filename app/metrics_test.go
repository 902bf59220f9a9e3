package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// scrape returns what /metrics tells, as text.
func scrape(t *testing.T, a *app.App) string {
	t.Helper()
	answer := httptest.NewRecorder()
	a.Handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost/metrics", http.NoBody))
	if answer.Code != http.StatusOK {
		t.Fatalf("got %d %s, want 200", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// families returns what a scrape told.
func families(t *testing.T, text string) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	found, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// isOfTheProcess tells of a metric that every program in Go has.
func isOfTheProcess(name string) bool {
	return strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_")
}

// series returns the value of each series that a scrape told, by its name and the values of its labels; of a histogram
// how many it has counted. What every program in Go has is left out.
func series(t *testing.T, text string) map[string]float64 {
	t.Helper()
	found := map[string]float64{}
	for name, family := range families(t, text) {
		if isOfTheProcess(name) {
			continue
		}
		for _, one := range family.GetMetric() {
			key := name
			for _, label := range one.GetLabel() {
				key += " " + label.GetValue()
			}
			found[key] = one.GetGauge().GetValue() + one.GetCounter().GetValue() + float64(one.GetHistogram().GetSampleCount())
		}
	}
	return found
}

// ask sends a request to the App as one of its clients.
func ask(t *testing.T, a *app.App, client, method, target, contentType, body string, want int) {
	t.Helper()
	r := httptest.NewRequest(method, "http://localhost"+target, strings.NewReader(body))
	r.RemoteAddr = client + ":1234"
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	answer := httptest.NewRecorder()
	a.Handler.ServeHTTP(answer, r)
	if answer.Code != want {
		t.Fatalf("%s %s: got %d %s, want %d", method, target, answer.Code, answer.Body, want)
	}
}

func TestAScrapeTellsExactlyWhatWasDone(t *testing.T) {
	t.Parallel()
	good := newUpstream(t, document(10))
	bad := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	sqlite, _ := databaseIn(t)
	for name, database := range map[string]string{"memory": "memory:", "SQLite": sqlite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, map[string]string{"DATABASE_URL": database, "FETCH_URLS": good + "," + good + "/2," + bad, "RATE_LIMIT": "26000/24h"})
			const json, ours, theirs = "application/json", "192.0.2.1", "192.0.2.2"
			for range 3 {
				ask(t, a, ours, "POST", "/api/v1/persons/", json, `{"name":"Ann","age":31}`, 201)
			}
			ask(t, a, ours, "POST", "/api/v1/persons/", json, `{"name":"","age":31}`, 400)
			for range 5 {
				ask(t, a, ours, "GET", "/api/v1/persons/2/", "", "", 200)
			}
			ask(t, a, ours, "GET", "/api/v1/persons/999999/", "", "", 404)
			for range 4 {
				ask(t, a, ours, "GET", "/api/v1/check/?pk=3", "", "", 200)
			}
			for range 2 {
				ask(t, a, ours, "POST", "/api/v1/create_bulk/", json, `{"count":10}`, 201)
			}
			ask(t, a, ours, "POST", "/api/v1/async_create_bulk/", json, `{"count":7}`, 200)
			for range 2 {
				ask(t, a, ours, "GET", "/api/v1/fetch_data/", "", "", 200)
			}
			ask(t, a, ours, "DELETE", "/api/v1/persons/1/", "", "", 204)
			for _, path := range []string{"/nowhere", "/else/where"} {
				ask(t, a, ours, "GET", path, "", "", 404)
			}
			ask(t, a, theirs, "POST", "/api/v1/jobs/", json, `{"kind":"generate","count":25000}`, 202)
			ask(t, a, theirs, "POST", "/api/v1/jobs/", "text/csv", "name,age\nAda,36\n,1\nBob,40\n", 202)
			ask(t, a, theirs, "POST", "/api/v1/jobs/", json, `{"kind":"generate","count":500}`, 202)
			ask(t, a, theirs, "POST", "/api/v1/create_bulk/", json, `{"count":9000}`, 429)
			ask(t, a, theirs, "POST", "/api/v1/create_bulk/", json, `{"count":9000}`, 429)
			jobs, err := a.Jobs.List(t.Context(), "", 10)
			if err != nil || len(jobs) != 3 {
				t.Fatalf("got %d jobs and %v, want 3", len(jobs), err)
			}
			if _, err := a.Jobs.Cancel(t.Context(), jobs[0].ID); err != nil { // nobody works yet
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			worked := make(chan error, 1)
			go func() { worked <- a.Work(ctx, 1, nil) }()
			for _, job := range jobs[1:] {
				waitForJob(t, a, job.ID)
			}
			stop()
			if err := receive(t, worked, "the worker's end"); err != nil {
				t.Errorf("Work: got %v, want nil", err)
			}

			got := series(t, scrape(t, a))
			want := map[string]float64{
				"http_request_duration_seconds POST /api/v1/persons/ 201":           3,
				"http_request_duration_seconds POST /api/v1/persons/ 400":           1,
				"http_request_duration_seconds GET /api/v1/persons/{pk}/ 200":       5,
				"http_request_duration_seconds GET /api/v1/persons/{pk}/ 404":       1,
				"http_request_duration_seconds DELETE /api/v1/persons/{pk}/ 204":    1,
				"http_request_duration_seconds GET /api/v1/check/ 200":              4,
				"http_request_duration_seconds POST /api/v1/create_bulk/ 201":       2,
				"http_request_duration_seconds POST /api/v1/create_bulk/ 429":       2,
				"http_request_duration_seconds POST /api/v1/async_create_bulk/ 200": 1,
				"http_request_duration_seconds GET /api/v1/fetch_data/ 200":         2,
				"http_request_duration_seconds GET unmatched 404":                   2,
				"http_request_duration_seconds POST /api/v1/jobs/ 202":              3,

				"roster_store_call_duration_seconds Create ok":      3,
				"roster_store_call_duration_seconds CreateBatch ok": 3,
				"roster_store_call_duration_seconds Find ok":        5 + 4,
				"roster_store_call_duration_seconds Find not_found": 1,
				"roster_store_call_duration_seconds Delete ok":      1,
				"roster_store_call_duration_seconds CreateJob ok":   3,
				"roster_store_call_duration_seconds SubmitJob ok":   3,
				"roster_store_call_duration_seconds EndChunks ok":   4,

				"roster_fetch_duration_seconds ok":       4,
				"roster_fetch_duration_seconds upstream": 2,

				"roster_jobs_submitted_total generate": 2,
				"roster_jobs_submitted_total import":   1,
				"roster_jobs_ended_total done":         2,
				"roster_jobs_ended_total canceled":     1,
				"roster_jobs_ended_total failed":       0,
				"roster_job_rows_total done":           25_000 + 2,
				"roster_job_rows_total rejected":       1,
				"roster_job_chunks_ended_total":        3 + 1,
				"roster_job_tasks_given_up_total":      0,
				"roster_jobs_open queued":              0,
				"roster_jobs_open running":             0,
				"roster_job_chunks_open":               0,
				"roster_jobs_oldest_open_age_seconds":  0,

				"roster_rate_limit_decisions_total requests allowed": 22 + 4, // an upload is charged twice: when it begins, and when it has ended
				"roster_rate_limit_decisions_total requests refused": 2,
				"roster_rate_limit_decisions_total requests failed":  0,
				"roster_rate_limit_decisions_total sign_in allowed":  0,
				"roster_rate_limit_decisions_total sign_in refused":  0,
				"roster_rate_limit_decisions_total sign_in failed":   0,

				"roster_persons":  2 + 2*10 + 7 + 25_000 + 2,
				"roster_store_up": 1,
			}
			for key := range got { // what jobs ask for, and how often, is their own affair; and what stands still
				if _, wanted := want[key]; !wanted && regexp.MustCompile(`^(roster_store_call_duration_seconds (FindJob|ListJobs|OpenJobs|OpenChunks|AddChunks|FindChunk|ChangeJob|TidyJobs|Page|Seek)|roster_pool|roster_build|http_conn|http_requests|roster_job_task_)`).MatchString(key) {
					delete(got, key)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("what was done and what was told (-done +told):\n%s", diff)
			}
		})
	}
}

// A request that is under way, and one that found no room.
func TestAScrapeTellsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	config := load(t, map[string]string{"BULK_LIMIT": "1", "BULK_QUEUE": "0", "CREATE_BULK_STRATEGY_WORKERS": "3"})
	store := &slowStore{Store: memstore.New(), inside: make(chan string), letGo: make(chan struct{})}
	a, err := app.NewOver(t.Context(), config, slog.New(slog.DiscardHandler), store)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // only so that a failure ends
	defer cancel()
	ask := func() { a.Handler.ServeHTTP(httptest.NewRecorder(), bulk("create_bulk", "1").WithContext(ctx)) }
	var first sync.WaitGroup
	first.Go(ask)
	<-store.inside
	ask() // one too many
	got := series(t, scrape(t, a))
	for name, want := range map[string]float64{
		"roster_pool_workers CREATE_BULK": 3, "roster_pool_running CREATE_BULK": 1, "roster_pool_queue CREATE_BULK": 64,
		"roster_pool_workers BULK": 1, "roster_pool_running BULK": 1, "roster_pool_refused_total BULK": 1, "roster_pool_refused_total WORK": 0,
		"http_request_duration_seconds POST /api/v1/create_bulk/ 503": 1,
	} {
		if value, told := got[name]; !told || value != want {
			t.Errorf("%s: got %v, told: %t, want %v", name, value, told, want)
		}
	}
	close(store.letGo)
	first.Wait()
}

func TestAScrapeOverAConnectionTellsOfIt(t *testing.T) {
	t.Parallel()
	server := start(t, map[string]string{"MAX_CONNECTIONS": "50"})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	response, err := client.Get(strings.Replace(server.url, "/api/v1/", "/metrics", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := series(t, string(text))
	if got["http_connections"] < 1 || got["http_connections_max"] != 50 || got["http_requests_in_flight"] != 1 {
		t.Errorf("got %v connections of %v and %v requests, want this one of 50 and this one", got["http_connections"], got["http_connections_max"], got["http_requests_in_flight"])
	}
	if problems, err := promlint.New(bytes.NewReader(text)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("promlint: got %v and %v, want nothing", problems, err)
	}
}

// Whatever clients make up, there are as many series as before.
func TestNoClientMakesMoreSeries(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	wild := func(i int) {
		n := strconv.Itoa(i)
		for method, target := range map[string]string{
			"M" + n: "/api/v1/persons/", "X" + n: "/" + n, "GET": "/" + n + "/" + n, "POST": "/metrics/" + n, "DELETE": "/api/v1/persons/" + n + "00/",
			"PUT": "/admin/" + n, "OPTIONS": "/api/v1/jobs/" + n + "/", "PATCH": "/api/v1/persons/x" + n + "/?format=" + n,
		} {
			r := httptest.NewRequest(method, "http://localhost"+target, http.NoBody)
			r.Header.Set("X-Request-Id", n)
			r.Header.Set("User-Agent", n)
			a.Handler.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	wild(1)
	before := slices.Sorted(maps.Keys(series(t, scrape(t, a))))
	for i := range 500 {
		wild(2 + i)
	}
	var after []string
	waitUntil(t, "the figures are gathered anew", func() bool {
		now := series(t, scrape(t, a))
		after = slices.Sorted(maps.Keys(now))
		return now["http_request_duration_seconds other unmatched 404"] == 501
	})
	after = slices.DeleteFunc(after, func(key string) bool { return strings.Contains(key, " /metrics ") }) // the first scrape itself
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("series (-before +after 4,000 made-up requests):\n%s", diff)
	}
}

// brokenStore is a ports.Prober, as stores are that may lose their disk.
type brokenStore struct{ *memstore.Store }

func (brokenStore) Ready(context.Context) error {
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the disk is gone"}
}

// What a store is besides a Store is asked of it, although its calls are told.
func TestAStoreThatIsNotReadyIsToldByProbesAndScrapes(t *testing.T) {
	t.Parallel()
	a, err := app.NewOver(t.Context(), load(t, nil), slog.New(slog.DiscardHandler), brokenStore{memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	answer := httptest.NewRecorder()
	a.Handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost/readyz", http.NoBody))
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "the disk is gone") {
		t.Errorf("/readyz: got %d %s, want 503 by the store", answer.Code, answer.Body)
	}
	got := series(t, scrape(t, a))
	if up, told := got["roster_store_up"]; !told || up != 0 {
		t.Errorf("roster_store_up: got %v, told: %t, want 0", up, told)
	}
	if persons, told := got["roster_persons"]; !told || persons != 0 {
		t.Errorf("roster_persons: got %v, told: %t, want 0, since it can be read", persons, told)
	}
}

// documented returns the rows of the tables of docs/metrics.md by the name of their metric: type, labels and what it tells.
func documented(t *testing.T) map[string][3]string {
	t.Helper()
	text, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][3]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\| (.*?) \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1) {
		rows[row[1]] = [3]string{row[2], row[3], row[4]}
	}
	return rows
}

func TestTheDocumentedMetricsAreThoseThatThereAre(t *testing.T) {
	t.Parallel()
	good := newUpstream(t, document(10))
	a := newApp(t, map[string]string{"RATE_LIMIT": "100/1m", "FETCH_URLS": good})
	ask(t, a, "192.0.2.1", "GET", "/api/v1/fetch_data/", "", "", 200)
	ask(t, a, "192.0.2.1", "GET", "/api/v1/persons/", "", "", 200)
	giveJob(t, a, 10)
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- a.Work(ctx, 1, nil) }()
	jobs, err := a.Jobs.List(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	waitForJob(t, a, jobs[0].ID)
	stop()
	if err := receive(t, worked, "the worker's end"); err != nil {
		t.Errorf("Work: got %v, want nil", err)
	}
	told := map[string][3]string{}
	for name, family := range families(t, scrape(t, a)) {
		if isOfTheProcess(name) {
			continue
		}
		var labels []string
		for _, label := range family.GetMetric()[0].GetLabel() {
			labels = append(labels, "`"+label.GetName()+"`")
		}
		told[name] = [3]string{strings.ToLower(family.GetType().String()), strings.Join(labels, ", "), family.GetHelp()}
	}
	if diff := cmp.Diff(told, documented(t)); diff != "" {
		var rows strings.Builder
		for _, name := range slices.Sorted(maps.Keys(told)) {
			fmt.Fprintf(&rows, "| `%s` | %s | %s | %s |\n", name, told[name][0], told[name][1], told[name][2])
		}
		t.Errorf("metrics (-told +documented):\n%s\nthe rows as they should be:\n%s", diff, rows.String())
	}
}
