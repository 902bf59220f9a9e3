package app_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
)

// pipes is a listener in memory, for time that is not real. Its connections hold
// nothing: who writes waits until somebody reads.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.dialed:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000} }

// bubbled is a server that runs over pipes.
type bubbled struct {
	*testing.T // of the bubble
	*app.App
	pipes *pipes
	stop  context.CancelFunc
	ended chan error
	// clients are waited for before the bubble ends.
	clients sync.WaitGroup
}

// inBubble runs a server in a bubble of its own time, and stops it when the test is done.
func inBubble(t *testing.T, variables map[string]string, prepare func(a *app.App), test func(server *bubbled)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a, err := app.New(t.Context(), load(t, variables), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		a.SetRunnable(func() int { return 0 }) // the runtime's would count all tests'
		if prepare != nil {
			prepare(a)
		}
		ctx, stop := context.WithCancel(context.Background())
		server := &bubbled{T: t, App: a, pipes: &pipes{dialed: make(chan net.Conn), closed: make(chan struct{})}, stop: stop, ended: make(chan error, 1)}
		go func() {
			server.ended <- a.Serve(ctx, server.pipes)
			close(server.ended)
		}()
		test(server)
		stop()
		<-server.ended
		server.clients.Wait()
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

// client is a connection whose answers are read as they come.
type client struct {
	net.Conn
	began  time.Time
	mu     sync.Mutex
	answer strings.Builder
	closed chan time.Duration // when the server closed it, after it was opened
}

// pipeEnd is the client's end of a connection.
type pipeEnd struct {
	net.Conn
	closed chan struct{} // by the server
}

// serverEnd is the other.
type serverEnd struct {
	net.Conn
	close func()
}

func (e serverEnd) Close() error {
	e.close()
	return e.Conn.Close()
}

// dial opens a connection whose answers nobody reads.
func (b *bubbled) dial() pipeEnd {
	b.Helper()
	ours, theirs := net.Pipe()
	closed := make(chan struct{})
	b.pipes.dialed <- serverEnd{theirs, sync.OnceFunc(func() { close(closed) })}
	b.Cleanup(func() { _ = ours.Close() })
	return pipeEnd{ours, closed}
}

func (b *bubbled) connect() *client {
	b.Helper()
	c := &client{Conn: b.dial(), began: time.Now(), closed: make(chan time.Duration, 1)}
	go func() {
		_, _ = io.Copy(c, c.Conn)
		c.closed <- time.Since(c.began)
	}()
	return c
}

// Write keeps an answer. What goes to the server goes to c.Conn.
func (c *client) Write(answer []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answer.Write(answer)
}

func (c *client) send(text string) {
	_, _ = io.WriteString(c.Conn, text) // the server may have had enough
}

// drip sends a text a byte at a time.
func (c *client) drip(text string, pause time.Duration) {
	for i := range text {
		if _, err := io.WriteString(c.Conn, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

func (c *client) got() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answer.String()
}

// statuses returns the statuses of the answers that came, in order.
func (c *client) statuses(t *testing.T) []int {
	t.Helper()
	var statuses []int
	reader := bufio.NewReader(strings.NewReader(c.got()))
	for {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return statuses
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatalf("answer %d is cut short: %v", len(statuses)+1, err)
		}
		statuses = append(statuses, response.StatusCode)
	}
}
