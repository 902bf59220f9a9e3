package httpfetcher_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
)

// reset ends the connection so that the client reads an error and no end.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

func TestMessagesSayWhy(t *testing.T) {
	t.Parallel()
	longest := "text/" + strings.Repeat("x", 95)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/html":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusBadGateway)
		case "/untyped":
			w.Header()["Content-Type"] = nil
		case "/malformed":
			w.Header().Set("Content-Type", "a b c")
		case "/longtype":
			w.Header().Set("Content-Type", longest)
		case "/overlongtype":
			w.Header().Set("Content-Type", longest+"x")
		case "/reset":
			reset(w)
		case "/notjson":
			io.WriteString(w, "{")
		case "/large":
			io.WriteString(w, strings.Repeat(" ", 1_001))
		case "/short":
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "1")
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/ftp":
			http.Redirect(w, r, "ftp://example.org/", http.StatusFound)
		case "/silent":
			<-r.Context().Done()
		}
	}))
	defer upstream.Close()
	fetcher := opened(t, httpfetcher.Config{Timeout: 200 * time.Millisecond, MaxBytes: 1_000})

	for url, want := range map[string]string{
		upstream.URL + "/html":         "answered 502 with text/html, not JSON",
		upstream.URL + "/untyped":      "answered 200 with no media type, not JSON",
		upstream.URL + "/malformed":    "answered 200 with an unknown media type, not JSON",
		upstream.URL + "/longtype":     "answered 200 with " + longest + ", not JSON",
		upstream.URL + "/overlongtype": "answered 200 with an unknown media type, not JSON",
		upstream.URL + "/reset":        "the answer broke off",
		upstream.URL + "/notjson":      "answered 200 with a body that is not JSON",
		upstream.URL + "/large":        "answered more than 1000 bytes",
		upstream.URL + "/short":        "the answer broke off",
		upstream.URL + "/loop":         "redirected more than three times",
		upstream.URL + "/ftp":          "redirected to what cannot be fetched",
		upstream.URL + "/silent":       "took longer than 200ms",
		"http://127.0.0.1:1/":          "connection refused",
		"http://127.0.0.1:99999/":      "no connection",
		"http://a..b/":                 "host not found",
		"http://:80/":                  "not a URL that can be fetched",
		"example.org":                  "not a URL that can be fetched",
		"http://%zz/":                  "not a URL that can be fetched",
	} {
		_, err := fetcher.FetchDocument(t.Context(), url)
		if got := domain.MessageOf(err); got != want {
			t.Errorf("%s: got the message %q (%v), want %q", url, got, err, want)
		}
	}
}
