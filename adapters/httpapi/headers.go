package httpapi

import "net/http"

// safetyHeaders puts on every answer the headers that Django's SecurityMiddleware
// and XFrameOptionsMiddleware put on those of the original.
func safetyHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeader(w, "X-Content-Type-Options", "nosniff")
		setHeader(w, "X-Frame-Options", "DENY")
		setHeader(w, "Referrer-Policy", "same-origin")
		setHeader(w, "Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// setHeader sets a header of an answer. Name is in canonical form.
//
// An answer has about ten headers. The exchange has room for their values, so that
// they need no slice each; no two answers share one, so who appends to a value or
// changes it harms nobody.
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
