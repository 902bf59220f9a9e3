package app_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
)

const (
	listRequest = "GET /api/v1/persons/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
	postHead    = "POST /api/v1/persons/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
	annHead     = postHead + "Content-Length: 22\r\n\r\n"
	annBody     = `{"name":"Ann","age":1}`
)

func TestAClientThatIsTooSlowLosesItsConnection(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		do       func(c *client)
		after    time.Duration // the server closes the connection
		statuses []int         // that came before
	}{
		{"silent from the beginning", func(*client) {}, 5 * time.Second, nil},
		{"headers that stop", func(c *client) { c.send("GET / HTTP/1.1\r\nHost: lo") }, 5 * time.Second, nil},
		{"headers that drip", func(c *client) { c.drip(listRequest, 110*time.Millisecond) }, 5 * time.Second, nil},
		// net/http takes what has come of the first line for all of it; the half second is
		// for the answer to be read.
		{"a first line that stops", func(c *client) { c.send("GET /") }, 5*time.Second + 500*time.Millisecond, []int{400}},
		{"idle after an answer", func(c *client) { c.send(listRequest) }, time.Minute, []int{200}},
		{"a second request whose headers stop", func(c *client) {
			c.send(listRequest)
			time.Sleep(50 * time.Second)
			c.send("GET / HTTP/1.1\r\nHost: lo")
		}, 55 * time.Second, []int{200}},
		{"a second request whose beginning drips", func(c *client) {
			c.send(listRequest)
			c.drip("GET", 25*time.Second)
		}, time.Minute, []int{200}},
		{"a body that never comes", func(c *client) { c.send(annHead) }, 10 * time.Second, []int{408}},
		{"a body that stops", func(c *client) {
			c.send(annHead + annBody[:5])
			time.Sleep(5 * time.Second)
			c.send(annBody[5:10])
		}, 15 * time.Second, []int{408}},
		{"a body a byte every 3 seconds", func(c *client) { c.send(annHead); c.drip(annBody, 3*time.Second) }, 30 * time.Second, []int{408}},
		{"a chunk whose length drips", func(c *client) {
			c.send(postHead + "Transfer-Encoding: chunked\r\n\r\n")
			c.drip("1;"+strings.Repeat("x", 100), time.Second)
		}, 10 * time.Second, []int{408}},
		{"chunks that drip", func(c *client) {
			c.send(postHead + "Transfer-Encoding: chunked\r\n\r\n")
			c.drip(strings.Repeat("1\r\n \r\n", 100), time.Second)
		}, 30 * time.Second, []int{408}},
		{"a body that was asked for and never comes", func(c *client) {
			c.send(postHead + "Expect: 100-continue\r\nContent-Length: 22\r\n\r\n")
		}, 10 * time.Second, []int{100, 408}},
		{"a body that nobody reads and never comes", func(c *client) {
			c.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 22\r\n\r\n")
		}, 10 * time.Second, []int{404}},
		{"a body that is too large and stops", func(c *client) {
			c.send(postHead + "Transfer-Encoding: chunked\r\n\r\n100001\r\n" + strings.Repeat(" ", 1<<20+1))
		}, 10 * time.Second, []int{413}},
		{"a second request whose body stops", func(c *client) {
			c.send(annHead + annBody)
			time.Sleep(40 * time.Second)
			c.send(annHead)
		}, 50 * time.Second, []int{201, 408}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, nil, nil, func(server *bubbled) {
				t := server.T
				c := server.connect()
				server.clients.Go(func() { test.do(c) })
				if after := <-c.closed; after != test.after {
					t.Errorf("the connection was closed after %s, want %s", after, test.after)
				}
				if got := c.statuses(t); !slices.Equal(got, test.statuses) {
					t.Errorf("got the answers %v, want %v; all that came:\n%s", got, test.statuses, c.got())
				}
				if got := c.got(); slices.Contains(test.statuses, 408) && !strings.HasSuffix(got, `{"detail":"The request body came too slowly."}`) {
					t.Errorf("got %s, want 408 in JSON", got)
				}
			})
		})
	}
}

func TestAClientThatPausesIsServed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do       func(c *client)
		statuses []int
	}{
		"headers that pause for 4 seconds": {func(c *client) {
			c.send(listRequest[:20])
			time.Sleep(4 * time.Second)
			c.send(listRequest[20:])
		}, []int{200}},
		"a body that pauses for 9 seconds, three times": {func(c *client) {
			c.send(annHead)
			for _, piece := range []string{annBody[:3], annBody[3:9], annBody[9:]} {
				time.Sleep(9 * time.Second)
				c.send(piece)
			}
		}, []int{201}},
		"a request every 50 seconds, with and without a body": {func(c *client) {
			for range 3 {
				c.send(annHead + annBody)
				time.Sleep(50 * time.Second)
				c.send(listRequest)
				time.Sleep(50 * time.Second)
			}
		}, []int{201, 200, 201, 200, 201, 200}},
		"requests at once": {func(c *client) { c.send(strings.Repeat(annHead+annBody+listRequest, 3)) }, []int{201, 200, 201, 200, 201, 200}},
		"a body that nobody reads, then a request": {func(c *client) {
			c.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 22\r\n\r\n" + annBody)
			time.Sleep(30 * time.Second)
			c.send(annHead + annBody)
		}, []int{404, 201}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, nil, nil, func(server *bubbled) {
				t := server.T
				c := server.connect()
				test.do(c)
				<-c.closed
				if got := c.statuses(t); !slices.Equal(got, test.statuses) {
					t.Errorf("got the answers %v, want %v; all that came:\n%s", got, test.statuses, c.got())
				}
			})
		})
	}
}

// manyPersons lets a page be far larger than what a connection holds.
func manyPersons(t *testing.T) (variables map[string]string, prepare func(a *app.App)) {
	t.Helper()
	return map[string]string{"PAGE_SIZE": "2000"}, func(a *app.App) {
		if _, err := a.CreateBulk.Generate(context.Background(), 2000); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAClientThatTakesNoAnswerLosesItsConnection(t *testing.T) {
	t.Parallel()
	variables, prepare := manyPersons(t)
	for name, read := range map[string]int{"nothing": 0, "a byte": 1, "less than 4 KiB": 4<<10 - 1} {
		t.Run(name+" is taken", func(t *testing.T) {
			t.Parallel()
			inBubble(t, variables, prepare, func(server *bubbled) {
				t := server.T
				conn, began := server.dial(), time.Now()
				_, _ = io.WriteString(conn, listRequest)
				_, _ = io.ReadFull(conn, make([]byte, read))
				<-conn.closed
				if after := time.Since(began); after != 30*time.Second {
					t.Errorf("the connection was closed after %s, want 30 s", after)
				}
			})
		})
	}
}

func TestAClientThatTakesAnAnswerSlowlyGetsIt(t *testing.T) {
	t.Parallel()
	variables, prepare := manyPersons(t)
	inBubble(t, variables, prepare, func(server *bubbled) {
		t := server.T
		conn := server.dial()
		_, _ = io.WriteString(conn, strings.Replace(listRequest, "HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", 1))
		var answer bytes.Buffer
		for {
			time.Sleep(20 * time.Second)
			if _, err := io.CopyN(&answer, conn, 8<<10); err != nil {
				break
			}
		}
		if answer.Len() < 60<<10 || !strings.HasSuffix(answer.String(), "]}") {
			t.Errorf("got %d bytes, want the whole page", answer.Len())
		}
	})
}

// Between the end of its body and its answer a request has no deadline but that of
// its context: net/http would take one for a client that has gone.
func TestADeadlineOfABodyDoesNotOutliveIt(t *testing.T) {
	t.Parallel()
	for name, stopAfter := range map[string]time.Duration{
		"while nothing stops":               time.Hour,
		"while a stop begins after it":      9 * time.Second,
		"while a stop begins just then":     4 * time.Second,
		"while a stop begins in the middle": 3 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var result error
			works := func(a *app.App) {
				a.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					if _, result = io.ReadAll(r.Body); result == nil {
						time.Sleep(25 * time.Second)
						result = context.Cause(r.Context())
					}
				})
			}
			inBubble(t, map[string]string{"SHUTDOWN_TIMEOUT": "50s"}, works, func(server *bubbled) {
				t := server.T
				time.AfterFunc(stopAfter, server.stop)
				c := server.connect()
				c.send(annHead + annBody[:5])
				time.Sleep(4 * time.Second)
				c.send(annBody[5:])
				<-c.closed
				if got := c.statuses(t); result != nil || !slices.Equal(got, []int{200}) {
					t.Errorf("got the answers %v and the error %v while the handler worked, want 200 and none", got, result)
				}
			})
		})
	}
}

// A handler that does not read a body may take its time: the client has its own.
func TestABodyThatNobodyReadsMayComeAfterALongAnswer(t *testing.T) {
	t.Parallel()
	works := func(a *app.App) {
		a.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(12 * time.Second) })
	}
	inBubble(t, nil, works, func(server *bubbled) {
		t, c := server.T, server.connect()
		c.send(annHead)
		time.Sleep(14 * time.Second)
		c.send(annBody + listRequest)
		<-c.closed
		if got := c.statuses(t); !slices.Equal(got, []int{200, 200}) {
			t.Errorf("got the answers %v, want two: the connection is kept", got)
		}
	})
}
