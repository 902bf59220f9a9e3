package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// What Django leaves as it is in a path and in a query, besides letters, digits
// and "_.-~".
const (
	safeInPath  = "/&:@$,+!*'()"
	safeInQuery = "/#%[]=:;$&()+,!?*@'"
)

const (
	schemeHTTP  = "http"
	schemeHTTPS = "https"
)

// schemeOf returns the scheme by which the client reached the server.
func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return schemeHTTPS
	}
	return schemeHTTP
}

// baseURL returns the scheme and host by which the client reached the server.
func baseURL(r *http.Request) string { return schemeOf(r) + "://" + r.Host }

// escape percent-encodes the bytes of text that are neither unreserved nor safe.
func escape(text, safe string) string {
	var escaped strings.Builder
	for i := range len(text) {
		c := text[i]
		if isUnreserved(c) || strings.IndexByte(safe, c) >= 0 {
			escaped.WriteByte(c)
		} else {
			fmt.Fprintf(&escaped, "%%%02X", c)
		}
	}
	return escaped.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("_.-~", c) >= 0
}

// escapeParameter encodes a key or value of a query as Python's quote_plus does.
func escapeParameter(text string) string {
	return url.QueryEscape(string([]rune(text))) // what is no UTF-8 becomes U+FFFD
}
