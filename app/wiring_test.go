package app_test

import (
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// newApp puts roster together until the test ends.
func newApp(t *testing.T, variables map[string]string) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), load(t, variables), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	a.Handler = described(t, a.Handler)
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
	})
	return a
}

// newUpstream returns the URL of a server that answers as handler does.
func newUpstream(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	upstream := httptest.NewServer(handler)
	t.Cleanup(upstream.Close)
	return upstream.URL
}

// document answers with a JSON document of so many bytes.
func document(size int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `"`+strings.Repeat("x", size-2)+`"`)
	}
}

func TestSettingsReachTheAPI(t *testing.T) {
	t.Parallel()
	const origin = "https://page.example"
	small, large := newUpstream(t, document(1000)), newUpstream(t, document(1001))
	tests := []struct {
		name      string
		variables map[string]string
		request   *http.Request
		want      string // within the answer, its headers or its body
	}{
		{
			"a page of a configured origin may send requests", map[string]string{"CORS_ALLOWED_ORIGINS": origin},
			preflight(origin), "Access-Control-Allow-Origin: " + origin + "\r\n",
		},
		{
			"a configured host is served", map[string]string{"ALLOWED_HOSTS": "roster.example"},
			httptest.NewRequest(http.MethodGet, "http://roster.example/api/v1/persons/", nil), "200 OK",
		},
		{
			"another host is not", map[string]string{"ALLOWED_HOSTS": "roster.example"},
			httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/persons/", nil), "400 Bad Request",
		},
		{"a bulk of BULK_MAX persons is saved", map[string]string{"BULK_MAX": "3"}, bulk("create_bulk", "3"), "201 Created"},
		{"a batch of BULK_MAX persons is saved", map[string]string{"BULK_MAX": "2"}, batch(`[{"name":"Ann","age":1},{"name":"Bob","age":2}]`), "201 Created"},
		{"a batch of one person more is refused", map[string]string{"BULK_MAX": "1"}, batch(`[{"name":"Ann","age":1},{"name":"Bob","age":2}]`), "400 Bad Request"},
		{"one person more is refused", map[string]string{"BULK_MAX": "3"}, bulk("create_bulk", "4"), "400 Bad Request"},
		{"an asynchronous bulk is refused likewise", map[string]string{"BULK_MAX": "3"}, bulk("async_create_bulk", "4"), "400 Bad Request"},
		{
			"a document of FETCH_MAX_BYTES is fetched", map[string]string{"FETCH_URLS": small, "FETCH_MAX_BYTES": "1000"},
			api("fetch_data/"), `"xxx`,
		},
		{
			"a document from a private address is fetched where that is allowed", map[string]string{"FETCH_URLS": small, "FETCH_ALLOW_PRIVATE": "True"},
			api("fetch_data/"), `"xxx`,
		},
		{
			"else it is not", map[string]string{"FETCH_URLS": small, "FETCH_ALLOW_PRIVATE": ""},
			api("fetch_data/"), `{"error":"the address is not allowed","url":`,
		},
		{
			"a document of one byte more is not", map[string]string{"FETCH_URLS": large, "FETCH_MAX_BYTES": "1000"},
			api("fetch_data/"), `"error":`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := answer(t, newApp(t, test.variables), test.request); !strings.Contains(got, test.want) {
				t.Errorf("%v: got\n%s\nwant %q in it", test.variables, got, test.want)
			}
		})
	}
}

func TestPageOfAnotherOriginMayNotReadAnswers(t *testing.T) {
	t.Parallel()
	a := newApp(t, map[string]string{"CORS_ALLOWED_ORIGINS": "https://page.example"})
	if got := answer(t, a, preflight("http://localhost:3000")); strings.Contains(got, "Access-Control-Allow") {
		t.Errorf("got\n%s\nwant no CORS header: the default origins do not add to the configured ones", got)
	}
}

func TestDocumentMayTakeFetchTimeout(t *testing.T) {
	t.Parallel()
	slow := newUpstream(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	a := newApp(t, map[string]string{"FETCH_URLS": slow, "FETCH_TIMEOUT": "10ms"})
	start := time.Now()
	got := answer(t, a, api("fetch_data/"))
	if !strings.Contains(got, `"error":"Timeout"`) {
		t.Errorf("got\n%s\nwant a timeout", got)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("got an answer after %s, want it after 10ms: the default of 10s does not hold", took)
	}
}

func TestRetriesAndTheBreakerAreAsConfigured(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]string
		want      []int64 // requests after each fetch
		wantLast  string  // within the last answer
	}{
		{"by default", nil, []int64{3, 6, 9, 12, 15, 15}, "not asked for a while"},
		{"without a breaker", map[string]string{"FETCH_BREAKER_FAILURES": "0"}, []int64{3, 6, 9, 12, 15, 18}, "answered 503"},
		{
			"with others", map[string]string{"FETCH_RETRIES": "0", "FETCH_BREAKER_FAILURES": "3", "FETCH_BREAKER_PAUSE": "1ns"},
			[]int64{1, 2, 3, 4, 5}, "answered 503",
		},
		{
			"with a long pause", map[string]string{"FETCH_RETRIES": "0", "FETCH_BREAKER_FAILURES": "3", "FETCH_BREAKER_PAUSE": "1h"},
			[]int64{1, 2, 3, 3, 3}, "not asked for a while",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			busy := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				http.Error(w, "later", http.StatusServiceUnavailable)
			})
			variables := map[string]string{"FETCH_URLS": busy}
			maps.Copy(variables, test.variables)
			a := newApp(t, variables)
			var got string
			for i, want := range test.want {
				got = answer(t, a, api("fetch_data/"))
				if asked := requests.Load(); asked != want {
					t.Errorf("%v: got %d requests after fetch %d, want %d", test.variables, asked, i+1, want)
				}
			}
			if !strings.Contains(got, test.wantLast) {
				t.Errorf("%v: got\n%s\nwant %q in the last answer", test.variables, got, test.wantLast)
			}
		})
	}
}

func TestPageOfTheListHoldsPageSizePersons(t *testing.T) {
	t.Parallel()
	a := newApp(t, map[string]string{"PAGE_SIZE": "2"})
	if _, err := a.CreateBulk.Generate(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, a, api("persons/")); strings.Count(got, `"name":`) != 2 {
		t.Errorf("got\n%s\nwant 2 of the 3 persons", got)
	}
}

// answer returns what the API answers, as it goes over the wire.
func answer(t *testing.T, a *app.App, request *http.Request) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	a.Handler.ServeHTTP(recorder, request)
	var text strings.Builder
	response := recorder.Result()
	defer response.Body.Close()
	if err := response.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func api(path string) *http.Request {
	return httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/"+path, nil)
}

func bulk(view, count string) *http.Request {
	request := httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/"+view+"/", strings.NewReader(`{"count": `+count+`}`))
	request.Header.Set("Content-Type", "application/json")
	return request
}

func batch(list string) *http.Request {
	request := httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/persons/batch/", strings.NewReader(list))
	request.Header.Set("Content-Type", "application/json")
	return request
}

func preflight(origin string) *http.Request {
	request := httptest.NewRequest(http.MethodOptions, "http://localhost/api/v1/persons/", nil)
	request.Header.Set("Origin", origin)
	request.Header.Set("Access-Control-Request-Method", http.MethodPost)
	return request
}

// One use case has one worker and no queue, so it refuses a call beside a running
// one. The others let everybody wait, and refuse nobody.
func TestEachUseCaseRunsByItsOwnStrategy(t *testing.T) {
	t.Parallel()
	requests := map[string]func() *http.Request{
		"CHECK":             func() *http.Request { return api("check/?pk=1") },
		"CREATE_BULK":       func() *http.Request { return bulk("create_bulk", "100") },
		"ASYNC_CREATE_BULK": func() *http.Request { return bulk("async_create_bulk", "100") },
		"FETCH":             func() *http.Request { return api("fetch_data/") },
	}
	upstream := newUpstream(t, document(10))
	for narrow := range requests {
		t.Run(narrow+" refuses a second call", func(t *testing.T) {
			t.Parallel()
			variables := map[string]string{"FETCH_URLS": upstream}
			for name := range requests {
				variables[name+"_STRATEGY"], variables[name+"_STRATEGY_QUEUE"] = "serial", "1000"
			}
			variables[narrow+"_STRATEGY_QUEUE"] = "0"
			a := newApp(t, variables)
			if _, err := a.Registry.Create(t.Context(), domain.GeneratedDraft(1)); err != nil {
				t.Fatal(err)
			}
			waitUntil(t, "a call beside a running one to be refused", func() bool {
				return callAtOnce(t, a, requests[narrow]) > 0
			})
			for name, request := range requests {
				if name == narrow {
					continue
				}
				if refused := callAtOnce(t, a, request); refused > 0 {
					t.Errorf("%s: got %d calls refused, want none: it has a queue of its own", name, refused)
				}
			}
		})
	}
}

// callAtOnce makes many calls at once and returns how many were refused. Nothing
// but a full executor makes them fail.
func callAtOnce(t *testing.T, a *app.App, request func() *http.Request) int64 {
	t.Helper()
	var (
		refused atomic.Int64
		callers sync.WaitGroup
	)
	for range 20 {
		callers.Go(func() {
			for range 20 {
				if got := answer(t, a, request()); strings.Contains(got, "503 Service Unavailable") || strings.Contains(got, `"error":`) {
					refused.Add(1)
				}
			}
		})
	}
	callers.Wait()
	return refused.Load()
}

func TestServerLeavesEveryRequestToTheHandler(t *testing.T) {
	t.Parallel()
	teapot := func(a *app.App) {
		a.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	}
	inBubble(t, nil, teapot, func(server *bubbled) {
		c := server.connect()
		c.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")
		<-c.closed
		if got := c.statuses(server.T); !slices.Equal(got, []int{http.StatusTeapot}) {
			server.Errorf("got the answers %v to OPTIONS *, want the handler's", got)
		}
	})
}

// Close waits for the fetch, and meanwhile the store is still open.
func TestStoreClosesAfterTheExecutors(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	url := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		document(10)(w, r)
	})
	letGo := sync.OnceFunc(func() { close(release) })
	t.Cleanup(letGo)
	a := newApp(t, map[string]string{"FETCH_TIMEOUT": soon.String()})

	fetched, closed := make(chan domain.Fetched, 1), make(chan error, 1)
	go func() { fetched <- a.Fetch.Fetch(t.Context(), []string{url})[0] }()
	receive(t, arrived, "the upstream's request")
	go func() { closed <- a.Close() }()
	waitUntil(t, "the fetcher's executor to refuse calls", func() bool {
		return domain.CodeOf(a.Fetch.Fetch(t.Context(), []string{"x:"})[0].Err) == domain.CodeUnavailable
	})

	if _, err := a.Registry.Get(t.Context(), 1); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("the store while a use case still runs: got %v, want it open", err)
	}
	select {
	case err := <-closed:
		t.Errorf("Close returned %v while a use case still runs", err)
	default:
	}
	letGo()
	if got := receive(t, fetched, "the document"); got.Err != nil {
		t.Errorf("the fetch: got %v, want the document, as if nothing had happened", got.Err)
	}
	if err := receive(t, closed, "the end of Close"); err != nil {
		t.Errorf("Close: got %v, want nil", err)
	}
	if _, err := a.Registry.Get(t.Context(), 1); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("the store after Close: got %v, want it closed", err)
	}
}

// waitUntil waits until a condition holds.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s, which did not come", what)
		}
	}
}

func TestBulkBesideCloseIsSavedOrRefusedWhole(t *testing.T) {
	t.Parallel()
	const bulks, size = 4, 5000
	for _, delay := range []time.Duration{0, time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond} {
		t.Run("Close after "+delay.String(), func(t *testing.T) {
			t.Parallel()
			database := map[string]string{"DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3")}
			a := newApp(t, database)
			var (
				callers sync.WaitGroup
				saved   atomic.Int64
			)
			for range bulks {
				callers.Go(func() {
					n, err := a.CreateBulk.Generate(t.Context(), size)
					if whole := n == size && err == nil || n == 0 && domain.CodeOf(err) == domain.CodeUnavailable; !whole {
						t.Errorf("got %d persons saved and the error %v, want all of them, or none and code %q", n, err, domain.CodeUnavailable)
					}
					saved.Add(int64(n))
				})
			}
			time.Sleep(delay)
			if err := a.Close(); err != nil {
				t.Errorf("Close: got %v, want nil", err)
			}
			callers.Wait()

			page, err := newApp(t, database).Registry.List(t.Context(), 1)
			if err != nil && saved.Load() > 0 || page.Total != saved.Load() {
				t.Errorf("got %d persons in the file and the error %v, want the %d that were answered as saved", page.Total, err, saved.Load())
			}
		})
	}
}

func TestSecondCloseIsHarmless(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	for n := range 3 {
		if err := a.Close(); err != nil {
			t.Errorf("Close number %d: got %v, want nil", n+1, err)
		}
	}
}
