package server

import (
	"net/http"
	"sync/atomic"
)

// sayGoodbye makes answers close their connection that begin after leave was
// called, whenever their request began. To close connections that idle, as
// http.Server.Shutdown does at once, breaks the request that is on its way on one of
// them; so each may bring one more request, and is closed by its answer.
//
// An answer also closes its connection where it is not certain that whoever stands
// before the server sees the end of the request in the same place, so that nothing
// can be taken for another request that is none.
func (c *connections) sayGoodbye(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g := goodbyeWriter{ResponseWriter: w, leaving: &c.leaving, last: isDoubtful(r)}
		next.ServeHTTP(&g, r)
		if !g.begun {
			g.sayGoodbye() // net/http writes the answer
		}
	})
}

// isDoubtful tells whether a request may have had an end that others see elsewhere.
// RFC 9112, section 6.1, asks to close the connection where a body in chunks came with a
// length too, and where HTTP/1.0 spoke of chunks, which net/http then takes for no body.
// It removes the one header or the other, so every such request closes.
func isDoubtful(r *http.Request) bool {
	return r.TransferEncoding != nil || r.ProtoMajor == 1 && r.ProtoMinor == 0
}

// goodbyeWriter decides when the answer begins whether it closes its connection.
type goodbyeWriter struct {
	http.ResponseWriter
	leaving *atomic.Bool
	last    bool // on its connection, in any case
	begun   bool
}

// WriteHeader implements http.ResponseWriter.
func (w *goodbyeWriter) WriteHeader(status int) {
	w.begun = true
	w.sayGoodbye()
	w.ResponseWriter.WriteHeader(status)
}

func (w *goodbyeWriter) sayGoodbye() {
	if w.last || w.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
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
