package httpfetcher

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

// Trust makes a fetcher that has not been used yet trust a test's upstreams.
func (f *Fetcher) Trust(roots *x509.CertPool) {
	f.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
}
