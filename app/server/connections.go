package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// connections are the open ones of a server. Their number is bounded, no write to
// one waits for ever for its client, and a stop ends them without breaking a request.
type connections struct {
	limit      int
	turns      *turns
	writeStall atomic.Int64 // nanoseconds, see connection.Write
	leaving    atomic.Bool
	cut        atomic.Bool
	began      time.Time
	lingering  sync.WaitGroup // connections that close in two steps

	mu       sync.Mutex
	open     []*connection // in no order; each knows its place
	hand     int           // the place where makeRoom looked last
	nextLook time.Duration // when makeRoom may find something at the earliest
}

// idleGrace is how long a connection has at least brought no request before it gives
// way to a new one. A client that sends request after request never loses it.
const idleGrace = time.Second

func newConnections(limit int, writeStall time.Duration, turns *turns) *connections {
	c := &connections{limit: limit, turns: turns, began: time.Now()}
	c.writeStall.Store(int64(writeStall))
	return c
}

// now returns the time since the beginning, which is greater than 0.
func (c *connections) now() time.Duration { return time.Since(c.began) + 1 }

// admit takes in a connection that was accepted, or returns nil where there is no
// room for it.
func (c *connections) admit(accepted net.Conn) *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) >= c.limit && !c.makeRoom() {
		return nil
	}
	admitted := &connection{Conn: accepted, of: c, place: len(c.open)}
	admitted.idle.Store(isNew)
	c.open = append(c.open, admitted)
	return admitted
}

// makeRoom closes a connection that idles, if there is one. It looks at each in turn,
// so that looking costs little while some idle, and does not look at all while none
// can have idled for long enough. The caller holds mu.
func (c *connections) makeRoom() bool {
	now := c.now()
	if now < c.nextLook {
		return false
	}
	soonest := now + idleGrace
	for range c.open {
		c.hand = (c.hand + 1) % len(c.open)
		candidate := c.open[c.hand]
		since := time.Duration(candidate.idle.Load())
		switch {
		case since <= 0:
		case now-since < idleGrace:
			soonest = min(soonest, since+idleGrace)
		default:
			c.forget(candidate)
			_ = candidate.Conn.Close() // its server goroutine notices
			return true
		}
	}
	c.nextLook = soonest
	return false
}

// remove takes out a connection that closes, if it is still there.
func (c *connections) remove(closing *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(closing)
}

func (c *connections) forget(gone *connection) {
	if gone.place < 0 {
		return
	}
	last := c.open[len(c.open)-1]
	c.open[gone.place], last.place = last, gone.place
	c.open[len(c.open)-1] = nil
	c.open = c.open[:len(c.open)-1]
	gone.place = -1
}

// note is for http.Server.ConnState. A connection of HTTP/1.1 is noted twice for each
// request, so this is on every request's way.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	if secure, isTLS := conn.(*tls.Conn); isTLS {
		conn = secure.NetConn()
	}
	noted, isOurs := conn.(*connection)
	if !isOurs {
		return
	}
	switch state {
	case http.StateActive:
		noted.idle.Store(isBusy)
	case http.StateIdle:
		noted.idle.Store(int64(c.now()))
		noted.asked.Store(false)
		c.turns.next()
	case http.StateClosed:
		c.turns.next()
	}
}

// leave makes answers close their connections from now on. Who does not take one gets
// no more than stall, also where a write has begun.
func (c *connections) leave(stall time.Duration) {
	c.writeStall.Store(min(c.writeStall.Load(), int64(stall)))
	c.leaving.Store(true)
	c.turns.end()
	for _, conn := range c.all() {
		_ = conn.SetWriteDeadline(time.Now().Add(stall))
	}
}

// cutOff makes connections close at once, without waiting for their clients.
func (c *connections) cutOff() {
	c.cut.Store(true)
	for _, conn := range c.all() {
		if conn.closing.Load() {
			_ = conn.SetReadDeadline(time.Now()) // it lingers
		}
	}
}

func (c *connections) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

func (c *connections) all() []*connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.open)
}

// wait waits until all connections are closed, or goodbye is over and each connection
// has brought a request: what Shutdown then closes would at once be idle. It ends
// with ctx.
func (c *connections) wait(ctx context.Context, goodbye time.Duration) {
	over := time.Now().Add(goodbye)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		open := c.all()
		isUnused := func(conn *connection) bool { return conn.idle.Load() == isNew }
		if len(open) == 0 || !time.Now().Before(over) && !slices.ContainsFunc(open, isUnused) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
