package httpapi

import (
	"net/http"
	"slices"
)

// What a page of an allowed origin may send, as django-cors-headers has it by default.
const (
	corsMethods = "DELETE, GET, OPTIONS, PATCH, POST, PUT"
	corsHeaders = "accept, accept-encoding, authorization, content-type, dnt, origin, user-agent, x-csrftoken, x-requested-with"
	corsMaxAge  = "86400" // seconds
)

// cors lets pages of the allowed origins read answers, with credentials, and
// answers preflight requests, as django-cors-headers does. An origin is allowed
// only where it equals one of the list to the letter; strangers get no CORS
// header at all.
func cors(next http.Handler, allowed []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		known := origin != "" && origin != "null" && slices.Contains(allowed, origin)
		if known {
			header.Set("Access-Control-Allow-Origin", origin)
			header.Set("Access-Control-Allow-Credentials", "true")
		}
		if known && r.Method == http.MethodOptions {
			header.Set("Access-Control-Allow-Methods", corsMethods)
			header.Set("Access-Control-Allow-Headers", corsHeaders)
			header.Set("Access-Control-Max-Age", corsMaxAge)
		}
		if isPreflight(r) {
			reply{status: http.StatusOK}.write(w, 0)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isPreflight tells whether a browser asks, on behalf of a page, whether it may
// send a request. It is answered on every path.
func isPreflight(r *http.Request) bool {
	_, asks := r.Header["Access-Control-Request-Method"]
	return asks && r.Method == http.MethodOptions
}
