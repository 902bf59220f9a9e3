package httpapi

import "net/http"

// limitTarget refuses requests whose path and query are longer than limit bytes with
// 414, before anything reads them. No link of this API comes near 8 KiB.
func limitTarget(next http.Handler, limit int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.RequestURI) > limit {
			writeError(w, http.StatusRequestURITooLong, detail{"The path and query are too long."})
			return
		}
		next.ServeHTTP(w, r)
	})
}
