package httpapi_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

func TestOnlyAllowedOriginsSeeCORSHeaders(t *testing.T) {
	t.Parallel()
	for origin, allowed := range map[string]bool{
		"http://localhost:3000":  true,
		"http://localhost:8000":  true,
		"https://localhost:3000": false, "http://localhost:3000/": false, "http://LOCALHOST:3000": false,
		"http://localhost:30000": false, "http://evil.example": false, "null": false, "*": false, "": false,
	} {
		t.Run(origin, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{personsPath, "/nope", personsPath + "9/", "/api/v1/persons"} {
				got := send(open(t), request(http.MethodGet, path, "", "Origin", origin)).Header()
				if got.Get("Vary") != "Origin" {
					t.Errorf("%s: got Vary %q, want Origin: a cache must keep answers apart", path, got.Get("Vary"))
				}
				if allowed && (got.Get("Access-Control-Allow-Origin") != origin || got.Get("Access-Control-Allow-Credentials") != "true") {
					t.Errorf("%s: got %v, want the origin to be allowed, with credentials", path, got)
				}
				if !allowed && hasCORS(got) {
					t.Errorf("%s: got %v, want no CORS header for a stranger", path, got)
				}
			}
		})
	}
}

func TestNoListOfOriginsAllowsNull(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), httpapi.Config{AllowedHosts: []string{"*"}, CORSAllowedOrigins: []string{"null", ""}})
	for _, origin := range []string{"null", ""} {
		if got := send(handler, request(http.MethodGet, personsPath, "", "Origin", origin)).Header(); hasCORS(got) {
			t.Errorf("origin %q: got %v, want no CORS header: any sandboxed page is null", origin, got)
		}
	}
}

// An origin is known to the letter or not at all, and no answer of any kind gives a
// stranger his own origin back, a star, or leave to send credentials.
func TestNoOriginIsReflected(t *testing.T) {
	t.Parallel()
	handler := open(t)
	for _, origin := range []string{
		"http://localhost:3000.evil.example", "http://localhost:3000@evil.example", "http://evil.example/http://localhost:3000", "http://evil.example#http://localhost:3000",
		"http://localhost", "http://localhost:", "http://localhost:03000", "http://localhost:300", "http://localhost:3000/", "http://localhost:3000 ", " http://localhost:3000", "http://localhost:3000,http://evil.example",
		"http://localhost:3000\x00", "http://localhost:3000\t", "HTTP://localhost:3000", "http://Localhost:3000", "https://localhost:3000", "//localhost:3000", "localhost:3000", "http://xlocalhost:3000", "http://localhost.:3000",
		"http://127.0.0.1:3000", "http://[::1]:3000", "file://", "chrome-extension://abc", "data:", "null", "NULL", "*", "http://*", "undefined", "http://\u212aocalhost:3000", "\xff",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			for _, path := range []string{personsPath, "/nope", "/healthz", "/api/v1/persons", "/api/v1/fetch_data/"} {
				for _, headers := range [][]string{{}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Private-Network", "true"}, {"Accept", "text/html"}} {
					got := send(handler, request(method, path, "", append([]string{"Origin", origin}, headers...)...)).Header()
					if hasCORS(got) || !slices.Contains(got["Vary"], "Origin") {
						t.Fatalf("%s %s of origin %q with %q: got %v, want no CORS header, and Vary", method, path, origin, headers, got)
					}
				}
			}
		}
	}
}

func TestTwoOriginsAtOnceAreAStranger(t *testing.T) {
	t.Parallel()
	got := send(open(t), request(http.MethodGet, personsPath, "", "Origin", "http://localhost:3000", "Origin", "http://evil.example"))
	if hasCORS(got.Header()) {
		t.Errorf("got %v, want no CORS header", got.Header())
	}
}

func TestOnlyOPTIONSTellsWhatAPageMaySend(t *testing.T) {
	t.Parallel()
	for method, tells := range map[string]bool{http.MethodGet: false, http.MethodOptions: true} {
		got := send(open(t), request(method, personsPath, "", "Origin", "http://localhost:3000")).Header()
		if told := got.Get("Access-Control-Allow-Methods") != ""; told != tells {
			t.Errorf("%s: told the methods: %t, want %t", method, told, tells)
		}
	}
}

func hasCORS(header http.Header) bool {
	for name := range maps.Keys(header) {
		if len(name) > 15 && name[:15] == "Access-Control-" {
			return true
		}
	}
	return false
}

func TestAPreflightIsAnsweredEverywhere(t *testing.T) {
	t.Parallel()
	for _, path := range []string{personsPath, "/nope", "/api/v1/persons"} {
		r := request(http.MethodOptions, path, "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "")
		r.Host = "evil.example"
		got := send(open(t), r)
		if got.Code != http.StatusOK || got.Body.Len() > 0 || got.Header().Get("Access-Control-Max-Age") != "86400" {
			t.Errorf("%s: got %d %q %v, want 200 without a body and with CORS headers", path, got.Code, got.Body, got.Header())
		}
	}
}

// A page may repeat a POST with a key, and change a person on the condition that it
// was given with the person.
func TestAPageMayUseKeysAndConditions(t *testing.T) {
	t.Parallel()
	const origin = "http://localhost:3000"
	handler := open(t)
	preflight := send(handler, request(http.MethodOptions, personsPath, "", "Origin", origin, "Access-Control-Request-Method", "PUT")).Header()
	sent := strings.Split(preflight.Get("Access-Control-Allow-Headers"), ", ")
	for _, name := range []string{"content-type", "idempotency-key", "if-match", "if-none-match"} {
		if !slices.Contains(sent, name) {
			t.Errorf("a page may send %q, want %s among them", sent, name)
		}
	}
	read := send(handler, request(http.MethodGet, personsPath, "", "Origin", origin)).Header()
	if got := read.Get("Access-Control-Expose-Headers"); read.Get("ETag") == "" || !slices.Contains(strings.Split(got, ", "), "ETag") {
		t.Errorf("a page may read %q of the answer %v, want its ETag", got, read)
	}
}
