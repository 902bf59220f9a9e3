package httpfetcher_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/fetchertest"
)

// The tests ask no DNS but their own.
func TestMain(m *testing.M) {
	net.DefaultResolver = names.resolver()
	goleak.VerifyTestMain(m)
}

func TestFetcherKeepsTheContract(t *testing.T) {
	t.Parallel()
	fetchertest.Run(t, func(config fetchertest.Config) (ports.DocumentFetcher, error) {
		return opened(t, httpfetcher.Config{Timeout: config.Timeout, MaxBytes: config.MaxBytes}), nil
	})
}

// opened returns a fetcher that reaches the upstreams of tests, which are on the
// loopback interface.
func opened(tb testing.TB, config httpfetcher.Config) *httpfetcher.Fetcher {
	tb.Helper()
	config.AllowPrivate = true
	return newFetcher(tb, config)
}

func newFetcher(tb testing.TB, config httpfetcher.Config) *httpfetcher.Fetcher {
	tb.Helper()
	fetcher, err := httpfetcher.New(config)
	if err != nil {
		tb.Fatalf("New(%+v): got %v, want a fetcher", config, err)
	}
	tb.Cleanup(fetcher.Close)
	return fetcher
}

func TestTheZeroConfigAllowsTenSecondsAndOneMebibyte(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, "1"+strings.Repeat(" ", 1<<20-1)+strings.TrimPrefix(r.URL.Path, "/"))
	}))
	defer upstream.Close()
	fetcher := opened(t, httpfetcher.Config{})
	if got, want := fetcher.Timeout(), 10*time.Second; got != want {
		t.Errorf("Timeout: got %v, want %v", got, want)
	}
	if document, err := fetcher.FetchDocument(t.Context(), upstream.URL); len(document) != 1<<20 {
		t.Errorf("a document of 1 MiB: got %d bytes and the error %v, want all of it", len(document), err)
	}
	_, err := fetcher.FetchDocument(t.Context(), upstream.URL+"/1")
	if got, want := domain.MessageOf(err), fmt.Sprintf("answered more than %d bytes", 1<<20); got != want {
		t.Errorf("a document of 1 MiB and a byte: got the message %q (%v), want %q", got, err, want)
	}
}

func TestNegativeNumbersAreRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []httpfetcher.Config{{Timeout: -1}, {MaxBytes: -1}, {ConnectionsPerHost: -1}} {
		fetcher, err := httpfetcher.New(config)
		if fetcher != nil || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("New(%+v): got %v and the error %v, want none and code %q", config, fetcher, err, domain.CodeInvalid)
		}
	}
}
