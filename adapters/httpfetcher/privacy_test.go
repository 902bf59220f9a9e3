package httpfetcher_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
)

func TestRequestsTellLittle(t *testing.T) {
	t.Parallel()
	var last http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		if r.URL.Path != "/there" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		last = r.Header
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{}`)
	}))
	defer server.Close()
	fetcher := opened(t, httpfetcher.Config{})
	for range 2 {
		if _, err := fetcher.FetchDocument(t.Context(), server.URL+"/?key=secret"); err != nil {
			t.Fatalf("got %v, want a document", err)
		}
		if got := last.Get("User-Agent"); got != "roster" {
			t.Errorf("got the User-Agent %q, want roster", got)
		}
		for _, name := range []string{"Cookie", "Referer"} {
			if got := last.Get(name); got != "" {
				t.Errorf("got the header %s: %q after a redirect, want none", name, got)
			}
		}
	}
}

// The environment names a proxy, and the upstream is one for which it would be asked.
func TestNoProxyIsTakenFromTheEnvironment(t *testing.T) { //nolint:paralleltest // t.Setenv forbids it
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		t.Error("the proxy got a request, want none: what a proxy reaches is not checked here")
	}))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	fetcher := opened(t, httpfetcher.Config{Timeout: time.Second})
	if document, err := fetcher.FetchDocument(t.Context(), "http://a..b/"); err == nil {
		t.Errorf("got %s, want an error: there is no such host", document)
	}
}
