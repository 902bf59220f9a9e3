package httpfetcher_test

import (
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
)

// secured starts an HTTPS server that speaks HTTP/2 too.
func secured(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that refuse its certificate
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func trusting(t *testing.T, server *httptest.Server) *httpfetcher.Fetcher {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	fetcher := opened(t, httpfetcher.Config{})
	fetcher.Trust(roots)
	return fetcher
}

func TestHTTP2IsSpokenWhereOffered(t *testing.T) {
	t.Parallel()
	server := secured(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "%q", r.Proto)
	})
	document, err := trusting(t, server).FetchDocument(t.Context(), server.URL)
	if string(document) != `"HTTP/2.0"` {
		t.Errorf("got %s and the error %v, want the protocol HTTP/2.0", document, err)
	}
}

func TestUnknownCertificateIsNotTrusted(t *testing.T) {
	t.Parallel()
	server := secured(t, func(w http.ResponseWriter, _ *http.Request) { t.Error("the upstream got a request, want none") })
	_, err := opened(t, httpfetcher.Config{}).FetchDocument(t.Context(), server.URL)
	if got, want := domain.MessageOf(err), "certificate not trusted"; domain.CodeOf(err) != domain.CodeUpstream || got != want {
		t.Errorf("got %q of code %q (%v), want %q of code %q", got, domain.CodeOf(err), err, want, domain.CodeUpstream)
	}
}

func TestAHandshakeThatStopsIsGivenUp(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		_ = connection.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.Copy(io.Discard, connection)
	}()
	fetcher := opened(t, httpfetcher.Config{Timeout: 50 * time.Millisecond})
	_, err = fetcher.FetchDocument(t.Context(), "https://"+listener.Addr().String())
	if got, want := domain.CodeOf(err), domain.CodeDeadline; got != want {
		t.Errorf("got code %q (%v), want %q", got, err, want)
	}
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("the connection is open 5s after a fetch of 50ms, want it closed: nobody waits for its handshake")
	}
}

func TestRedirectFromHTTPSToHTTPIsRefused(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the plain upstream got a request, want none")
	}))
	defer plain.Close()
	server := secured(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain.URL, http.StatusFound) })
	_, err := trusting(t, server).FetchDocument(t.Context(), server.URL)
	if got, want := domain.MessageOf(err), "redirected from https to http"; got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}
