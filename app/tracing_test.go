package app_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/seed-bbcc19ba/roster/app"
)

// spans are those that a collector of OpenTelemetry got.
type spans struct {
	mu  sync.Mutex
	all []*collector.Span
}

// newCollector returns the URL of a collector, and what it gets.
func newCollector(t *testing.T) (string, *spans) {
	t.Helper()
	s := &spans{}
	return newUpstream(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/traces" {
			t.Errorf("the collector was asked for %s, want /v1/traces", r.URL.Path)
		}
		body, err := io.ReadAll(r.Body)
		data := &collector.TracesData{}
		if err != nil || proto.Unmarshal(body, data) != nil {
			t.Errorf("the collector got %d bytes that it cannot read: %v", len(body), err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, resource := range data.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				s.all = append(s.all, scope.GetSpans()...)
			}
		}
	}), s
}

// tree returns the spans as a tree, one a line, those that began first at the top.
func (s *spans) tree() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	children := map[string][]*collector.Span{}
	known := map[string]bool{}
	for _, span := range s.all {
		known[string(span.GetSpanId())] = true
	}
	for _, span := range s.all {
		parent := string(span.GetParentSpanId())
		if !known[parent] {
			parent = "" // of another process
		}
		children[parent] = append(children[parent], span)
	}
	var text strings.Builder
	var write func(of string, indent int)
	write = func(of string, indent int) {
		slices.SortFunc(children[of], func(a, b *collector.Span) int {
			return int(a.GetStartTimeUnixNano()) - int(b.GetStartTimeUnixNano())
		})
		for _, span := range children[of] {
			fmt.Fprintf(&text, "%s%s\n", strings.Repeat("  ", indent), span.GetName())
			write(string(span.GetSpanId()), indent+1)
		}
	}
	write("", 0)
	return text.String()
}

// has tells whether a span has an attribute, with any value.
func (s *spans) has(name, attribute string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, span := range s.all {
		for _, one := range span.GetAttributes() {
			if span.GetName() == name && one.GetKey() == attribute {
				return true
			}
		}
	}
	return false
}

const personsTable = "persons_person"

func TestATraceOfABulkGoesThroughAllLayers(t *testing.T) {
	t.Parallel()
	endpoint, got := newCollector(t)
	var text lockedBuffer
	config := load(t, map[string]string{
		"DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "a.db"), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
	})
	a, err := app.New(t.Context(), config, app.NewLogger(&text, app.LogLevelInfo, app.LogFormatJSON))
	if err != nil {
		t.Fatal(err)
	}
	request := bulk("create_bulk", "10000")
	request.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	answer := httptest.NewRecorder()
	a.Handler.ServeHTTP(answer, request)
	if answer.Code != http.StatusCreated {
		t.Fatalf("got %d %s, want 201", answer.Code, answer.Body)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	tree := got.tree()
	t.Logf("the trace:\n%s", tree)
	layers := []string{
		"POST /api/v1/create_bulk/", "  bulk CREATE_BULK Generate", "    executor CREATE_BULK Execute",
		"      executor CREATE_BULK batch", "        store CreateBatch", "          BEGIN", "          INSERT", "          COMMIT",
	}
	rest := tree
	for _, layer := range layers {
		_, after, found := strings.Cut("\n"+rest, "\n"+layer+"\n")
		if !found {
			t.Errorf("got no %q where it belongs in the tree:\n%s", layer, tree)
			continue
		}
		rest = after
	}
	if inserts := strings.Count(tree, "          INSERT\n"); inserts < 20 {
		t.Errorf("got %d INSERTs, want one for each 500 rows", inserts)
	}
	if !got.has("executor CREATE_BULK batch", "roster.waited_ms") || !got.has("bulk CREATE_BULK Generate", "roster.waited_ms") {
		t.Error("the batch or the use case does not say how long it waited")
	}
	if !strings.Contains(text.String(), `"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"`) {
		t.Errorf("got the log %s, want the trace of the request", text.String())
	}
	for _, span := range got.all {
		if strings.Contains(span.String(), "Person 1") {
			t.Errorf("a span tells of a person: %v", span)
		}
	}
}

func TestATraceOfFetchesGoesOnUpstreamAndShowsEachTry(t *testing.T) {
	t.Parallel()
	endpoint, got := newCollector(t)
	var asked atomic.Int64
	var parents sync.Map
	upstream := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		parents.Store(r.Header.Get("Traceparent"), true)
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		document(10)(w, r)
	})
	a := newApp(t, map[string]string{
		"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": endpoint + "/v1/traces", "FETCH_URLS": upstream + "/?token=secret",
	})
	a.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/fetch_data/", nil))
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	want := `GET /api/v1/fetch_data/
  fetch FetchConfigured
    executor FETCH Execute
      executor FETCH batch
        fetcher FetchDocument
          GET
          GET
`
	if tree := got.tree(); tree != want {
		t.Errorf("got\n%s\nwant\n%s", tree, want)
	}
	told := 0
	parents.Range(func(parent, _ any) bool {
		told++
		if parent == "" {
			t.Error("the upstream was not told of the trace")
		}
		return true
	})
	if told != 2 {
		t.Errorf("the upstream was told of %d spans, want one for each try", told)
	}
	for _, span := range got.all {
		if strings.Contains(span.String(), "secret") {
			t.Errorf("a span tells the query of a URL: %v", span)
		}
	}
}

func TestNothingIsTracedUnlessSomebodySaysSo(t *testing.T) {
	t.Parallel()
	for name, variables := range map[string]map[string]string{
		"by default":             {},
		"the exporter is none":   {"OTEL_TRACES_EXPORTER": "none"},
		"the SDK is disabled":    {"OTEL_SDK_DISABLED": "true"},
		"the sampler is for off": {"OTEL_TRACES_SAMPLER": "always_off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint, got := newCollector(t)
			if name != "by default" {
				variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
			}
			a := newApp(t, variables)
			a.Handler.ServeHTTP(httptest.NewRecorder(), bulk("create_bulk", "3"))
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			if tree := got.tree(); tree != "" {
				t.Errorf("got\n%s\nwant no spans", tree)
			}
		})
	}
}

func TestSettingsOfTracesAreChecked(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"OTEL_TRACES_EXPORTER":               "jaeger",
		"OTEL_EXPORTER_OTLP_PROTOCOL":        "grpc",
		"OTEL_EXPORTER_OTLP_ENDPOINT":        "localhost:4318",
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://user:secret@host/",
		"OTEL_EXPORTER_OTLP_HEADERS":         "secret",
		"OTEL_RESOURCE_ATTRIBUTES":           "secret",
		"OTEL_TRACES_SAMPLER":                "sometimes",
		"OTEL_TRACES_SAMPLER_ARG":            "1.5",
		"SLOW_QUERY":                         "-1s",
	} {
		_, err := app.Load(map[string]string{name: value})
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s=%s: got %v, want a mistake that names the variable and no secret", name, value, err)
		}
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		for _, end := range []string{"?token=secret", "#secret"} {
			if _, err := app.Load(map[string]string{name: "https://host/" + end}); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), end) {
				t.Errorf("%s=https://host/%s: got %v, want a mistake that names the variable: what follows is no path of a collector, and logs name it", name, end, err)
			}
		}
	}
	if _, err := app.Load(map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "a=b%20c, x-token=1", "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}); err != nil {
		t.Errorf("got %v, want no mistake", err)
	}
}

func TestInDebugTheAnswerTellsTheQueries(t *testing.T) {
	t.Parallel()
	for debug, want := range map[string]string{"True": `db;desc="1 query";dur=`, "False": ""} {
		a := newApp(t, map[string]string{"DEBUG": debug, "DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "a.db")})
		created := httptest.NewRecorder()
		a.Handler.ServeHTTP(created, bulk("create_bulk", "1"))
		answer := httptest.NewRecorder()
		a.Handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/persons/1/", nil))
		got := answer.Header().Get("Server-Timing")
		if answer.Code != http.StatusOK || !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("DEBUG=%s: got %d with Server-Timing %q, want %q", debug, answer.Code, got, want)
		}
		if debug == "True" && !strings.Contains(got, ", total;dur=") {
			t.Errorf("got %q, want how long all of it took", got)
		}
		if bulks := created.Header().Get("Server-Timing"); debug == "True" && (!strings.Contains(bulks, " queries") || strings.Contains(bulks, `"0 queries"`)) {
			t.Errorf("a bulk: got %q, want its queries, which another goroutine made", bulks)
		}
	}
}

// Who watches a request takes nothing from others who do, and nobody watches a probe.
func TestARequestIsTracedAndTellsItsQueriesAtOnce(t *testing.T) {
	t.Parallel()
	endpoint, got := newCollector(t)
	a := newApp(t, map[string]string{
		"DEBUG": "True", "DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "a.db"), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
	})
	for _, path := range []string{"/api/v1/persons/", "/healthz", "/readyz"} {
		answer := httptest.NewRecorder()
		a.Handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		if told := answer.Header().Get("Server-Timing"); answer.Code != http.StatusOK || !strings.HasPrefix(told, "db;desc=") {
			t.Errorf("%s: got %d with Server-Timing %q, want 200 with the queries", path, answer.Code, told)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if tree := got.tree(); !strings.HasPrefix(tree, "GET /api/v1/persons/\n  registry List\n") || strings.Contains(tree, "healthz") || strings.Contains(tree, "readyz") {
		t.Errorf("got the trace %q, want the request with what it called, and no probe", tree)
	}
}

// What a request waits for is told with its plan, and without any name.
func TestASlowQueryIsToldWithItsPlanAndWithoutNames(t *testing.T) {
	t.Parallel()
	var text lockedBuffer
	a, err := app.New(t.Context(), load(t, map[string]string{
		"SLOW_QUERY": "1ns", "DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "a.db"),
	}), slog.New(slog.NewJSONHandler(&text, nil)))
	if err != nil {
		t.Fatal(err)
	}
	a.Handler.ServeHTTP(httptest.NewRecorder(), batch(`[{"name":"Beeblebrox","age":1},{"name":"Beeblebrox","age":2}]`))
	a.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/persons/?cursor=", nil))
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	log := text.String()
	if !strings.Contains(log, "INSERT INTO "+personsTable) || !strings.Contains(log, `"plan":`) {
		t.Errorf("got %s, want slow queries with plans", log)
	}
	if strings.Contains(log, "Beeblebrox") {
		t.Errorf("the log names somebody:\n%s", log)
	}
}
