package httpfetcher

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// Timeout is how long one fetch may take.
func (f *Fetcher) Timeout() time.Duration { return f.timeout }

// Trust makes a fetcher that has not been used yet trust a test's upstreams.
func (f *Fetcher) Trust(roots *x509.CertPool) {
	f.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
}
