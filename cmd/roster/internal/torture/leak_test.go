//go:build linux

package torture_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// soak is how long the large size watches the memory.
var soak = flag.Duration("soak", 4*time.Minute, "how long memory is watched, with -torture")

func TestNothingIsLeftOfClientsThatHaveGone(t *testing.T) {
	t.Parallel()
	random := chance(t)
	before := afterClients(t, fork(random), 100*time.Millisecond, 1)
	after := afterClients(t, fork(random), size(300*time.Millisecond, 5*time.Second), size(2, 10))
	for who, count := range after.goroutines {
		if count > before.goroutines[who]+passing {
			t.Errorf("goroutines started by %s: got %d, want %d as after a few clients", who, count, before.goroutines[who])
		}
	}
	figure(t, "after %d requests and %d clients that went in the middle of one: %d descriptors and %d goroutines, after a few clients %d and %d",
		after.requests, after.gone, after.usage.Descriptors, total(after.goroutines), before.usage.Descriptors, total(before.goroutines))
}

const (
	// pooled is how many descriptors the connections of the database may have that are
	// opened only when many read at once. What is left of clients would be hundreds.
	pooled = 16
	// passing is how many goroutines may happen to do something in the background.
	passing = 2
)

// traces is what many clients left in a server.
type traces struct {
	requests, gone int
	usage          program.Usage
	goroutines     map[string]int // by who started them
}

// afterClients starts a server, lets clients come and go, orderly ones and others, and
// returns what is left when all have gone.
func afterClients(t *testing.T, random *rand.Rand, lasting time.Duration, rounds int) (left traces) {
	t.Helper()
	server := start(t, newDatabase(t), "JOB_WORKERS=0") // River's come and go with its elections
	fill(t, server.Address)
	// Nobody is connected but for the listener; the database's connections are open.
	load{8, mixed}.run(server.Address, random, during(100*time.Millisecond))
	least := descriptorsAtRest(t, server, math.MaxInt)
	for range rounds {
		stop := during(lasting)
		var gone int
		var served *tally
		together(
			func() { served = load{32, mixed}.run(server.Address, fork(random), stop) },
			func() {
				gone = goAway(server.Address, fork(random), request{http.MethodPost, wire.CreateBulk, `{"count":1000}`}, stop)
			},
		)
		left.requests += len(served.served)
		left.gone += gone
	}
	descriptorsAtRest(t, server, least+pooled)
	left.usage = usageOf(t, server)
	goroutines, err := server.Goroutines()
	if err != nil {
		t.Fatal(err)
	}
	left.goroutines = goroutines
	return left
}

// descriptorsAtRest waits until the server has no more descriptors than most, and no
// less a moment later, and returns how many.
func descriptorsAtRest(t *testing.T, server *program.Program, most int) int {
	t.Helper()
	last := -1
	waitFor(t, fmt.Sprintf("no more than %d descriptors, at rest", most), func() bool {
		now := usageOf(t, server).Descriptors
		rest := now == last && now <= most
		last = now
		if !rest {
			time.Sleep(20 * time.Millisecond)
		}
		return rest
	})
	return last
}

// goAway is clients that go in the middle of a request, one after the other. It
// returns how many.
func goAway(address string, random *rand.Rand, r request, stop <-chan struct{}) (gone int) {
	whole := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		r.method, r.target, address, len(r.body), r.body)
	for !closed(stop) {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			continue
		}
		_, _ = connection.Write([]byte(whole[:random.IntN(len(whole)+1)])) // that it fails is as good
		if tcp, ok := connection.(*net.TCPConn); ok && random.IntN(2) == 0 {
			_ = tcp.SetLinger(0) // a reset instead of an end
		}
		_ = connection.Close()
		gone++
		time.Sleep(time.Millisecond)
	}
	return gone
}

func TestMemoryDoesNotGrow(t *testing.T) {
	t.Parallel()
	if !*large {
		t.Skip("a small size would say nothing: memory grows and shrinks with each collection")
	}
	random := chance(t)
	server := start(t, newDatabase(t))
	fill(t, server.Address)
	stop := during(*soak)
	var samples []float64 // MiB, one a second
	var requests *tally
	crowd := newCrowd(t, func() lister { return wireLister{wire.NewClient(server.Address, patience)} })
	together(
		func() { requests = load{16, unchanging}.run(server.Address, fork(random), stop) },
		func() { crowd.comeAndGo(t, 4, stop) },
		func() {
			goAway(server.Address, fork(random), request{http.MethodPut, wire.PathOf(1), wire.Draft("replaced", 1)}, stop)
		},
		func() {
			for ticks := time.Tick(time.Second); !closed(stop); <-ticks {
				samples = append(samples, float64(usageOf(t, server).Resident)/mebi)
			}
		},
	)
	wantOrderly(t, "clients", requests)
	samples = samples[len(samples)/2:] // the heap and the caches of SQLite grow at first
	slope, doubt := trend(blocks(samples, 10))
	if slope-3*doubt > 1 {
		t.Errorf("memory grows by %.1f ± %.1f MiB an hour, want no more than 1", slope, doubt)
	}
	figure(t, "%v, of which the second half counts: %d requests, %.1f MiB in memory; it grows by %.1f ± %.1f MiB an hour (slope of means of 10 s, and its standard error)",
		*soak, len(requests.served), median(samples), slope, doubt)
}

// unchanging asks for what leaves the number of persons as it is.
func unchanging(random *rand.Rand) request {
	for {
		if r := mixed(random); r.method != http.MethodPost {
			return r
		}
	}
}

// comeAndGo makes and deletes persons.
func (c *crowd) comeAndGo(t *testing.T, clients int, stop <-chan struct{}) {
	t.Helper()
	var group sync.WaitGroup
	for range clients {
		l, random := c.connect(), fork(c.random)
		group.Go(func() {
			defer l.close()
			if err := c.change(l, random, stop); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// blocks returns the means of so many samples each, one a second: single samples
// depend on each other, since memory that a collection freed stays for some seconds.
func blocks(samples []float64, each int) (means []float64) {
	for ; len(samples) >= each; samples = samples[each:] {
		sum := 0.0
		for _, sample := range samples[:each] {
			sum += sample
		}
		means = append(means, sum/float64(each))
	}
	return means
}

// trend returns by how much means of 10 seconds grow in an hour, by least squares,
// and the standard error of that.
func trend(means []float64) (slope, doubt float64) {
	n := float64(len(means))
	var sumX, sumY float64
	for i, y := range means {
		sumX += float64(i)
		sumY += y
	}
	meanX, meanY := sumX/n, sumY/n
	var xx, xy, rest float64
	for i, y := range means {
		xx += (float64(i) - meanX) * (float64(i) - meanX)
		xy += (float64(i) - meanX) * (y - meanY)
	}
	slope = xy / xx
	for i, y := range means {
		off := y - meanY - slope*(float64(i)-meanX)
		rest += off * off
	}
	const blocksAnHour = 360
	return slope * blocksAnHour, math.Sqrt(rest/(n-2)/xx) * blocksAnHour
}

func total(counts map[string]int) (sum int) {
	for _, count := range counts {
		sum += count
	}
	return sum
}
