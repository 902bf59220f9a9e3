package httpfetcher_test

import (
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

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
