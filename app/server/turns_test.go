package server_test

import (
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/app/server"
)

// crowd is a server where so many goroutines wait for a processor. Who waits for a turn is called by a letter.
type crowd struct {
	*testing.T // of the bubble
	server.Turns
	runnable atomic.Int64

	mu    sync.Mutex
	begun []string // whose turns began
}

// inCrowd runs a test in a bubble of its own time.
func inCrowd(t *testing.T, test func(c *crowd)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{T: t}
		c.Turns = server.NewTurns(func() int { return int(c.runnable.Load()) })
		test(c)
	})
}

// come lets some wait, one after the other.
func (c *crowd) come(names ...string) {
	for _, name := range names {
		go func() {
			c.Wait()
			c.mu.Lock()
			defer c.mu.Unlock()
			c.begun = append(c.begun, name)
		}()
		synctest.Wait()
	}
}

// want fails the test unless just these turns have begun since it was asked last.
func (c *crowd) want(when string, names ...string) {
	c.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.begun)
	if !slices.Equal(c.begun, names) {
		c.Errorf("%s: the turns of %q began, want %q", when, c.begun, names)
	}
	c.begun = nil
}

// plenty is what keeps all processors busy.
var plenty = int64(4 * runtime.GOMAXPROCS(0))

func TestWhereProcessorsHaveTimeNobodyWaits(t *testing.T) {
	t.Parallel()
	inCrowd(t, func(c *crowd) {
		c.runnable.Store(plenty - 1)
		c.come("a", "b")
		c.want("at once", "a", "b")
	})
}

func TestWhereProcessorsAreBusyTurnsBeginAsRequestsEnd(t *testing.T) {
	t.Parallel()
	inCrowd(t, func(c *crowd) {
		c.runnable.Store(plenty)
		c.come("a", "b", "c", "d")
		c.Next()
		c.want("a request has ended, and there is as much to do")
		c.runnable.Store(plenty - 2)
		c.Next()
		c.want("there is room for two", "a", "b")
		c.come("e")
		c.want("there is room, but others were first")
		time.Sleep(time.Millisecond)
		c.want("no request has ended for a millisecond", "c", "d")
		c.runnable.Store(0)
		c.Next()
		c.want("there is room for all", "e")
	})
}

func TestAmongManyTurnsOneBeginsWhereAProcessorMayHaveNothingToDo(t *testing.T) {
	t.Parallel()
	processors := int64(runtime.GOMAXPROCS(0))
	inCrowd(t, func(c *crowd) {
		for range 64*processors + 1 {
			c.Wait()
		}
		c.runnable.Store(processors)
		c.come("a", "b", "c")
		c.Next()
		c.want("as many goroutines wait as there are processors")
		c.runnable.Store(processors - 1)
		c.Next()
		c.want("one less", "a")
		c.Next()
		c.want("still one less", "b")
		c.runnable.Store(processors)
		time.Sleep(30 * time.Millisecond)
		c.want("the turns of before are over", "c")
	})
}

func TestNobodyWaitsForATurnForLong(t *testing.T) {
	t.Parallel()
	inCrowd(t, func(c *crowd) {
		c.runnable.Store(plenty)
		c.come("a")
		time.Sleep(100 * time.Millisecond)
		c.come("b")
		time.Sleep(649 * time.Millisecond)
		c.want("for 749 ms")
		time.Sleep(time.Millisecond)
		c.want("for 750 ms", "a")
		time.Sleep(100 * time.Millisecond)
		c.want("for 850 ms", "b")
	})
}

func TestInAStopNobodyWaitsForATurn(t *testing.T) {
	t.Parallel()
	inCrowd(t, func(c *crowd) {
		c.runnable.Store(plenty)
		c.come("a", "b")
		c.End()
		c.come("c")
		c.want("in a stop", "a", "b", "c")
	})
}

// ready is a connection on which a piece of a request is always there to be read.
type ready struct{ net.Conn }

func (ready) Read(content []byte) (int, error) { return copy(content, "GET"), nil }

// serving is a connection as net/http has it.
type serving struct {
	*crowd
	net.Conn
	note func(net.Conn, http.ConnState)
}

// bring reads a piece of a request and returns how long it waited for its turn.
func (s *serving) bring() (waited time.Duration) {
	began := time.Now()
	if _, err := s.Read(make([]byte, 3)); err != nil {
		s.Fatal(err)
	}
	return time.Since(began)
}

// answer is what net/http does about a request.
func (s *serving) answer() {
	s.note(s.Conn, http.StateActive)
	s.note(s.Conn, http.StateIdle)
}

func TestWhatAConnectionBringsInItsTurnDoesNotWait(t *testing.T) {
	t.Parallel()
	inCrowd(t, func(c *crowd) {
		conn := serving{crowd: c}
		conn.Conn, conn.note = c.Connection(ready{})
		c.runnable.Store(plenty)
		for _, test := range []struct{ after, want time.Duration }{
			{0, 750 * time.Millisecond}, {0, 0}, {29 * time.Millisecond, 0}, {time.Millisecond, 750 * time.Millisecond},
		} {
			time.Sleep(test.after)
			if got := conn.bring(); got != test.want {
				c.Errorf("%v after the request before: waited for %v, want %v", test.after, got, test.want)
			}
			conn.answer()
		}
	})
}

func TestARequestThatComesInPiecesWaitsOnce(t *testing.T) {
	t.Parallel()
	inCrowd(t, func(c *crowd) {
		conn := serving{crowd: c}
		conn.Conn, conn.note = c.Connection(ready{})
		c.runnable.Store(plenty)
		for _, want := range []time.Duration{750 * time.Millisecond, 0, 0} {
			if got := conn.bring(); got != want {
				c.Errorf("a piece waited for %v, want %v", got, want)
			}
			time.Sleep(time.Second)
		}
	})
}
