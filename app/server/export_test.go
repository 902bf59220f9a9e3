package server

import (
	"io"
	"net"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// ConnectionLimit returns how many connections may be open.
func ConnectionLimit(config Config, descriptors int) int { return connectionLimit(config, descriptors) }

// Pace returns the body of a request, as its handler gets it, and what the beginning
// of a stop does to it.
func Pace(w http.ResponseWriter, r *http.Request, config Config) (body io.Reader, hurry func()) {
	paces := newPaces(config, 1)
	return paces.begin(w, r, httpapi.SpanOf(r), func(error) {}), func() { paces.hurry(hurriedStall) }
}

// Connection returns a connection as the server has it, whose client may stall for so
// long.
func Connection(accepted net.Conn, stall time.Duration) net.Conn {
	return newConnections(1, stall, newTurns(nil, time.Second)).admit(accepted)
}

// Turns are what connections wait for.
type Turns struct{ *turns }

// NewTurns returns turns that go by what runnable returns.
func NewTurns(runnable func() int) Turns { return Turns{newTurns(runnable, time.Second)} }

// Wait returns when a turn may begin, Next is told that a request has ended, and End
// that a stop has begun.
func (t Turns) Wait() { t.wait() }
func (t Turns) Next() { t.next() }
func (t Turns) End()  { t.end() }

// Connection returns a connection that takes these turns, and what net/http tells of
// its state.
func (t Turns) Connection(accepted net.Conn) (net.Conn, func(net.Conn, http.ConnState)) {
	connections := newConnections(1, time.Minute, t.turns)
	return connections.admit(accepted), connections.note
}

// Limit returns the handler with its requests held to their limits.
func Limit(next http.Handler, config Config) http.Handler { return newPaces(config, 1).limit(next) }
