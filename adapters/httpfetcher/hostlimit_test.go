package httpfetcher_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
)

// host is a server that counts its connections.
type host struct {
	*httptest.Server

	mu                 sync.Mutex
	opened, open, most int
}

func (h *host) count(_ net.Conn, state http.ConnState) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch state { //nolint:exhaustive // the others open and close nothing
	case http.StateNew:
		h.opened++
		h.open++
		h.most = max(h.most, h.open)
	case http.StateClosed, http.StateHijacked:
		h.open--
	}
}

// counts returns how many connections there were in all, and at once.
func (h *host) counts() (opened, most int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.opened, h.most
}

func newHost(t *testing.T, handler http.HandlerFunc) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewUnstartedServer(handler)
	h.Config.ConnState = h.count
	h.Start()
	t.Cleanup(h.Close)
	return h
}

// newHTTP2Host takes so many requests on a connection at once; 0 is net/http's own.
func newHTTP2Host(t *testing.T, streams int, handler http.HandlerFunc) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewUnstartedServer(handler)
	h.Config.ConnState = h.count
	h.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
	h.Config.ErrorLog = log.New(io.Discard, "", 0) // connections that nobody needs are closed early
	h.EnableHTTP2 = true
	h.StartTLS()
	t.Cleanup(h.Close)
	return h
}

// fetcherOf returns a fetcher that trusts the host.
func fetcherOf(t *testing.T, h *host, config httpfetcher.Config) *httpfetcher.Fetcher {
	t.Helper()
	fetcher := opened(t, config)
	if certificate := h.Certificate(); certificate != nil {
		roots := x509.NewCertPool()
		roots.AddCert(certificate)
		fetcher.Trust(roots)
	}
	return fetcher
}

func answerJSON(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{}`)
}

// together answers nobody before so many requests are there at once.
func together(requests int) http.HandlerFunc {
	var arrived atomic.Int64
	complete := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request) {
		if arrived.Add(1) == int64(requests) {
			close(complete)
		}
		select {
		case <-complete:
			answerJSON(w, r)
		case <-r.Context().Done():
		}
	}
}

// fetchAll gets n documents at once.
func fetchAll(t *testing.T, fetcher *httpfetcher.Fetcher, url string, n int) {
	t.Helper()
	var fetches sync.WaitGroup
	for range n {
		fetches.Go(func() {
			if _, err := fetcher.FetchDocument(t.Context(), url); err != nil {
				t.Errorf("got %v, want a document", err)
			}
		})
	}
	fetches.Wait()
}

func TestAHostGetsNoMoreConnectionsThanTheLimit(t *testing.T) {
	t.Parallel()
	h := newHost(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		answerJSON(w, r)
	})
	fetchAll(t, fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: 3}), h.URL, 10)
	if opened, most := h.counts(); opened > 3 {
		t.Errorf("10 fetches with a limit of 3: got %d connections, %d at once, want 3", opened, most)
	}
}

func TestTheLimitIsEachHostsOwn(t *testing.T) {
	t.Parallel()
	both := together(2)
	first, second := newHost(t, both), newHost(t, both)
	fetcher := opened(t, httpfetcher.Config{ConnectionsPerHost: 1})
	var fetches sync.WaitGroup
	for _, h := range []*host{first, second} {
		fetches.Go(func() {
			if _, err := fetcher.FetchDocument(t.Context(), h.URL); err != nil {
				t.Errorf("got %v, want a document: the other host's connection is not in the way", err)
			}
		})
	}
	fetches.Wait()
}

func TestTheZeroConfigHasFiftyFetchesOfOneHostAtOnce(t *testing.T) {
	t.Parallel()
	h := newHost(t, together(50))
	fetchAll(t, fetcherOf(t, h, httpfetcher.Config{}), h.URL, 50)
}

func TestFetchesUseTheConnectionsOfThoseBefore(t *testing.T) {
	t.Parallel()
	h := newHost(t, answerJSON)
	fetcher := fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: 50})
	for range 2 {
		fetchAll(t, fetcher, h.URL, 50)
	}
	if opened, _ := h.counts(); opened > 50 {
		t.Errorf("twice 50 fetches at once opened %d connections, want 50 at most: all are kept", opened)
	}
}

func TestAConnectionIsUsedAgainAfterAnAnswerThatIsNotJSON(t *testing.T) {
	t.Parallel()
	h := newHost(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not found", http.StatusNotFound) })
	fetcher := fetcherOf(t, h, httpfetcher.Config{})
	for range 5 {
		if _, err := fetcher.FetchDocument(t.Context(), h.URL); domain.CodeOf(err) != domain.CodeUpstream {
			t.Errorf("got %v, want code %q", err, domain.CodeUpstream)
		}
	}
	if opened, _ := h.counts(); opened != 1 {
		t.Errorf("5 answers that are not JSON took %d connections, want 1", opened)
	}
}

func TestWaitingForAConnectionTakesFromTheTimeLimit(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	h := newHost(t, func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		<-r.Context().Done()
	})
	fetcher := fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: 1, Timeout: 200 * time.Millisecond})
	const atOnce = 5
	var fetches sync.WaitGroup
	for range atOnce {
		fetches.Go(func() {
			_, err := fetcher.FetchDocument(t.Context(), h.URL)
			if got := domain.CodeOf(err); got != domain.CodeDeadline {
				t.Errorf("got code %q (%v), want %q", got, err, domain.CodeDeadline)
			}
		})
	}
	fetches.Wait()
	if got := requests.Load(); got == atOnce {
		t.Errorf("the silent host got all %d requests over one connection, want fewer: those that wait give up when their time is over", got)
	}
}

func TestWaitingForAConnectionEndsWithTheContext(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	h := newHost(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	fetcher := fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: 1})
	slow, stop := context.WithCancel(t.Context())
	var held sync.WaitGroup
	held.Go(func() { _, _ = fetcher.FetchDocument(slow, h.URL) })
	<-arrived

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := fetcher.FetchDocument(ctx, h.URL)
	if got := domain.CodeOf(err); got != domain.CodeCanceled {
		t.Errorf("got code %q (%v), want %q", got, err, domain.CodeCanceled)
	}
	stop()
	held.Wait()
}

// A place that a failure does not give back would stop the fetches for good.
func TestFailuresGiveTheirConnectionsPlaceBack(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	h := newHost(t, func(w http.ResponseWriter, r *http.Request) {
		switch requests.Add(1) % 4 {
		case 1:
			reset(w)
		case 2:
			<-r.Context().Done()
		case 3:
			_, _ = io.WriteString(w, "no JSON")
		default:
			answerJSON(w, r)
		}
	})
	fetcher := fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: 1, Timeout: 200 * time.Millisecond})
	documents := 0
	for range 12 {
		if _, err := fetcher.FetchDocument(t.Context(), h.URL); err == nil {
			documents++
		} else if errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want another failure", err)
		}
	}
	if documents != 3 {
		t.Errorf("got %d documents, want 3: every fourth answer is one", documents)
	}
}

func TestHTTP2FetchesShareAConnection(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, 1} {
		t.Run(fmt.Sprintf("with a limit of %d", limit), func(t *testing.T) {
			t.Parallel()
			crowd := together(50)
			h := newHTTP2Host(t, 0, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/first" {
					answerJSON(w, r)
					return
				}
				crowd(w, r)
			})
			fetcher := fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: limit})
			// The transport keeps a connection a moment after the first answer.
			before, opened := -1, 0
			for before != opened {
				before, _ = h.counts()
				if _, err := fetcher.FetchDocument(t.Context(), h.URL+"/first"); err != nil {
					t.Fatalf("got %v, want a document", err)
				}
				opened, _ = h.counts()
			}
			fetchAll(t, fetcher, h.URL, 50)
			if after, _ := h.counts(); after != opened {
				t.Errorf("50 fetches at once beside an idle connection: got %d more connections, want none", after-opened)
			}
		})
	}
}

// See golang/go#70809 and #34941: fetches that are more than a connection takes
// used to stop one another.
func TestHTTP2HostThatTakesFewRequestsStopsNobody(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{1, 3} {
		t.Run(fmt.Sprintf("with a limit of %d", connections), func(t *testing.T) {
			t.Parallel()
			h := newHTTP2Host(t, 2, func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(time.Millisecond)
				answerJSON(w, r)
			})
			fetcher := fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: connections})
			for range 3 {
				fetchAll(t, fetcher, h.URL, 20)
			}
		})
	}
}

func TestHTTP2HostThatClosesItsConnectionsGetsOthers(t *testing.T) {
	t.Parallel()
	h := newHTTP2Host(t, 0, answerJSON)
	fetcher := fetcherOf(t, h, httpfetcher.Config{ConnectionsPerHost: 1})
	for range 5 {
		h.CloseClientConnections()
		// The first may still take the connection that is gone.
		_, _ = fetcher.FetchDocument(t.Context(), h.URL)
		if _, err := fetcher.FetchDocument(t.Context(), h.URL); err != nil {
			t.Errorf("got %v, want a document over a connection of its own", err)
		}
	}
}
