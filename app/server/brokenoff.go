package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
)

// connectionKey is the key of a request's connection in its context.
type connectionKey struct{}

// withConnection is for http.Server.ConnContext.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	if secure, isTLS := conn.(*tls.Conn); isTLS {
		conn = secure.NetConn()
	}
	return context.WithValue(ctx, connectionKey{}, conn)
}

// resetBroken makes an answer over HTTP/1.0 that a handler breaks off
// (http.ErrAbortHandler) end with a reset. Such an answer has no length and no last chunk: the
// end of its connection is its end, and who sees that come orderly takes a part for the
// whole. Proxies that speak HTTP/1.0 to servers are among them.
func resetBroken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoAtLeast(1, 1) {
			next.ServeHTTP(w, r)
			return
		}
		whole := false
		defer func() {
			if ours, isOurs := r.Context().Value(connectionKey{}).(*connection); isOurs && !whole {
				ours.reset()
			}
		}()
		next.ServeHTTP(w, r)
		whole = true
	})
}

// reset makes the end of the connection one that its client cannot take for an orderly one.
func (c *connection) reset() {
	if abrupt, ok := c.Conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = abrupt.SetLinger(0) // if it fails, the connection is broken already
	}
}
