package httpapi

import (
	"net/http"
	"slices"
)

// What a page of an allowed origin may send, as django-cors-headers has it by default,
// and the headers by which it repeats a request or changes a person on a condition;
// and what it may read of an answer, beside what browsers always let it read.
const (
	corsMethods = "DELETE, GET, OPTIONS, PATCH, POST, PUT"
	corsHeaders = "accept, accept-encoding, authorization, content-type, dnt, origin, user-agent, x-csrftoken, x-requested-with, " +
		"idempotency-key, if-match, if-none-match"
	corsExposed = "ETag, Retry-After"
	corsMaxAge  = "86400" // seconds
)

// cors lets pages of the allowed origins read answers, with credentials, and
// answers preflight requests, as django-cors-headers does. An origin is allowed
// only where it equals one of the list to the letter; strangers get no CORS
// header at all.
func cors(next http.Handler, allowed []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin") // whoever stands around the API may have told more
		origin, known := knownOrigin(r, allowed)
		if known {
			setHeader(w, "Access-Control-Allow-Origin", origin)
			setHeader(w, "Access-Control-Allow-Credentials", "true")
			setHeader(w, "Access-Control-Expose-Headers", corsExposed)
		}
		if known && r.Method == http.MethodOptions {
			setHeader(w, "Access-Control-Allow-Methods", corsMethods)
			setHeader(w, "Access-Control-Allow-Headers", corsHeaders)
			setHeader(w, "Access-Control-Max-Age", corsMaxAge)
		}
		if isPreflight(r) {
			reply{status: http.StatusOK}.write(w, 0)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knownOrigin returns the request's origin, and whether it is allowed. "null" is
// not, whatever the list says: every sandboxed page has it. Nor are two at once.
func knownOrigin(r *http.Request, allowed []string) (origin string, known bool) {
	origins := r.Header.Values("Origin")
	if len(origins) != 1 {
		return "", false
	}
	origin = origins[0]
	return origin, origin != "" && origin != "null" && slices.Contains(allowed, origin)
}

// isPreflight tells whether a browser asks, on behalf of a page, whether it may
// send a request. It is answered on every path.
func isPreflight(r *http.Request) bool {
	_, asks := r.Header["Access-Control-Request-Method"]
	return asks && r.Method == http.MethodOptions
}
