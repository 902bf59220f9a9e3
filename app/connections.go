package app

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// connections ends the connections of a server without breaking a request. To
// close those that are idle, as http.Server.Shutdown does at once, breaks the
// request that is on its way on one of them. So each connection may bring one more
// request, and is closed by its answer.
type connections struct {
	open    atomic.Int64
	leaving atomic.Bool
}

// count is for http.Server.ConnState.
func (c *connections) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		c.open.Add(-1)
	}
}

// sayGoodbye makes answers close their connection that begin after leave was
// called, whenever their request began.
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

// leave makes answers close their connections from now on.
func (c *connections) leave() { c.leaving.Store(true) }

// wait waits until all connections are closed, at most limit and until ctx ends.
func (c *connections) wait(ctx context.Context, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for c.open.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
