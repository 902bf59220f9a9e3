package server

import (
	"net/http"
	"sync/atomic"
)

// sayGoodbye makes answers close their connection that begin after leave was
// called, whenever their request began. To close connections that idle, as
// http.Server.Shutdown does at once, breaks the request that is on its way on one of
// them; so each may bring one more request, and is closed by its answer.
func (c *connections) sayGoodbye(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&goodbyeWriter{ResponseWriter: w, leaving: &c.leaving}, r)
	})
}

// goodbyeWriter decides when the answer begins whether it closes its connection.
type goodbyeWriter struct {
	http.ResponseWriter
	leaving *atomic.Bool
	begun   bool
}

// WriteHeader implements http.ResponseWriter.
func (w *goodbyeWriter) WriteHeader(status int) {
	w.begun = true
	if w.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *goodbyeWriter) Write(content []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(content)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *goodbyeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
