package httpfetcher

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxRedirects   = 3
	maxHeaderBytes = 64 << 10
)

// newTransport returns connections for one fetcher. Dialing and the TLS
// handshake go on when a fetch gives up, for the next one to use, so they have
// a time limit of their own. It is twice that of a fetch, so that a fetch always
// ends by its own, which is told as what it is. Those that are given up count too,
// so that a host that takes no connection does not gather them without bound
// (golang/go#76784).
//
// HTTP/2 has its requests share one connection. An upstream may take fewer at once
// than there are, and then net/http opens more connections, which it does not count
// (measured with Go 1.26.8, see golang/go#34941). StrictMaxConcurrentRequests would
// keep it from that, but stops for good: requests that wait count as such that run
// (golang/go#70809). Before the first answer nobody knows that a host speaks
// HTTP/2, so fetches that come together make a connection each, and close all but
// one (golang/go#13957).
func newTransport(timeout time.Duration, connectionsPerHost int, dial dialFunc) *http.Transport {
	patience := patienceOf(timeout)
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	return &http.Transport{
		Protocols:              protocols,
		DialContext:            dial,
		TLSHandshakeTimeout:    patience,
		MaxConnsPerHost:        connectionsPerHost,
		MaxIdleConns:           max(256, connectionsPerHost),
		MaxIdleConnsPerHost:    connectionsPerHost,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// newDialer returns what makes connections, guarded or, without a guard, to anywhere.
func newDialer(timeout time.Duration, guarded *guard) *net.Dialer {
	dialer := &net.Dialer{Timeout: patienceOf(timeout)}
	if guarded != nil {
		dialer.ControlContext = guarded.control
	}
	return dialer
}

// patienceOf returns how long a connection may take to be made.
func patienceOf(timeout time.Duration) time.Duration {
	return max(timeout, 2*timeout) // where twice as long is too much for a Duration
}

// checkRedirect says whether a redirect is followed. via are the requests so far.
func checkRedirect(next *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	switch {
	case len(via) > maxRedirects:
		return upstreamError("redirected more than three times", nil)
	case !fetchable(next.URL):
		return upstreamError("redirected to what cannot be fetched", nil)
	case from.Scheme == "https" && next.URL.Scheme == "http":
		return upstreamError("redirected from https to http", nil)
	}
	next.Header.Del("Referer") // the URL that led here may hold a secret
	return nil
}

// sameUpstream tells whether two URLs are answered by one server.
func sameUpstream(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

// fetchable tells whether a URL is one of HTTP with a host.
func fetchable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}
