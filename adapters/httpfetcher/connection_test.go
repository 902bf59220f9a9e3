package httpfetcher_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
)

// counted starts a server that answers a document and counts its connections.
func counted(t *testing.T) (url string, connections *atomic.Int64) {
	t.Helper()
	connections = new(atomic.Int64)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, connections
}

func TestOneConnectionServesManyFetches(t *testing.T) {
	t.Parallel()
	url, connections := counted(t)
	fetcher := opened(t, httpfetcher.Config{})
	for range 100 {
		if _, err := fetcher.FetchDocument(t.Context(), url); err != nil {
			t.Fatalf("got %v, want a document", err)
		}
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("100 fetches, one after the other, opened %d connections, want 1", got)
	}
}

func TestManyFetchesKeepTheirConnections(t *testing.T) {
	t.Parallel()
	url, connections := counted(t)
	fetcher := opened(t, httpfetcher.Config{})
	const atOnce, rounds = 50, 10
	for range rounds {
		var fetches sync.WaitGroup
		for range atOnce {
			fetches.Go(func() {
				if _, err := fetcher.FetchDocument(t.Context(), url); err != nil {
					t.Errorf("got %v, want a document", err)
				}
			})
		}
		fetches.Wait()
	}
	if got := connections.Load(); got > 2*atOnce {
		t.Errorf("%d rounds of %d fetches at once opened %d connections, want about %d: a round takes over those of the round before",
			rounds, atOnce, got, atOnce)
	}
}

func TestCloseLeavesTheFetcherUsable(t *testing.T) {
	t.Parallel()
	url, connections := counted(t)
	fetcher := opened(t, httpfetcher.Config{})
	for range 3 {
		if _, err := fetcher.FetchDocument(t.Context(), url); err != nil {
			t.Fatalf("got %v, want a document: Close closes idle connections only", err)
		}
		fetcher.Close()
	}
	if got := connections.Load(); got != 3 {
		t.Errorf("3 fetches with a Close after each opened %d connections, want 3", got)
	}
}
