package httpfetcher

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"
)

// Timeout is how long one fetch may take.
func (f *Fetcher) Timeout() time.Duration { return f.timeout }

// Trust makes a fetcher that has not been used yet trust a test's upstreams.
func (f *Fetcher) Trust(roots *x509.CertPool) {
	f.transport.TLSClientConfig = &tls.Config{RootCAs: roots}
}

// TakeForPublic makes the guard of a fetcher that has not been used yet let
// addresses of IPv4 pass, for a test that needs a public one on this machine.
func (f *Fetcher) TakeForPublic(addresses netip.Prefix) {
	f.transport.DialContext = newDialer(f.timeout, newGuard(ssrf.WithAllowedV4Prefixes(addresses))).DialContext
}

// Guard is what a guarded fetcher asks before a connection to the address, an IP
// address and a port.
func Guard(network, address string) error {
	return newGuard().control(context.Background(), network, address, nil)
}
