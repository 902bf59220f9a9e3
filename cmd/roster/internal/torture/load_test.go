//go:build linux

package torture_test

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// request is what a client of a load asks.
type request struct{ method, target, body string }

// load is clients that ask one thing after the other without waiting, not even after
// a refusal, each over one connection. What the first answer to each says counts, but
// not its time: the clock starts when all clients are there.
type load struct {
	clients int
	next    func(random *rand.Rand) request
}

// tally is what a load was answered.
type tally struct {
	statuses map[int]int
	broken   int             // requests without a whole answer
	served   []time.Duration // how long each took that was answered with 2xx, sorted
	lasted   time.Duration
	bare     int // refusals without Retry-After
}

// goodput returns how many requests a second were answered with 2xx.
func (t *tally) goodput() float64 { return float64(len(t.served)) / t.lasted.Seconds() }

// quantile returns the time within which a part of the served was answered.
func (t *tally) quantile(part float64) time.Duration {
	if len(t.served) == 0 {
		return 0
	}
	return t.served[min(len(t.served)-1, int(part*float64(len(t.served))))]
}

// odd returns how many answers were neither 2xx nor a refusal that says when to come
// again.
func (t *tally) odd() int {
	odd := t.broken + t.bare
	for status, count := range t.statuses {
		if status/100 != 2 && status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
			odd += count
		}
	}
	return odd
}

// refused returns the share of answers that were refusals.
func (t *tally) refused() float64 {
	refused := t.statuses[http.StatusTooManyRequests] + t.statuses[http.StatusServiceUnavailable]
	return float64(refused) / float64(max(1, refused+len(t.served)))
}

// run lets the clients ask until stop is closed.
func (l load) run(address string, random *rand.Rand, stop <-chan struct{}) *tally {
	tallies := make([]tally, l.clients)
	var group, arriving sync.WaitGroup
	arriving.Add(l.clients)
	begin := make(chan struct{})
	for i := range tallies {
		own := fork(random)
		group.Go(func() {
			client := wire.NewClient(address, patience)
			defer client.Close()
			tallies[i] = tally{statuses: map[int]int{}}
			l.ask(client, own, &tallies[i])
			tallies[i].served = nil
			arriving.Done()
			<-begin
			for again := true; again; again = !closed(stop) {
				l.ask(client, own, &tallies[i])
			}
		})
	}
	arriving.Wait()
	begun := time.Now()
	close(begin)
	group.Wait()
	all := &tally{statuses: map[int]int{}, lasted: time.Since(begun)}
	for _, t := range tallies {
		all.broken += t.broken
		all.bare += t.bare
		all.served = append(all.served, t.served...)
		for status, count := range t.statuses {
			all.statuses[status] += count
		}
	}
	slices.Sort(all.served)
	return all
}

// ask makes one request.
func (l load) ask(client *wire.Client, random *rand.Rand, t *tally) {
	r := l.next(random)
	asked := time.Now()
	answer, err := client.Do(r.method, r.target, r.body)
	switch {
	case err != nil:
		t.broken++
		return
	case answer.Status/100 == 2:
		t.served = append(t.served, time.Since(asked))
	case answer.RetryAfter == "" && answer.Status > http.StatusTooManyRequests:
		t.bare++
	}
	t.statuses[answer.Status]++
}

// during closes the channel that it returns after a time.
func during(d time.Duration) <-chan struct{} {
	stop := make(chan struct{})
	time.AfterFunc(d, func() { close(stop) })
	return stop
}

// filled is how many persons are there when a load begins.
const filled = 10_000

// mixed asks for those persons and for pages, and makes and changes persons: four
// reads for each write.
func mixed(random *rand.Rand) request {
	id := 1 + random.Int64N(filled)
	switch dice := random.IntN(20); {
	case dice < 12:
		return request{http.MethodGet, wire.PathOf(id), ""}
	case dice < 14:
		return request{http.MethodGet, wire.Check + strconv.FormatInt(id, 10), ""}
	case dice < 16:
		return request{http.MethodGet, wire.Persons, ""}
	case dice < 18:
		return request{http.MethodPost, wire.Persons, wire.Draft("single", random.IntN(100))}
	case dice < 19:
		return request{http.MethodPatch, wire.PathOf(id), `{"age":` + strconv.Itoa(random.IntN(100)) + `}`}
	default:
		return request{http.MethodPut, wire.PathOf(id), wire.Draft("replaced", random.IntN(100))}
	}
}

// writing makes, changes and replaces persons.
func writing(random *rand.Rand) request {
	for {
		if r := mixed(random); r.method != http.MethodGet {
			return r
		}
	}
}

// bulks asks for bulks of a size.
func bulks(count int) func(random *rand.Rand) request {
	return func(random *rand.Rand) request {
		path := wire.CreateBulk
		if random.IntN(2) == 0 {
			path = wire.AsyncCreateBulk
		}
		return request{http.MethodPost, path, `{"count":` + strconv.Itoa(count) + `}`}
	}
}

// fill makes the persons that mixed asks for, in a database that is new.
func fill(t *testing.T, address string) {
	t.Helper()
	client := wire.NewClient(address, patience)
	defer client.Close()
	answer, err := client.Do(http.MethodPost, wire.CreateBulk, `{"count":`+strconv.Itoa(filled)+`}`)
	if err != nil || answer.Status != http.StatusCreated {
		t.Fatalf("a bulk: got %d and %v, want 201", answer.Status, err)
	}
}
