package httpapi_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// browser is what a browser accepts.
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

// newSite is a site that says who came by which route.
func newSite() http.Handler {
	site := http.NewServeMux()
	tell := func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "site %s %s from %s, TLS %t", r.Method, r.Host, r.RemoteAddr, r.TLS != nil)
	}
	site.HandleFunc("GET /{$}", tell)
	site.HandleFunc("/admin/", tell)
	site.HandleFunc("GET /admin/persons/{id}/", tell)
	site.HandleFunc("/admin/boom/", func(http.ResponseWriter, *http.Request) { panic("planted") })
	site.HandleFunc("/admin/silent/", func(http.ResponseWriter, *http.Request) {})
	return site
}

// withSite is the configuration with a site.
func withSite() httpapi.Config {
	with := config
	with.Site = newSite()
	with.TrustedProxies = trusted
	return with
}

func TestTheSiteServesItsPathsAndBrowsersAtTheRoot(t *testing.T) {
	t.Parallel()
	const landing = `{"api":"http://localhost/api/v1/","admin":"http://localhost/admin/"}`
	for name, test := range map[string]struct {
		method, path, accept string
		status               int
		want                 string // the beginning of the body
	}{
		"a path of the site":                     {http.MethodGet, "/admin/", "", 200, "site GET"},
		"one for whoever wants JSON":             {http.MethodGet, "/admin/x/", "application/json", 200, "site GET"},
		"one by POST":                            {http.MethodPost, "/admin/x/", "", 200, "site POST"},
		"one by OPTIONS":                         {http.MethodOptions, "/admin/x/", "", 200, "site OPTIONS"},
		"the root for a browser":                 {http.MethodGet, "/", browser, 200, "site GET"},
		"the root for HEAD of a browser":         {http.MethodHead, "/", browser, 200, "site HEAD"},
		"the root for HTML only":                 {http.MethodGet, "/", "text/html", 200, "site GET"},
		"the root for any text":                  {http.MethodGet, "/", "text/*", 200, "site GET"},
		"the root for HTML before JSON":          {http.MethodGet, "/", "text/html, application/json;q=0.9", 200, "site GET"},
		"the root for a browser that names JSON": {http.MethodGet, "/?format=json", browser, 200, landing},
		"the root for JSON":                      {http.MethodGet, "/", "application/json", 200, landing},
		"the root for anything":                  {http.MethodGet, "/", "*/*", 200, landing},
		"the root for whoever does not say":      {http.MethodGet, "/", "", 200, landing},
		"the root for both as much":              {http.MethodGet, "/", "text/html, application/json", 200, landing},
		"the root for JSON before HTML":          {http.MethodGet, "/", "text/html;q=0.5, application/json", 200, landing},
		"the root for anything but HTML":         {http.MethodGet, "/", "text/html;q=0, */*", 200, landing},
		"the root for HTML by a weight of none":  {http.MethodGet, "/", "text/html;q=x, */*;q=0.1", 200, landing},
		"the root for a picture":                 {http.MethodGet, "/", "image/png", 406, `{"detail":"Could not satisfy`},
		"the root by POST":                       {http.MethodPost, "/", browser, 405, `{"detail":"Method \"POST\" not allowed."}`},
		"a path that only begins like the sites": {http.MethodGet, "/administration/", browser, 404, `{"detail":"Not found."}`},
		"a path of the API":                      {http.MethodGet, "/api/v1/", "text/html", 406, `{"detail":"Could not satisfy`},
		"a path of nobody":                       {http.MethodGet, "/nope/", browser, 404, `{"detail":"Not found."}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(test.method, test.path, "")
			if test.accept != "" {
				r.Header.Set("Accept", test.accept)
			}
			got := send(openWith(t, useCases(t, memstore.New()), withSite()), r)
			if got.Code != test.status || !strings.HasPrefix(got.Body.String(), test.want) {
				t.Errorf("got %d %s, want %d %s", got.Code, got.Body, test.status, test.want)
			}
			if varies := slices.Contains(got.Header()["Vary"], "Accept"); varies != (r.URL.Path == "/") {
				t.Errorf("got Vary %q, want Accept in it at the root, and nowhere else", got.Header()["Vary"])
			}
		})
	}
}

func TestWithoutASiteItsPathsAreNobodys(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/admin", "/admin/", "/admin/persons/"} {
		got := send(open(t), request(http.MethodGet, path, "", "Accept", browser))
		wantAnswer(t, got, http.StatusNotFound, `{"detail":"Not found."}`)
	}
}

func TestTheSiteWithoutItsSlashIsRedirected(t *testing.T) {
	t.Parallel()
	for method, status := range map[string]int{http.MethodGet: 301, http.MethodPost: 308} {
		got := send(openWith(t, useCases(t, memstore.New()), withSite()), request(method, "/admin?next=%2Fadmin%2F", ""))
		if location := got.Header().Get("Location"); got.Code != status || location != "/admin/?next=%2Fadmin%2F" {
			t.Errorf("%s: got %d to %q, want %d to the same with a slash", method, got.Code, location, status)
		}
	}
}

func TestTheLinksOfTheRootAreThoseThatTheClientSentItsRequestTo(t *testing.T) {
	t.Parallel()
	r := request(http.MethodGet, "/", "", "X-Forwarded-Proto", "https")
	r.RemoteAddr = "10.0.0.1:80"
	got := send(openWith(t, useCases(t, memstore.New()), withSite()), r)
	wantAnswer(t, got, http.StatusOK, `{"api":"https://localhost/api/v1/","admin":"https://localhost/admin/"}`)
}

func TestTheSiteKnowsItsClient(t *testing.T) {
	t.Parallel()
	overTLS := request(http.MethodGet, "/admin/", "")
	overTLS.TLS = &tls.ConnectionState{}
	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"a client":                      {request(http.MethodGet, "/admin/", ""), "from 192.0.2.1:1234, TLS false"},
		"one over TLS":                  {overTLS, "from 192.0.2.1:1234, TLS true"},
		"one behind a proxy":            {from("10.0.0.1:80", "X-Forwarded-For", "198.51.100.7"), "from 198.51.100.7:0, TLS false"},
		"one over TLS behind a proxy":   {from("10.0.0.1:80", "X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "https"), "from 198.51.100.7:0, TLS true"},
		"one of IPv6 behind a proxy":    {from("10.0.0.1:80", "X-Forwarded-For", "2001:db8::7"), "from [2001:db8::7]:0, TLS false"},
		"one that makes up another":     {from("198.51.100.4:80", "X-Forwarded-For", "192.0.2.99"), "from 198.51.100.4:80, TLS false"},
		"a proxy that says nothing":     {from("10.0.0.1:80"), "from 10.0.0.1:80, TLS false"},
		"a host that a proxy passes on": {from("10.0.0.1:80", "X-Forwarded-Host", "127.0.0.1:9"), "site GET 127.0.0.1:9 from"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.URL.Path = "/admin/"
			got := send(openWith(t, useCases(t, memstore.New()), withSite()), test.request)
			if !strings.Contains(got.Body.String(), test.want) {
				t.Errorf("got %s, want %q in it", got.Body, test.want)
			}
		})
	}
}

func TestTheSiteStandsBehindTheLimitsOfTheAPI(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), withSite())
	stranger := request(http.MethodGet, "/admin/", "")
	stranger.Host = "evil.example"
	got := send(handler, stranger)
	wantAnswer(t, got, http.StatusBadRequest, `{"detail":"Invalid Host header."}`)
	got = send(handler, request(http.MethodGet, "/admin/?q="+strings.Repeat("x", 9000), ""))
	wantAnswer(t, got, http.StatusRequestURITooLong, `{"detail":"The path and query are too long."}`)
	got = send(handler, request(http.MethodGet, "/admin/", ""))
	wantSafetyHeaders(t, got.Header())
}

func TestTheHeadersOfTheSiteTakeThePlaceOfTheSafetyHeaders(t *testing.T) {
	t.Parallel()
	own := config
	own.Site = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		w.Header().Set("Cache-Control", "public, max-age=60")
	})
	got := send(openWith(t, useCases(t, memstore.New()), own), request(http.MethodGet, "/admin/", "")).Header()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'self'", "Cache-Control": "public, max-age=60", "X-Frame-Options": "DENY",
	} {
		if !slices.Equal(got[name], []string{want}) {
			t.Errorf("got %s %q, want %q", name, got[name], want)
		}
	}
}

func TestTheSiteSendsNoCORSHeaders(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), withSite())
	for _, path := range []string{"/admin/", "/admin", "/"} {
		for _, headers := range [][]string{{}, {"Access-Control-Request-Method", "POST"}} {
			for _, method := range []string{http.MethodGet, http.MethodOptions} {
				if path == "/" && method == http.MethodOptions {
					continue // the API's
				}
				headers := append([]string{"Origin", "http://localhost:3000", "Accept", browser}, headers...)
				if got := send(handler, request(method, path, "", headers...)).Header(); hasCORS(got) {
					t.Errorf("%s %s of an allowed origin: got %v, want no CORS header: no page reads the site", method, path, got)
				}
			}
		}
	}
}

func TestTheSiteCostsNothingOfTheLimitOfTheAPI(t *testing.T) {
	t.Parallel()
	limiter := &portmock.RateLimiterMock{} // a call panics
	limited := withSite()
	limited.RateLimiter = limiter
	got := send(openWith(t, useCases(t, memstore.New()), limited), request(http.MethodGet, "/admin/", ""))
	if got.Code != http.StatusOK || len(limiter.TakeCalls()) != 0 {
		t.Errorf("got %d %s after %d calls of the limiter, want 200 after none", got.Code, got.Body, len(limiter.TakeCalls()))
	}
}

func TestTheLogTellsTheRouteOfTheSite(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]line{
		"/":                 {Route: "/", Status: 200},
		"/admin/persons/7/": {Route: "/admin/persons/{id}/", Status: 200},
		"/admin/nope":       {Route: "/admin/", Status: 200},
		"/admin/silent/":    {Route: "/admin/silent/", Status: 200},
		"/admin/boom/":      {Route: "/admin/boom/", Status: 500},
		"/admin":            {Route: "", Status: 301},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			handler, log := loggedWith(t, useCases(t, memstore.New()), withSite())
			r := request(http.MethodGet, path, "", "Accept", browser)
			r.Pattern = "/of/a/router/outside"
			send(handler, r)
			got := readLine(t, log)
			if got.Route != want.Route || got.Status != want.Status || got.RequestID == "" || (got.Stack != "") != (want.Status == 500) {
				t.Errorf("got %+v, want the route %q and the status %d", got, want.Route, want.Status)
			}
		})
	}
}

// What a router outside calls the request is no route of the site's.
func TestASiteThatTellsNoRouteHasNone(t *testing.T) {
	t.Parallel()
	mute := config
	mute.Site = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	handler, log := loggedWith(t, useCases(t, memstore.New()), mute)
	outer := http.NewServeMux()
	outer.Handle("/{rest...}", handler)
	send(outer, request(http.MethodGet, "/admin/", ""))
	if got := readLine(t, log); got.Route != "" {
		t.Errorf("got %+v, want no route", got)
	}
}

// A program that is told of each request has words of which there are few.
func TestEachRequestIsObserved(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	all.Registry = &portmock.PersonRegistryMock{GetFunc: explode}
	for name, test := range map[string]struct {
		method, path string
		want         httpapi.Observation
	}{
		"a request":                    {http.MethodGet, "/api/v1/", httpapi.Observation{Method: "GET", Route: "/api/v1/", Status: 200}},
		"one with a variable":          {http.MethodGet, personsPath + "7/", httpapi.Observation{Method: "GET", Route: "/api/v1/persons/{pk}/", Status: 500}},
		"a method in small letters":    {"get", "/api/v1/", httpapi.Observation{Method: "GET", Route: "/api/v1/", Status: 200}},
		"a method that nobody knows":   {"BREW", "/api/v1/", httpapi.Observation{Method: "other", Route: "/api/v1/", Status: 405}},
		"a path that nobody has":       {http.MethodGet, "/x/y/z", httpapi.Observation{Method: "GET", Route: "unmatched", Status: 404}},
		"a path that is too long":      {http.MethodHead, "/" + strings.Repeat("x", 9000), httpapi.Observation{Method: "HEAD", Route: "unmatched", Status: 414}},
		"a probe":                      {http.MethodGet, "/healthz", httpapi.Observation{Method: "GET", Route: "/healthz", Status: 200}},
		"the site":                     {http.MethodPost, "/admin/x/y/z", httpapi.Observation{Method: "POST", Route: "/admin/", Status: 200}},
		"a panic of the site":          {http.MethodPost, "/admin/boom/", httpapi.Observation{Method: "POST", Route: "/admin/boom/", Status: 500}},
		"what the site does not serve": {http.MethodDelete, "/admin/persons/7/", httpapi.Observation{Method: "DELETE", Route: "/admin/", Status: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []httpapi.Observation
			observed := withSite()
			observed.Observe = func(o httpapi.Observation) { got = append(got, o) }
			send(openWith(t, all, observed), request(test.method, test.path, ""))
			if len(got) != 1 {
				t.Fatalf("got the observations %+v, want one", got)
			}
			if took := got[0].Took; took <= 0 || took > time.Hour {
				t.Errorf("got %s, want the time it took", took)
			}
			if got[0].Took = 0; got[0] != test.want {
				t.Errorf("got %+v, want %+v", got[0], test.want)
			}
		})
	}
}

// An answer that was broken off is one too.
func TestAnAnswerThatBreaksOffIsObserved(t *testing.T) {
	t.Parallel()
	var got []httpapi.Observation
	observed := config
	observed.Observe = func(o httpapi.Observation) { got = append(got, o) }
	observed.Site = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Pattern = "GET localhost/admin/half/{$}"
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})
	func() {
		defer func() { _ = recover() }() // net/http would
		openWith(t, useCases(t, memstore.New()), observed).ServeHTTP(httptest.NewRecorder(), request(http.MethodGet, "/admin/half/", ""))
	}()
	want := httpapi.Observation{Method: "GET", Route: "/admin/half/", Status: 200}
	if len(got) != 1 || got[0].Route != want.Route || got[0].Status != want.Status {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
