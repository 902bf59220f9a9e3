package app_test

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

var two = map[string]string{"MAX_CONNECTIONS": "2"}

func TestAConnectionTooManyIsAnsweredWith503(t *testing.T) {
	t.Parallel()
	inBubble(t, two, nil, func(server *bubbled) {
		t, held := server.T, []*client{server.connect(), server.connect()}
		refused := server.connect()
		refused.send(listRequest)
		if after := <-refused.closed; after > time.Second {
			t.Errorf("the connection was closed after %s, want 1s at most", after)
		}
		got := refused.got()
		for _, want := range []string{
			"HTTP/1.1 503 Service Unavailable\r\n", "\r\nRetry-After: 1\r\n", "\r\nConnection: close\r\n", "\r\nContent-Type: application/json\r\n",
			"\r\nX-Content-Type-Options: nosniff\r\n", `{"detail":"Service temporarily unavailable, try again later."}`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("got\n%s\nwant %q in it", got, want)
			}
		}
		for _, c := range held {
			c.send(listRequest)
		}
		time.Sleep(100 * time.Millisecond) // less than what makes one give way
		if got := held[0].statuses(t); !slices.Equal(got, []int{200}) {
			t.Errorf("a connection of before: got the answers %v, want 200", got)
		}

		// One that is closed makes room.
		_ = held[0].Close()
		time.Sleep(100 * time.Millisecond)
		next := server.connect()
		next.send(listRequest)
		time.Sleep(100 * time.Millisecond)
		if got := next.statuses(t); !slices.Equal(got, []int{200}) {
			t.Errorf("got the answers %v where one has gone, want 200", got)
		}
	})
}

func TestAConnectionTooManyThatAsksNothingIsAnsweredNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, two, nil, func(server *bubbled) {
		_, _ = server.connect(), server.connect()
		refused := make([]*client, 65)
		for i := range refused {
			refused[i] = server.connect()
		}
		for i, c := range refused {
			want := time.Second
			if i == 64 {
				want = 0 // 64 are refused at once
			}
			if after := <-c.closed; after != want || c.got() != "" {
				server.Errorf("number %d was closed after %s with %q, want %s and nothing", i+1, after, c.got(), want)
			}
		}
	})
}

func TestAConnectionTooManyIsClosedWithoutAHandshake(t *testing.T) {
	t.Parallel()
	variables := newIdentity(t, "one").variables()
	variables["MAX_CONNECTIONS"] = "1"
	inBubble(t, variables, withCertificate, func(server *bubbled) {
		_ = server.connect()
		refused := server.connect()
		if after := <-refused.closed; after != 0 || refused.got() != "" {
			server.Errorf("it was closed after %s with %q, want at once, with nothing", after, refused.got())
		}
	})
}

func TestAConnectionThatIdlesGivesWay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		idle    time.Duration // since the answer to the one, half of it since that to the other
		request string        // of the other, after its answer
		closed  []bool
		status  int // of the third
	}{
		"after a second":                 {1900 * time.Millisecond, "", []bool{true, false}, 200},
		"not before":                     {900 * time.Millisecond, "", []bool{false, false}, 503},
		"not while it brings a request":  {3 * time.Second, listRequest[:30], []bool{true, false}, 200},
		"not while it waits for its own": {900 * time.Millisecond, annHead, []bool{false, false}, 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, two, nil, func(server *bubbled) {
				t, one := server.T, server.connect()
				one.send(listRequest)
				time.Sleep(test.idle / 2)
				other := server.connect()
				other.send(listRequest)
				time.Sleep(test.idle / 2)
				other.send(test.request)
				third := server.connect()
				third.send(listRequest)
				time.Sleep(100 * time.Millisecond)
				if got := third.statuses(t); !slices.Equal(got, []int{test.status}) {
					t.Errorf("the third: got the answers %v, want %d", got, test.status)
				}
				for i, c := range []*client{one, other} {
					select {
					case <-c.closed:
						if !test.closed[i] {
							t.Errorf("number %d is closed, want it kept", i+1)
						}
					default:
						if test.closed[i] {
							t.Errorf("number %d is kept, want it closed", i+1)
						}
					}
				}
			})
		})
	}
}

// Connections that idle are found again and again, also after a look in vain.
func TestManyConnectionsThatIdleGiveWayInTurn(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]string{"MAX_CONNECTIONS": "10"}, nil, func(server *bubbled) {
		for i := range 200 {
			if i%10 == 0 {
				time.Sleep(1100 * time.Millisecond)
			}
			c := server.connect()
			c.send(listRequest)
			time.Sleep(time.Millisecond)
			if got := c.statuses(server.T); !slices.Equal(got, []int{200}) {
				server.Fatalf("connection %d: got the answers %v, want 200: ten of before have idled for a second", i+1, got)
			}
		}
	})
}

// The system would send a reset for what was not read, and the client's would forget
// the answer.
func TestTheAnswerToAConnectionTooManyArrives(t *testing.T) {
	t.Parallel()
	server := start(t, map[string]string{"MAX_CONNECTIONS": "1"})
	address := strings.Split(server.url, "/")[2]
	held, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	for range 20 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(soon))
		_, err = io.WriteString(conn, postHead+"Content-Length: 100000\r\n\r\n"+strings.Repeat(" ", 100_000))
		answer, readErr := io.ReadAll(conn)
		if err != nil || readErr != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 503 ") || !strings.HasSuffix(string(answer), "}") {
			t.Errorf("got %q, the error %v of writing and %v of reading, want the whole answer", answer, err, readErr)
		}
		_ = conn.Close()
	}
	line, _ := server.readLog(t, "too many connections")
	if line["limit"] != 1.0 || line["refused"] != 1.0 {
		t.Errorf("got %v in the log, want the limit and how many were refused", line)
	}
}
