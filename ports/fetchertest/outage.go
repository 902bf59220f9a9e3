package fetchertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

func outageCases() []testCase {
	return []testCase{
		{"the error of an upstream that is out wraps an Outage", outages},
		{"the error of an upstream that does not answer in time wraps an Outage", lateOutages},
		{"another error wraps no Outage", noOutages},
		{"an Outage behind a redirect tells whose it is", outagesElsewhere},
	}
}

// outageOf returns the Outage that the fetch's error wraps, nil for none.
func outageOf(ctx context.Context, t *testing.T, fetcher ports.DocumentFetcher, url string) *ports.Outage {
	t.Helper()
	document, err := fetcher.FetchDocument(ctx, url)
	if err == nil {
		t.Errorf("got the document %q, want an error", shortened(string(document)))
	}
	var outage *ports.Outage
	errors.As(err, &outage)
	return outage
}

// answers answers with a status and a body of a media type.
func answers(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func outages(t *testing.T, open opener) {
	fetcher := open(t, patient())
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	urls := map[string]string{
		"nobody listens":          "http://" + nobody,
		"it closes at once":       upstream(t, sendsRaw("")),
		"its headers do not come": upstream(t, sendsRaw("HTTP/1.1 200 OK\r\n")),
		"its body breaks off":     upstream(t, sendsRaw(head+"Content-Length: 9\r\n\r\n[1,")),
		"its last chunk is gone":  upstream(t, sendsRaw(head+"Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n")),
		"it says 503 and is torn": upstream(t, answers(http.StatusServiceUnavailable, "application/json", "{")),
	}
	for _, status := range []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout} {
		urls[fmt.Sprintf("it says %d", status)] = upstream(t, answers(status, "text/html", "<p>later"))
	}
	for name, url := range urls {
		if outage := outageOf(t.Context(), t, fetcher, url); outage == nil {
			t.Errorf("%s: got an error without an Outage, want one: it may be gone in a moment", name)
		} else if outage.Elsewhere {
			t.Errorf("%s: got an Outage of elsewhere, want one of the URL's own upstream", name)
		}
	}
}

func lateOutages(t *testing.T, open opener) {
	for name, work := range map[string]http.HandlerFunc{"no answer": silent, "half an answer": sendsThenStops(`{"a": `)} {
		url := upstream(t, work)
		if outageOf(t.Context(), t, open(t, hasty()), url) == nil {
			t.Errorf("%s within the time limit: got an error without an Outage, want one", name)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if outageOf(ctx, t, open(t, patient()), url) == nil {
			t.Errorf("%s until the deadline of ctx: got an error without an Outage, want one", name)
		}
	}
}

func noOutages(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for name, url := range map[string]string{
		"a bad URL":               "ftp://" + nobody,
		"a port out of range":     "http://127.0.0.1:99999/",
		"another media type":      upstream(t, answers(http.StatusOK, "text/html", "<p>")),
		"not found":               upstream(t, answers(http.StatusNotFound, "text/html", "<p>")),
		"a fault of the upstream": upstream(t, answers(http.StatusInternalServerError, "text/html", "<p>")),
		"not implemented":         upstream(t, answers(http.StatusNotImplemented, "text/html", "<p>")),
		"not JSON":                upstream(t, sendsJSON("{")),
		"not HTTP":                upstream(t, sendsRaw("SSH-2.0-OpenSSH_9.9\r\n")),
		"no body":                 upstream(t, sendsRaw("HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n")),
		"too large":               upstream(t, sendsJSON(strings.Repeat(" ", 2<<20))),
		"too many redirects":      upstream(t, countdown) + "/4",
		"a redirect astray":       upstream(t, redirectsTo("ftp://"+nobody)),
	} {
		if outage := outageOf(t.Context(), t, fetcher, url); outage != nil {
			t.Errorf("%s: got %v, want an error without an Outage: it stays as it is", name, outage)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		silent(w, r)
	})
	if outage := outageOf(ctx, t, fetcher, url); outage != nil {
		t.Errorf("canceled: got %v, want an error without an Outage: the caller gave up, not the upstream", outage)
	}
}

func outagesElsewhere(t *testing.T, open opener) {
	fetcher := open(t, patient())
	torn := upstream(t, sendsRaw(""))
	for name, url := range map[string]string{
		"nobody listens there": upstream(t, redirectsTo("http://"+nobody)),
		"it breaks off there":  upstream(t, redirectsTo(torn)),
		"it says 502 there":    upstream(t, redirectsTo(upstream(t, answers(http.StatusBadGateway, "text/html", "<p>")))),
		"two redirects away":   upstream(t, redirectsTo(upstream(t, redirectsTo(torn)))),
	} {
		if outage := outageOf(t.Context(), t, fetcher, url); outage == nil || !outage.Elsewhere {
			t.Errorf("%s: got %v, want an Outage of elsewhere: the URL's own upstream answered", name, outage)
		}
	}
	silence := upstream(t, redirectsTo(upstream(t, silent)))
	if outage := outageOf(t.Context(), t, open(t, hasty()), silence); outage == nil || !outage.Elsewhere {
		t.Errorf("silence there: got %v, want an Outage of elsewhere: the URL's own upstream answered", outage)
	}
	home := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/there" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		sendsRaw("")(w, r)
	})
	if outage := outageOf(t.Context(), t, fetcher, home); outage == nil || outage.Elsewhere {
		t.Errorf("redirected to itself: got %v, want an Outage of the URL's own upstream", outage)
	}
}
