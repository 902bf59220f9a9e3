package httpapi

import "net/http"

// safety are the headers of every answer, whatever it answers.
//
// The first four are those that Django's middleware put on the answers of the
// original. The policy is for whoever opens an answer in a browser: nothing in it is
// loaded or run, and no page frames it. An answer tells of persons, so no cache
// between here and the client keeps it, and the client's own asks again with the
// entity tag; without this a cache may guess (RFC 9111, section 4.2.2).
var safety = [...]struct{ name, value string }{
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
	{"Cache-Control", "private, no-cache"},
}

// A browser that got this over TLS asks over TLS only, for a year. It says nothing
// of hosts below, which may be others' to decide about.
const (
	transportSecurityHeader = "Strict-Transport-Security"
	transportSecurity       = "max-age=31536000"
)

// safetyHeaders puts the safety headers on every answer, and that of transport
// security on those to clients that came over TLS: RFC 6797, section 7.2, forbids it
// on others.
func safetyHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, header := range &safety {
			setHeader(w, header.name, header.value)
		}
		if schemeOf(r) == schemeHTTPS {
			setHeader(w, transportSecurityHeader, transportSecurity)
		}
		next.ServeHTTP(w, r)
	})
}

// setHeader sets a header of an answer. Name is in canonical form.
//
// An answer has more than ten headers. The exchange has room for their values, so
// that they need no slice each; no two answers share one, so who appends to a value
// or changes it harms nobody.
func setHeader(w http.ResponseWriter, name, value string) {
	e, isExchange := w.(*exchange)
	if !isExchange || e.valuesUsed == len(e.values) {
		w.Header().Set(name, value)
		return
	}
	i := e.valuesUsed
	e.valuesUsed++
	e.values[i] = value
	w.Header()[name] = e.values[i : i+1 : i+1]
}

// setHeaders sets headers of an answer: names in canonical form, and values.
func setHeaders(w http.ResponseWriter, headers [][2]string) {
	for _, header := range headers {
		setHeader(w, header[0], header[1])
	}
}
