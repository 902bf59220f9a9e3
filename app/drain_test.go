package app_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
)

func TestAStopIsToldBeforeNobodyIsLetIn(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]string{"DRAIN_DELAY": "2s"}, nil, func(server *bubbled) {
		t, kept := server.T, server.connect()
		kept.send(listRequest)
		time.Sleep(time.Second)
		server.stop()
		time.Sleep(1900 * time.Millisecond)

		late := server.connect()
		late.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
		kept.send(listRequest)
		<-late.closed
		<-kept.closed
		if got := late.got(); !strings.HasPrefix(got, "HTTP/1.1 503 ") || !strings.Contains(got, "\r\nConnection: close\r\n") {
			t.Errorf("a new connection was answered %s, want 503 and a connection that closes", got)
		}
		if got := kept.got(); !slices.Equal(kept.statuses(t), []int{200, 200}) || strings.Count(got, "\r\nConnection: close\r\n") != 1 {
			t.Errorf("the connection of before got %s, want a second answer, which closes it", got)
		}
		if err := <-server.ended; err != nil {
			t.Errorf("got %v, want nil", err)
		}
	})
}

// Clients that keep a stop waiting are dropped; that is no failure of the stop.
func TestAStopDoesNotWaitForClientsThatAreSlow(t *testing.T) {
	t.Parallel()
	variables, prepare := manyPersons(t)
	// Connections may bring one more request for 250 ms, and then close in two steps, the
	// second of them where the client closes its side or after half a second.
	const idle = 750 * time.Millisecond
	for name, test := range map[string]struct {
		do       func(server *bubbled) *client // begins a second before the stop
		ends     time.Duration                 // after it
		statuses []int
	}{
		"a body that stalls": {func(server *bubbled) *client {
			c := server.connect()
			c.send(annHead + annBody[:5])
			return c
		}, 5 * time.Second, []int{408}},
		"a body that drips": {func(server *bubbled) *client {
			c := server.connect()
			c.send(annHead)
			server.clients.Go(func() { c.drip(annBody, 2*time.Second) })
			return c
		}, 24 * time.Second, []int{408}},
		"a body that comes in time": {func(server *bubbled) *client {
			c := server.connect()
			c.send(annHead)
			server.clients.Go(func() { c.drip(annBody, 500*time.Millisecond) })
			return c
		}, 9500 * time.Millisecond, []int{201}},
		"an answer that is not taken": {func(server *bubbled) *client {
			conn := server.dial()
			_, _ = io.WriteString(conn, listRequest)
			return nil
		}, 5 * time.Second, nil},
		"an answer that is taken slowly": {func(server *bubbled) *client {
			conn := server.dial()
			_, _ = io.WriteString(conn, listRequest)
			server.clients.Go(func() {
				for err := error(nil); err == nil; time.Sleep(4 * time.Second) {
					_, err = io.CopyN(io.Discard, conn, 6<<10)
				}
			})
			return nil
		}, 24*time.Second + 250*time.Millisecond, nil},
		"headers that stall": {func(server *bubbled) *client {
			c := server.connect()
			c.send("GET /")
			return c
		}, 4*time.Second + 500*time.Millisecond, []int{400}},
		"silent from the beginning": {func(server *bubbled) *client { return server.connect() }, 4 * time.Second, nil},
		"idle": {func(server *bubbled) *client {
			c := server.connect()
			c.send(listRequest)
			return c
		}, idle, []int{200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, variables, prepare, func(server *bubbled) {
				t, c := server.T, test.do(server)
				time.Sleep(time.Second)
				server.stop()
				began := time.Now()
				err := <-server.ended
				if took := time.Since(began); err != nil || took < test.ends || took > test.ends+time.Second {
					t.Errorf("the stop took %s and ended with %v, want about %s and nil", took, err, test.ends)
				}
				if c != nil && !slices.Equal(c.statuses(t), test.statuses) {
					t.Errorf("got the answers %v, want %v; all that came:\n%s", c.statuses(t), test.statuses, c.got())
				}
			})
		})
	}
}

// Over HTTP/2 the rest of a short answer waits for its client after its handler.
func TestAStopDoesNotWaitForAStreamThatIsNotTaken(t *testing.T) {
	t.Parallel()
	variables, prepare := manyPersons(t)
	files := newIdentity(t, "one")
	variables["TLS_CERT_FILE"], variables["TLS_KEY_FILE"], variables["WRITE_TIMEOUT"] = files.certFile, files.keyFile, "1h"
	inBubble(t, variables, func(a *app.App) { prepare(a); withCertificate(a) }, func(server *bubbled) {
		response, err := server.overHTTP2(8).Get("https://localhost/api/v1/persons/1/")
		if err != nil {
			server.Fatal(err)
		}
		server.stop()
		began := time.Now()
		err = <-server.ended
		if took := time.Since(began); err != nil || took < 5*time.Second || took > 7*time.Second {
			server.Errorf("the stop took %s and ended with %v, want about 6s and nil", took, err)
		}
		_ = response.Body.Close()
	})
}

func TestARequestThatRosterDoesNotFinishFailsTheStop(t *testing.T) {
	t.Parallel()
	works := func(a *app.App) {
		a.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	}
	inBubble(t, map[string]string{"ANSWER_TIMEOUT": "1h"}, works, func(server *bubbled) {
		c := server.connect()
		c.send(listRequest)
		time.Sleep(time.Second)
		server.stop()
		began := time.Now()
		err := <-server.ended
		if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "requests were cut off after 25s") || took != 25*time.Second {
			server.Errorf("the stop took %s and ended with %v, want 25s and an error that says so", took, err)
		}
		<-c.closed
	})
}

// errStopped tells that the server has closed or refused a connection, as it may.
var errStopped = errors.New("the server stops")

// refusedOrStopped tells an attempt to connect that was refused from one that broke.
func refusedOrStopped(err error) error {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return errStopped
	}
	return err
}

// exchangeOn sends requests at once and reads their answers. Those after an answer
// that closes the connection get none, and are not carried out.
func exchangeOn(conn net.Conn, reader *bufio.Reader, text string, requests, want int) (answers int, err error) {
	_ = conn.SetDeadline(time.Now().Add(soon))
	if _, err := io.WriteString(conn, text); err != nil {
		return 0, err
	}
	for range requests {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return answers, fmt.Errorf("after %d answers: %w", answers, err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return answers, err
		}
		if response.StatusCode != want {
			return answers, errors.New(response.Status)
		}
		answers++
		if response.Close {
			return answers, errStopped
		}
	}
	return answers, nil
}

// keepAlive returns a client that keeps its connection, and that sends so many
// requests at once.
func keepAlive(text string, requests, want, writes int) func(address string) (int, error) {
	var (
		conn   net.Conn
		reader *bufio.Reader
	)
	return func(address string) (int, error) {
		if conn == nil {
			var err error
			if conn, err = net.DialTimeout("tcp", address, soon); err != nil {
				return 0, refusedOrStopped(err)
			}
			reader = bufio.NewReader(conn)
		}
		answers, err := exchangeOn(conn, reader, text, requests, want)
		if err != nil {
			_ = conn.Close()
		}
		return answers * writes, err
	}
}

func newConnection(address string) (int, error) {
	conn, err := net.DialTimeout("tcp", address, soon)
	if err != nil {
		return 0, refusedOrStopped(err)
	}
	defer conn.Close()
	_, err = exchangeOn(conn, bufio.NewReader(conn), listRequest, 1, http.StatusOK)
	if errors.Is(err, errStopped) { // it was let in, so others may be
		err = nil
	}
	return 0, err
}

// TestNoRequestIsLostByAStop lets many clients of several kinds work while the server
// stops. Each must see whole answers only, until one closes its connection or a new
// one is refused.
func TestNoRequestIsLostByAStop(t *testing.T) {
	t.Parallel()
	var (
		clients        sync.WaitGroup
		done, answered atomic.Int64 // writes
		begun          = make(chan struct{}, 1000)
	)
	server := start(t, map[string]string{"DRAIN_DELAY": "100ms", "PAGE_SIZE": "10"}, func(a *app.App) {
		a.SetGoodbye(soon)
		next := a.Handler
		a.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if r.Method == http.MethodPost {
				done.Add(1)
			}
		})
	})
	go func() {
		for range server.log { // else it fills up
		}
	}()
	address := strings.Split(server.url, "/")[2]
	kinds := map[string]func() func(address string) (int, error){
		"requests over one connection": func() func(string) (int, error) { return keepAlive(listRequest, 1, http.StatusOK, 0) },
		"writes over one connection":   func() func(string) (int, error) { return keepAlive(annHead+annBody, 1, http.StatusCreated, 1) },
		"five requests at once": func() func(string) (int, error) {
			return keepAlive(strings.Repeat(listRequest, 5), 5, http.StatusOK, 0)
		},
		"a hundred writes at once, over 10 KiB": func() func(string) (int, error) {
			return keepAlive(strings.Repeat(annHead+annBody, 100), 100, http.StatusCreated, 1)
		},
		"a connection for each request": func() func(string) (int, error) { return newConnection },
	}
	for name, kind := range kinds {
		for range 4 {
			exchange := kind()
			clients.Go(func() {
				for round := 0; ; round++ {
					n, err := exchange(address)
					answered.Add(int64(n))
					if round == 10 {
						begun <- struct{}{}
					}
					if errors.Is(err, errStopped) {
						return
					}
					if err != nil {
						t.Errorf("%s, round %d: %v, want whole answers only", name, round, err)
						return
					}
				}
			})
		}
	}
	for range len(kinds) * 4 {
		receive(t, begun, "ten rounds of each client")
	}
	server.stop()
	clients.Wait()
	if err := server.waitForEnd(t); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	if done.Load() != answered.Load() {
		t.Errorf("%d writes were carried out, but %d answered", done.Load(), answered.Load())
	}
}
