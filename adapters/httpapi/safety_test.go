package httpapi_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// wantSafetyHeaders fails the test unless an answer has each safety header once, and
// none that tells what serves it.
func wantSafetyHeaders(t *testing.T, got http.Header) {
	t.Helper()
	for _, problem := range safetyProblems(got) {
		t.Error(problem)
	}
}

func safetyProblems(got http.Header) []string {
	var problems []string
	for name, want := range map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Content-Security-Policy":    "default-src 'none'; frame-ancestors 'none'",
	} {
		if !slices.Equal(got[name], []string{want}) {
			problems = append(problems, fmt.Sprintf("got %s %q, want %q", name, got[name], want))
		}
	}
	if cache := got.Get("Cache-Control"); cache != "private, no-cache" && cache != "no-store" {
		problems = append(problems, fmt.Sprintf("got Cache-Control %q, want one that keeps persons out of shared caches", cache))
	}
	if got.Get("X-Request-Id") == "" {
		problems = append(problems, "got no X-Request-ID")
	}
	if said := got.Get("Server") + got.Get("X-Powered-By"); said != "" {
		problems = append(problems, fmt.Sprintf("got %q: nobody needs to know what serves the API", said))
	}
	return problems
}

// everyPath is each route, and what has none.
var everyPath = []string{
	"/api/v1/", "/api/v1/.json", personsPath, personsPath + "?cursor=", personsPath + "1/", personsPath + "9/", personsPath + "x/", "/api/v1/persons.json",
	"/api/v1/check/", "/api/v1/check/?pk=1", "/api/v1/create_bulk/", "/api/v1/async_create_bulk/", "/api/v1/fetch_data/",
	jobsPath, jobsPath + "?cursor=cA==", jobPath(fakeID(1)), jobPath(fakeID(1)) + "events/", jobPath(fakeID(1)) + "rejected/", jobPath(fakeID(1)) + "cancel/", jobsPath + "x/events/",
	"/api/v1/persons/export/", "/api/v1/persons/export/?format=ndjson",
	"/healthz", "/readyz", "/api/v1/persons", "/nope", "/", "//", "/api/v1/persons/../", "/healthz/",
}

var everyMethod = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodOptions, http.MethodTrace, http.MethodConnect, "BREW", "get",
}

// everyMistake changes a request so that another part of the API refuses it, or so
// that it gets another kind of answer.
var everyMistake = map[string]func(r *http.Request){
	"as it is":             func(*http.Request) {},
	"a strange host":       func(r *http.Request) { r.Host = "evil.example" },
	"no JSON accepted":     func(r *http.Request) { r.Header.Set("Accept", "text/html") },
	"a tag that is known":  func(r *http.Request) { r.Header.Set("If-None-Match", "*") },
	"a known origin":       func(r *http.Request) { r.Header.Set("Origin", "http://localhost:3000") },
	"a strange origin":     func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
	"a preflight":          func(r *http.Request) { r.Header.Set("Access-Control-Request-Method", "PUT") },
	"a target of 9 KiB":    func(r *http.Request) { r.RequestURI = "/" + strings.Repeat("x", 9<<10) },
	"a person":             func(r *http.Request) { setBody(r, "application/json", `{"name":"Ann","age":31,"count":1}`) },
	"a body that is none":  func(r *http.Request) { setBody(r, "application/json", `{`) },
	"a body of no type":    func(r *http.Request) { setBody(r, "text/plain", `x`) },
	"a text":               func(r *http.Request) { setBody(r, "text/csv", "name,age\nAnn,31\n") },
	"a text that is none":  func(r *http.Request) { setBody(r, "text/csv", "nonsense\n") },
	"a job":                func(r *http.Request) { setBody(r, "application/json", `{"kind":"generate","count":1}`) },
	"a body of two MiB":    func(r *http.Request) { setBody(r, "application/json", strings.Repeat(" ", 2<<20)) },
	"a request id":         func(r *http.Request) { r.Header.Set("X-Request-Id", "abc") },
	"a request id of none": func(r *http.Request) { r.Header.Set("X-Request-Id", "\r\nX: y") },
}

// isStream tells whether an answer is something else than JSON, as a few are where all is
// well.
func isStream(got *httptest.ResponseRecorder) bool {
	kind, _, _ := strings.Cut(got.Header().Get("Content-Type"), ";")
	return got.Code == http.StatusOK && slices.Contains([]string{"text/csv", "application/x-ndjson", "text/event-stream"}, kind)
}

func setBody(r *http.Request, contentType, body string) {
	r.Header.Set("Content-Type", contentType)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}

// TestEveryAnswerHasTheSafetyHeaders asks for everything in every wrong way, from an
// API that works, one whose every use case fails, one whose every use case panics, and
// one that has nothing left for the client.
func TestEveryAnswerHasTheSafetyHeaders(t *testing.T) {
	t.Parallel()
	notReady := config
	notReady.Ready = func(context.Context) error { panic("not ready") }
	jobs := newFakeJobs()
	works := openWith(t, withJobs(t, jobs), config)
	postJSON(works, personsPath, `{"name":"Ann","age":31}`)
	for range 2 {
		job := jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 1)
		over, err := job.Fail("planted", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		jobs.set(over) // so that its events end
	}
	failures := failing(t, &domain.Error{Code: domain.CodeUnavailable})
	failures.Jobs = jobs
	asks := asking(newGate(t, memstore.New()))
	asks.Site = nil // whose pages are its own
	seen := map[int]bool{}
	for name, handler := range map[string]http.Handler{
		"works":  works,
		"fails":  openWith(t, failures, notReady),
		"panics": openWith(t, untouchable(t), notReady),
		"asks":   openWith(t, untouchable(t), asks),
		"limits": openWith(t, untouchable(t), limitedBy(answering(domain.Decision{Rate: rateOf(t, 600, time.Minute), RetryAfter: time.Second}, nil))),
	} {
		for _, path := range everyPath {
			for _, method := range everyMethod {
				for mistake, make := range everyMistake {
					r := request(method, path, "")
					make(r)
					got := send(handler, r)
					seen[got.Code] = true
					problems := safetyProblems(got.Header())
					if strict := got.Header().Get("Strict-Transport-Security"); strict != "" {
						problems = append(problems, "got "+strict+" without TLS")
					}
					if body := got.Body.Bytes(); len(body) > 0 && !json.Valid(body) && !isStream(got) {
						problems = append(problems, fmt.Sprintf("the body is no JSON: %.200q", body))
					}
					if len(problems) > 0 {
						t.Fatalf("%s %s of an API that %s, %s: status %d: %q", method, path, name, mistake, got.Code, problems)
					}
				}
			}
		}
	}
	for _, status := range []int{200, 201, 202, 204, 301, 304, 308, 400, 401, 404, 405, 406, 409, 413, 414, 415, 429, 500, 503} {
		if !seen[status] {
			t.Errorf("no answer was %d, but %v: the table has a gap", status, slices.Sorted(maps.Keys(seen)))
		}
	}
}

func TestOverTLSTheBrowserIsToldToStayThere(t *testing.T) {
	t.Parallel()
	behindProxy := config
	behindProxy.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	handler := openWith(t, useCases(t, memstore.New()), behindProxy)
	for _, path := range everyPath {
		direct := request(http.MethodGet, path, "")
		direct.TLS = &tls.ConnectionState{}
		proxied := request(http.MethodGet, path, "", "X-Forwarded-Proto", "https")
		proxied.RemoteAddr = "192.0.2.1:1"
		for how, r := range map[string]*http.Request{"by the server": direct, "by a trusted proxy": proxied} {
			if got := send(handler, r).Header(); !slices.Equal(got["Strict-Transport-Security"], []string{"max-age=31536000"}) {
				t.Errorf("%s, with TLS %s: got %q, want a year", path, how, got["Strict-Transport-Security"])
			}
		}
		stranger := request(http.MethodGet, path, "", "X-Forwarded-Proto", "https")
		stranger.RemoteAddr = "203.0.113.1:1"
		if got := send(handler, stranger).Header(); got.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: a stranger says that he came over TLS, and is believed", path)
		}
	}
}

// net/http drops and adds headers of its own; the recorder of the other tests does not.
func TestSafetyHeadersGoOverTheWire(t *testing.T) {
	t.Parallel()
	address, _ := listen(t, openWith(t, useCases(t, memstore.New()), config))
	postURL := "POST " + personsPath + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
	for name, test := range map[string]struct {
		method, text string
		status       int
	}{
		"200":                       {"", "GET /api/v1/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200},
		"200 to HTTP/1.0":           {"", "GET /api/v1/ HTTP/1.0\r\nHost: localhost\r\n\r\n", 200},
		"200 to HEAD":               {http.MethodHead, "HEAD /api/v1/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200},
		"301":                       {"", "GET /api/v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 301},
		"304":                       {"", "GET " + personsPath + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nIf-None-Match: *\r\n\r\n", 304},
		"404 to OPTIONS *":          {"", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404},
		"404 to CONNECT":            {"", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404},
		"404 to a URL":              {"", "GET http://localhost/nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404},
		"400 for another host":      {"", "GET /api/v1/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400},
		"413 for a length":          {"", postURL + "Content-Length: 9999999\r\n\r\n", 413},
		"413 for an expected body":  {"", postURL + "Expect: 100-continue\r\nContent-Length: 9999999\r\n\r\n", 413},
		"413 for chunks":            {"", postURL + "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + strings.Repeat(" ", 2<<20) + "\r\n0\r\n\r\n", 413},
		"400 for a broken chunk":    {"", postURL + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		"414":                       {"", "GET /" + strings.Repeat("x", 9000) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 414},
		"405 to a method of no one": {"", "BREW /api/v1/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, _ := parseAnswer(t, test.method, exchangeRaw(t, address, test.text))
			wantSafetyHeaders(t, response.Header)
			if response.StatusCode != test.status {
				t.Errorf("got %s, want %d", response.Status, test.status)
			}
		})
	}
}

// A client that speaks HTTP to the port of HTTPS gets the only refusal that a
// Listener sees below TLS.
func TestWhoSpeaksNoTLSIsToldSoInJSON(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(open(t))
	server.Listener = httpapi.Listener(server.Listener, slog.New(slog.DiscardHandler))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	response, body := parseAnswer(t, "", exchangeRaw(t, server.Listener.Addr().String(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	wantSafetyHeaders(t, response.Header)
	if response.StatusCode != http.StatusBadRequest || body != `{"detail":"This server speaks HTTPS on this port."}` {
		t.Errorf("got %s %s, want 400 as JSON", response.Status, body)
	}
	over, err := server.Client().Get(server.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer over.Body.Close()
	wantSafetyHeaders(t, over.Header)
	if over.StatusCode != http.StatusOK || over.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("got %s %v over TLS, want 200 and a header that keeps browsers there", over.Status, over.Header)
	}
}
