package server

import (
	"io"
	"net"
	"net/http"
	"time"
)

// ConnectionLimit returns how many connections may be open.
func ConnectionLimit(config Config, descriptors int) int { return connectionLimit(config, descriptors) }

// Pace returns the body of a request, as its handler gets it, and what the beginning
// of a stop does to it.
func Pace(w http.ResponseWriter, r *http.Request, config Config) (body io.Reader, hurry func()) {
	paces := newPaces(config, 1)
	return paces.begin(w, r), func() { paces.hurry(hurriedStall) }
}

// Connection returns a connection as the server has it, whose client may stall for so
// long.
func Connection(accepted net.Conn, stall time.Duration) net.Conn {
	return newConnections(1, stall).admit(accepted)
}
