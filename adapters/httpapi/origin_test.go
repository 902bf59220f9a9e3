package httpapi_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

func TestHostsAreAllowedByDjangosRules(t *testing.T) {
	t.Parallel()
	strict := openWith(t, useCases(t, memstore.New()), httpapi.Config{AllowedHosts: []string{"localhost", ".Example.com", "[::1]"}})
	for host, served := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localhost:99999": true, "localhost.": true, "[::1]": true, "[::1]:8000": true,
		"example.com": true, "a.b.example.com": true,
		"localhost..": false, "localhost:": false, "localhost:x": false, "notexample.com": false, "a.localhost": false,
		"[0::1]": false, "": false, "localhost/": false, "user@localhost": false, "a_b.example.com": false,
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			r := request(http.MethodGet, personsPath, "")
			r.Host = host
			want := http.StatusBadRequest
			if served {
				want = http.StatusOK
			}
			if got := send(strict, r); got.Code != want {
				t.Errorf("got status %d, want %d; body %s", got.Code, want, got.Body)
			}
		})
	}
}

func TestAStarAllowsEveryHostThatIsOne(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), httpapi.Config{AllowedHosts: []string{"*"}})
	for host, want := range map[string]int{"anything.example": 200, "a b": 400, "<script>": 400} {
		r := request(http.MethodGet, personsPath, "")
		r.Host = host
		if got := send(handler, r); got.Code != want {
			t.Errorf("host %q: got status %d, want %d", host, got.Code, want)
		}
	}
}

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
