package server

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// connection is a connection of connections, below TLS.
type connection struct {
	net.Conn
	of    *connections
	place int          // in of.open, -1 once it is closed; guarded by of.mu
	idle  atomic.Int64 // since when nothing came while it idles, as of.now tells it, or one of the following
	asked atomic.Bool  // for a turn, since it idles or is new
	turn  time.Time    // until when it need not ask; for whoever reads

	unread  atomic.Bool // the body of a request was not read to its end
	closing atomic.Bool
}

const (
	isBusy = 0
	isNew  = -1 // it has not brought a request yet
)

// Read implements net.Conn. net/http takes a connection for idle until it has all
// headers of a request; here it is not, once they have begun to come. It returns the
// first of what comes when it is the connection's turn.
func (c *connection) Read(content []byte) (int, error) {
	n, err := c.Conn.Read(content)
	if err != nil { // who stalls sends nothing more that would have to be taken
		c.unread.Store(false)
	}
	if n == 0 || c.idle.Load() == isBusy {
		return n, err
	}
	c.touch()
	if c.asked.CompareAndSwap(false, true) && !time.Now().Before(c.turn) {
		c.of.turns.wait()
		c.turn = time.Now().Add(turnLength)
		c.touch()
	}
	return n, err
}

// touch notes that a connection does not idle, if it did.
func (c *connection) touch() {
	if since := c.idle.Load(); since > 0 {
		c.idle.CompareAndSwap(since, int64(c.of.now()))
	}
}

// leastProgress is how much of an answer a client must take in the time that it has,
// or it is stalled. A client that takes a byte now and then is no better than one
// that takes nothing.
const leastProgress = 4 << 10

// looks is how often a write that does not end looks, within the time of a stall, at
// what the client has taken. What the system's buffers take at once is progress too,
// so a client that takes nothing has a look's time more.
const looks = 16

// Write implements net.Conn. It fails once the client has taken next to nothing
// (leastProgress) for as long as it may, however much there is to write. Each write
// sets its deadline anew, so none of before holds for it.
func (c *connection) Write(text []byte) (written int, err error) {
	var (
		began = time.Now() // of the time in which the client may stall
		taken = 0          // of text until then
	)
	for {
		stall := c.allowWrite()
		n, err := c.Conn.Write(text[written:])
		written += n
		if written == len(text) || !errors.Is(err, os.ErrDeadlineExceeded) {
			return written, err
		}
		switch now := time.Now(); {
		case written-taken >= leastProgress:
			began, taken = now, written
		case now.Sub(began) >= stall:
			return written, err
		}
	}
}

// allowWrite sets when a write looks next, and returns how long a client may stall. A
// stop may begin meanwhile and shorten what is set; whichever comes last, the shorter
// one holds.
func (c *connection) allowWrite() (stall time.Duration) {
	for {
		stall = time.Duration(c.of.writeStall.Load())
		_ = c.SetWriteDeadline(time.Now().Add(stall / looks)) // if it fails, so does the write
		if time.Duration(c.of.writeStall.Load()) == stall {
			return stall
		}
	}
}

// CloseWrite tells the client that nothing more comes. net/http looks for it.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Close implements net.Conn. In a stop, and where a body was not read to its end, it
// returns at once and closes in two steps: whoever had sent something that nobody reads
// any more would get a reset, which may take the last answer away before the client has
// read it. Many clients read an answer only when they have sent all of a body.
func (c *connection) Close() error {
	unread := c.unread.Load()
	if !c.closing.CompareAndSwap(false, true) || c.of.cut.Load() || !unread && !c.of.leaving.Load() {
		c.of.remove(c)
		return c.Conn.Close()
	}
	limit, most := lingerLimit, int64(lingerBytes)
	if unread {
		limit, most = unreadLimit, unreadBytes
	}
	c.of.lingering.Go(func() {
		linger(c.Conn, limit, most)
		c.of.remove(c)
		_ = c.Conn.Close()
	})
	return nil
}

// How long and how much linger takes from a client.
const (
	lingerLimit = 500 * time.Millisecond
	lingerBytes = 256 << 10
	unreadLimit = 2 * time.Second
	unreadBytes = 64 << 20
)

// linger tells the client that nothing more comes and waits until it has closed its
// side too, but no longer than limit, and takes no more than most bytes.
func linger(conn net.Conn, limit time.Duration, most int64) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(limit))
	_, _ = io.CopyN(io.Discard, conn, most)
}
