package httpapi

import "net/http"

// maxTargetBytes is how long the path and query of a request may be, as they were
// sent. No link of this API comes near it.
const maxTargetBytes = 8 << 10

// limitTarget refuses requests whose path and query are longer than
// maxTargetBytes with 414, before anything reads them.
func limitTarget(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.RequestURI) > maxTargetBytes {
			writeError(w, http.StatusRequestURITooLong, detail{"The path and query are too long."})
			return
		}
		next.ServeHTTP(w, r)
	})
}
