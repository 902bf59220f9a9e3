//go:build linux

package torture_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// kib is a KiB.
const kib = 1 << 10

// slowKind is a way to be slow. It returns once the server has closed the connection.
type slowKind struct {
	name string
	be   func(conn net.Conn)
}

const (
	slowHead = "POST /api/v1/persons/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
	slowList = "GET /api/v1/persons/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
)

// slowKinds are the ways to be slow without TLS.
var slowKinds = []slowKind{
	{"silent from the beginning", untilClosed},
	{"headers that drip", func(conn net.Conn) { drip(conn, "GET / HTTP/1.1\r\nX: ", "x") }},
	{"a body that stops", func(conn net.Conn) {
		send(conn, slowHead+"Content-Length: 1000\r\n\r\n{")
		untilClosed(conn)
	}},
	{"a body that drips", func(conn net.Conn) { drip(conn, slowHead+"Content-Length: 1000\r\n\r\n{", " ") }},
	{"idle after an answer", func(conn net.Conn) {
		send(conn, slowList)
		untilClosed(conn)
	}},
	{"answers that nobody takes", func(conn net.Conn) {
		_ = conn.(*net.TCPConn).SetReadBuffer(4 * kib)
		for send(conn, strings.Repeat(slowList, 100)) { // until they fill what the system holds
		}
	}},
}

func send(conn net.Conn, text string) (sent bool) {
	_, err := io.WriteString(conn, text)
	return err == nil
}

func untilClosed(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// drip sends something, and then a little twice a second.
func drip(conn net.Conn, first, then string) {
	var closed atomic.Bool
	go func() {
		untilClosed(conn)
		closed.Store(true)
	}()
	for sent := send(conn, first); sent && !closed.Load(); sent = send(conn, then) {
		time.Sleep(500 * time.Millisecond)
	}
}

// slowCrowd are slow clients of a server. Who is dropped comes again.
type slowCrowd struct {
	mu      sync.Mutex
	open    map[net.Conn]bool
	over    bool
	dropped map[string]int
	clients sync.WaitGroup
}

// slowClients begins to be slow, so many of each kind.
func slowClients(t *testing.T, address string, kinds []slowKind, each int) *slowCrowd {
	t.Helper()
	crowd := &slowCrowd{open: map[net.Conn]bool{}, dropped: map[string]int{}}
	t.Cleanup(crowd.end)
	for _, kind := range kinds {
		for range each {
			crowd.clients.Go(func() {
				for crowd.once(address, kind) {
				}
			})
		}
	}
	return crowd
}

// once is a client until it is dropped. It tells whether there is more to do.
func (c *slowCrowd) once(address string, kind slowKind) bool {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		return false
	}
	c.open[conn] = true
	c.mu.Unlock()
	kind.be(conn)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
	if !c.over {
		c.dropped[kind.name]++
	}
	return !c.over
}

func (c *slowCrowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

// drops returns how many of a kind were dropped.
func (c *slowCrowd) drops(kind string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped[kind]
}

func (c *slowCrowd) end() {
	c.mu.Lock()
	c.over = true
	for conn := range c.open {
		_ = conn.Close()
	}
	c.mu.Unlock()
	c.clients.Wait()
}

// impatient lets the small size see in seconds what takes a minute by default.
func impatient() []string {
	return size([]string{"HEADER_TIMEOUT=1s", "BODY_STALL_TIMEOUT=1s", "BODY_TIMEOUT=2s", "WRITE_TIMEOUT=1s", "IDLE_TIMEOUT=1s"}, nil)
}

func TestClientsThatAreSlowAreDroppedAndNobodyNotices(t *testing.T) {
	t.Parallel()
	random := chance(t)
	server := start(t, newDatabase(t), impatient()...)
	fill(t, server.Address)
	good := load{16, mixed}
	alone := good.run(server.Address, random, during(size(500*time.Millisecond, 20*time.Second)))

	each := size(20, 500)
	all := each * len(slowKinds)
	before := usageOf(t, server).Resident
	slow := slowClients(t, server.Address, slowKinds, each)
	waitUntil(t, "the slow clients to be there", func() bool { return slow.count() == all })
	beside := good.run(server.Address, random, during(size(2*time.Second, 70*time.Second)))
	perClient := (usageOf(t, server).Resident - before) / int64(all) / kib
	if *large && perClient >= 32 {
		t.Errorf("the server's memory for a slow client: got %d KiB, want less than 32", perClient)
	}
	wantOrderly(t, "good clients", beside)
	if beside.refused() > 0 {
		t.Errorf("good clients: got %.1f %% of the requests refused, want none", 100*beside.refused())
	}
	for _, kind := range slowKinds {
		waitUntil(t, kind.name+": all to be dropped", func() bool { return slow.drops(kind.name) >= each })
	}
	if *large && beside.quantile(0.99) >= 50*time.Millisecond {
		t.Errorf("99 %% of good requests: got within %v, want less than 50ms", beside.quantile(0.99))
	}
	figure(t, "16 good clients alone: %s; beside %d slow ones, %d of each kind: %s; memory for a slow one: %d KiB",
		alone, all, each, beside, perClient)
}

// A server that is full of clients who send nothing says so to whoever comes, and
// serves again when they have gone.
func TestAServerThatIsFullSaysSo(t *testing.T) {
	t.Parallel()
	limit := size(50, 4000)
	server := start(t, newDatabase(t), "HEADER_TIMEOUT=1h", "MAX_CONNECTIONS="+strconv.Itoa(limit))
	slow := slowClients(t, server.Address, slowKinds[:1], limit)
	waitUntil(t, "the slow clients to be there", func() bool { return slow.count() == limit && statusOf(t, server) == http.StatusServiceUnavailable })
	slow.end()
	waitUntil(t, "the server to serve again", func() bool { return statusOf(t, server) == http.StatusOK })
}

// statusOf returns with which status a new connection is answered, 0 where it is not.
func statusOf(t *testing.T, server *program.Program) int {
	t.Helper()
	client := wire.NewClient(server.Address, patience)
	defer client.Close()
	answer, err := client.Do(http.MethodGet, wire.Persons, "")
	if err != nil {
		if !errors.Is(err, io.EOF) {
			t.Errorf("got no answer but %v", err)
		}
		return 0
	}
	return answer.Status
}

// waitUntil waits until a condition holds.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s, which did not come", what)
		}
	}
}
