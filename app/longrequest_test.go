package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

const (
	aJob          = "019a0000-0000-7000-8000-000000000001"
	uploadHead    = "POST /api/v1/jobs/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
	eventsPath    = "/api/v1/jobs/" + aJob + "/events/"
	exportPath    = "/api/v1/persons/export/"
	eventsRequest = "GET " + eventsPath + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
	exportRequest = "GET " + exportPath + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
)

// long is what a server has to do that takes long.
type long struct {
	pieces int           // of an export, of 40 KiB each
	rest   int           // bytes behind them
	pause  time.Duration // before each piece of an export, and after each 64 KiB of a text
	fails  bool          // an export, at its end
}

// prepare lets the API do it. A job is never over.
func (l long) prepare(t *testing.T) func(a *app.App) {
	t.Helper()
	pause := func(ctx context.Context) error {
		select {
		case <-time.After(l.pause):
		case <-ctx.Done():
		}
		return domain.ContextError(ctx)
	}
	jobs := &portmock.JobManagerMock{
		ImportFunc: func(ctx context.Context, _ domain.JobOrder, _ string, r io.Reader) (domain.Job, error) {
			for {
				switch _, err := io.CopyN(io.Discard, r, 64<<10); {
				case err == io.EOF: //nolint:errorlint // io.CopyN passes it on
					return domain.Job{ID: aJob}, nil
				case err != nil:
					return domain.Job{}, err
				}
				if err := pause(ctx); err != nil {
					return domain.Job{}, err
				}
			}
		},
		WatchFunc: func(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
			return func(yield func(domain.Job, error) bool) {
				if yield(domain.Job{ID: id}, nil) {
					<-ctx.Done()
				}
			}
		},
	}
	export := &portmock.PersonExporterMock{ExportFunc: func(ctx context.Context, _ string, w io.Writer) (int64, error) {
		for range l.pieces {
			if err := pause(ctx); err != nil {
				return 0, err
			}
			if _, err := io.WriteString(w, strings.Repeat("1,Ann,31", 5<<10)); err != nil { // more than waits to be sent
				return 0, err
			}
		}
		if _, err := io.WriteString(w, strings.Repeat("x", l.rest)); err != nil {
			return 0, err
		}
		if l.fails {
			return 0, errors.New("planted")
		}
		return 0, nil
	}}
	return func(a *app.App) {
		handler, err := httpapi.New(httpapi.UseCases{
			Registry: a.Registry, Check: a.Check, CreateBulk: a.CreateBulk, AsyncCreateBulk: a.AsyncCreateBulk, Fetch: a.Fetch,
			Jobs: jobs, NewRefusalWriter: personfile.NewRefusalWriter, Export: export,
		}, httpapi.Config{AllowedHosts: []string{"localhost"}})
		if err != nil {
			t.Fatal(err)
		}
		a.Handler = handler
	}
}

// trickle is a text of so many pieces of 64 KiB, with a pause before each.
func trickle(pieces int, pause time.Duration) io.Reader {
	read, write := io.Pipe()
	go func() {
		for range pieces {
			time.Sleep(pause)
			if _, err := io.WriteString(write, strings.Repeat("x", 64<<10)); err != nil {
				return
			}
		}
		_ = write.Close()
	}()
	return read
}

// upload sends a text in chunks, each after a pause.
func (c *client) upload(pieces, size int, pause time.Duration) {
	c.send(uploadHead + "Transfer-Encoding: chunked\r\n\r\n")
	for range pieces {
		time.Sleep(pause)
		if _, err := fmt.Fprintf(c.Conn, "%x\r\n%s\r\n", size, strings.Repeat("x", size)); err != nil {
			return
		}
	}
	c.send("0\r\n\r\n")
}

func TestATextThatComesSlowlyAndAtLastIsTaken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pieces, size int
		pause        time.Duration
		worker       time.Duration // what roster takes for 64 KiB
		after        time.Duration // the connection is closed
		statuses     []int
	}{
		"64 KiB every 9 seconds":                      {40, 64 << 10, 9 * time.Second, 0, 360 * time.Second, []int{202}},
		"8 KiB every 3 seconds":                       {100, 8 << 10, 3 * time.Second, 0, 300 * time.Second, []int{202}},
		"while roster takes 40 seconds for each part": {20, 64 << 10, time.Second, 40 * time.Second, 820 * time.Second, []int{202}},
		"less than 64 KiB in 30 seconds":              {100, 6 << 10, 3 * time.Second, 0, 30 * time.Second, []int{408}},
		"a byte a second":                             {1000, 1, time.Second, 0, 30 * time.Second, []int{408}},
		"nothing for 10 seconds":                      {2, 64 << 10, 11 * time.Second, 0, 10 * time.Second, []int{408}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, nil, long{pause: test.worker}.prepare(t), func(server *bubbled) {
				c := server.connect()
				server.clients.Go(func() { c.upload(test.pieces, test.size, test.pause) })
				after := <-c.closed
				if got := c.statuses(server.T); !slices.Equal(got, test.statuses) || after < test.after || after > test.after+30*time.Second {
					server.Errorf("got the answers %v after %s, want %v after %s", got, after, test.statuses, test.after)
				}
			})
		})
	}
}

func TestAListThatTakesLongIsSent(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, long{pieces: 10, pause: 20 * time.Second}.prepare(t), func(server *bubbled) {
		c := server.connect()
		c.send(exportRequest)
		<-c.closed
		if got := c.got(); !slices.Equal(c.statuses(server.T), []int{200}) || strings.Count(got, "1,Ann,31") < 10*5<<10-100 || !strings.HasSuffix(got, "\r\n0\r\n\r\n") {
			server.Errorf("got %d bytes, want all of the list", len(got))
		}
	})
}

func TestAListThatIsNotTakenIsNotSentForEver(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, long{pieces: 100}.prepare(t), func(server *bubbled) {
		conn, began := server.dial(), time.Now()
		_, _ = io.WriteString(conn, exportRequest)
		<-conn.closed
		if after := time.Since(began); after != 30*time.Second {
			server.Errorf("the connection was closed after %s, want 30 s", after)
		}
	})
}

func TestEventsAreSentForAsLongAsTheyAreWanted(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]string{"WRITE_TIMEOUT": "2s"}, long{}.prepare(t), func(server *bubbled) {
		c := server.connect()
		c.send(eventsRequest)
		time.Sleep(time.Hour + time.Second)
		if got := strings.Count(c.got(), "\r\n:\n\n\r\n"); got != 240 {
			server.Errorf("got %d signs of life in an hour, want one every 15 s", got)
		}
		_ = c.Close()
	})
}

// Over HTTP/2 a stream has deadlines of its own, which net/http lets pass between writes too.
func TestWhatTakesLongTakesAsLongOverHTTP2(t *testing.T) {
	t.Parallel()
	variables := newIdentity(t, "one").variables()
	variables["WRITE_TIMEOUT"] = "5s"
	work := long{pieces: 10, pause: 20 * time.Second}.prepare(t)
	inBubble(t, variables, func(a *app.App) { work(a); withCertificate(a) }, func(server *bubbled) {
		client := server.overHTTP2(16 << 10)
		response, err := client.Post("https://localhost/api/v1/jobs/", "text/csv", trickle(20, 9*time.Second))
		if err != nil || response.StatusCode != http.StatusAccepted {
			server.Fatalf("a text of three minutes: got %v and the error %v, want 202", response, err)
		}
		_ = response.Body.Close()

		response, err = client.Get("https://localhost" + exportPath)
		if err != nil {
			server.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || len(body) != 10*5<<10*8 {
			server.Errorf("a list of three minutes: got %d bytes and the error %v, want all", len(body), err)
		}
		_ = response.Body.Close()

		response, err = client.Get("https://localhost" + eventsPath)
		if err != nil {
			server.Fatal(err)
		}
		time.AfterFunc(10*time.Minute+time.Second, server.stop)
		events, err := io.ReadAll(response.Body)
		if got := strings.Count(string(events), ":\n\n"); err != nil || got != 40 {
			server.Errorf("events until the server stops: got %d signs of life in ten minutes and the error %v, want one every 15 s and an end", got, err)
		}
		_ = response.Body.Close()
	})
}

// What is small waits for its client in net/http: behind the handler, or where it is flushed.
func TestWhatIsNotTakenOverHTTP2IsNotSentForEver(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path string
		work long
	}{
		"a list":       {exportPath, long{pieces: 100}},
		"a small list": {exportPath, long{rest: 100}},
		"events":       {eventsPath, long{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			work := test.work.prepare(t)
			inBubble(t, newIdentity(t, "one").variables(), func(a *app.App) { work(a); withCertificate(a) }, func(server *bubbled) {
				response, err := server.overHTTP2(8).Get("https://localhost" + test.path)
				if err != nil {
					server.Fatal(err)
				}
				time.Sleep(31 * time.Second)
				time.AfterFunc(time.Second, server.stop) // so that events end in any case
				if body, err := io.ReadAll(response.Body); err == nil {
					server.Errorf("got all of %d bytes, want a stream that was ended after 30 s", len(body))
				}
				_ = response.Body.Close()
			})
		})
	}
}

func TestAStopEndsWhatTakesLong(t *testing.T) {
	t.Parallel()
	work := long{pieces: 1000, pause: time.Second}
	for name, test := range map[string]struct {
		do       func(server *bubbled) *client // begins a second before the stop
		least    time.Duration                 // of the stop
		most     time.Duration
		statuses []int
		ends     string // with what the last answer does, "" is not looked at
	}{
		"events": {func(server *bubbled) *client {
			c := server.connect()
			c.send(eventsRequest)
			return c
		}, 0, time.Second, []int{200}, "0\r\n\r\n"},
		"events that begin in it": {func(server *bubbled) *client {
			c := server.connect()
			c.send(listRequest)
			server.clients.Go(func() {
				time.Sleep(time.Second + 100*time.Millisecond)
				c.send(eventsRequest)
			})
			return c
		}, 0, time.Second, []int{200, 200}, "0\r\n\r\n"},
		"a text that comes in time": {func(server *bubbled) *client {
			c := server.connect()
			server.clients.Go(func() { c.upload(10, 64<<10, 500*time.Millisecond) })
			return c
		}, 9 * time.Second, 15 * time.Second, []int{202}, "}"},
		"a text that does not": {func(server *bubbled) *client {
			c := server.connect()
			server.clients.Go(func() { c.upload(1000, 64<<10, 100*time.Millisecond) })
			return c
		}, 23 * time.Second, 25 * time.Second, []int{503}, "}"},
		"a text that stalls": {func(server *bubbled) *client {
			c := server.connect()
			server.clients.Go(func() { c.upload(2, 10, 900*time.Millisecond); time.Sleep(time.Minute) })
			c.send("")
			return c
		}, 0, 6 * time.Second, nil, ""},
		"a list that is taken": {func(server *bubbled) *client {
			c := server.connect()
			c.send(exportRequest)
			return c
		}, 23 * time.Second, 25 * time.Second, nil, "1,Ann,31"},
		"a list that is not": {func(server *bubbled) *client {
			conn := server.dial()
			_, _ = io.WriteString(conn, exportRequest)
			return nil
		}, 4 * time.Second, 7 * time.Second, nil, ""},
		"events that are not taken": {func(server *bubbled) *client {
			conn := server.dial()
			_, _ = io.WriteString(conn, eventsRequest)
			return nil
		}, 4 * time.Second, 6 * time.Second, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, nil, work.prepare(t), func(server *bubbled) {
				c := test.do(server)
				time.Sleep(time.Second)
				began := time.Now()
				server.stop()
				err := <-server.ended
				if took := time.Since(began); err != nil || took < test.least || took > test.most {
					server.Errorf("the stop took %s and ended with %v, want %s to %s and nil", took, err, test.least, test.most)
				}
				if c == nil {
					return
				}
				if test.statuses != nil && !slices.Equal(c.statuses(server.T), test.statuses) {
					server.Errorf("got the answers %v, want %v; all that came: %.500s", c.statuses(server.T), test.statuses, c.got())
				}
				if got := strings.TrimRight(c.got(), "\r\n"); !strings.HasSuffix(got, strings.TrimRight(test.ends, "\r\n")) || test.ends == "1,Ann,31" && strings.HasSuffix(c.got(), "\r\n0\r\n\r\n") {
					server.Errorf("got an end of %q, want %q", got[max(0, len(got)-50):], test.ends)
				}
			})
		})
	}
}
