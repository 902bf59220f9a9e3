//go:build linux

package torture_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// writers are clients that write as much as they can and keep account of it in a
// ledger: each makes persons, changes and deletes them, and one makes bulks.
type writers struct {
	ledger *ledger.Ledger
	// refusals says that the server may refuse writes (429, 503, 507). Such an answer
	// promises nothing: the write may be found done or not.
	refusals bool
	// bulkPause is how many milliseconds there are between two bulks at most.
	bulkPause int

	persons, bulks atomic.Int64 // how many were asked for, ever
	refused        atomic.Int64
	openBulks      atomic.Int64 // how many bulks were never answered

	mu     sync.Mutex
	faults []ledger.Fault
}

// run lets clients write until stop is closed or the server has gone, and returns
// when all have ended. One of the clients makes bulks.
func (w *writers) run(address string, clients int, random *rand.Rand, stop <-chan struct{}) {
	var group sync.WaitGroup
	for i := range clients {
		one := &client{
			writers: w,
			wire:    wire.NewClient(address, patience),
			random:  fork(random),
		}
		group.Go(func() {
			defer one.wire.Close()
			one.work(i == 0, stop)
		})
	}
	group.Wait()
}

// takeFaults returns what the answers had that is wrong by itself.
func (w *writers) takeFaults() []ledger.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	faults := w.faults
	w.faults = nil
	return faults
}

func (w *writers) fault(kind ledger.Kind, format string, values ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, ledger.Fault{Kind: kind, What: fmt.Sprintf(format, values...)})
}

// client is one connection of writers.
type client struct {
	*writers
	wire   *wire.Client
	random *rand.Rand
	mine   []*mine
}

// mine is a person of a client, as it was answered last.
type mine struct {
	person   *ledger.Person
	key      string
	versions int
	look     ledger.Look
}

func (c *client) work(bulks bool, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		step := c.single
		if bulks {
			step = c.bulk
		}
		if !step() {
			return
		}
	}
}

// single does one request about one person. It returns false when no answer came.
func (c *client) single() bool {
	dice := c.random.IntN(100)
	switch {
	case len(c.mine) == 0 || dice < 40:
		return c.create()
	case dice < 55:
		return c.remove()
	default:
		return c.change(dice)
	}
}

func (c *client) create() bool {
	m := &mine{key: "p" + strconv.FormatInt(c.persons.Add(1), 10)}
	m.look = ledger.Look{Name: m.key + "/0", Age: c.random.IntN(1000)}
	person, change := c.ledger.Create(m.look)
	m.person = person
	answered, open := c.ask(change, http.MethodPost, wire.Persons, wire.Draft(m.look.Name, m.look.Age), http.StatusCreated, &m.look)
	if answered {
		c.mine = append(c.mine, m)
	}
	return open
}

// remove deletes the newest person as often as any other: it is the newest whose id
// might be given again.
func (c *client) remove() bool {
	i := len(c.mine) - 1
	if c.random.IntN(2) == 0 {
		i = c.random.IntN(len(c.mine))
	}
	m := c.mine[i]
	c.mine = append(c.mine[:i], c.mine[i+1:]...)
	_, open := c.ask(m.person.Change(nil), http.MethodDelete, wire.PathOf(m.person.ID()), "", http.StatusNoContent, nil)
	return open
}

// change replaces a person, or changes one field of it.
func (c *client) change(dice int) bool {
	i := c.random.IntN(len(c.mine))
	m := c.mine[i]
	m.versions++
	look := ledger.Look{Name: m.key + "/" + strconv.Itoa(m.versions), Age: c.random.IntN(1000)}
	method, body := http.MethodPut, wire.Draft(look.Name, look.Age)
	switch {
	case dice < 70:
		look.Name = m.look.Name
		method, body = http.MethodPatch, `{"age":`+strconv.Itoa(look.Age)+`}`
	case dice < 85:
		look.Age = m.look.Age
		method, body = http.MethodPatch, `{"name":"`+look.Name+`"}`
	}
	answered, open := c.ask(m.person.Change(&look), method, wire.PathOf(m.person.ID()), body, http.StatusOK, &look)
	m.look = look
	if !answered { // nobody knows what it looks like
		c.mine = append(c.mine[:i], c.mine[i+1:]...)
	}
	return open
}

// ask sends a write and keeps account of the answer. It tells whether the write was
// answered as done, and whether an answer came at all.
func (c *client) ask(change *ledger.Change, method, path, body string, status int, look *ledger.Look) (answered, open bool) {
	answer, err := c.wire.Do(method, path, body)
	switch {
	case err != nil:
		return false, false
	case answer.Status != status:
		c.refusal(method, path, answer)
		return false, true
	case look == nil:
		change.Answered(c.idIn(path))
		return true, true
	}
	var person wire.Person
	if err := answer.Into(status, &person); err != nil || (ledger.Look{Name: person.Name, Age: person.Age}) != *look {
		c.fault(ledger.Strange, "%s %s with %s was answered with %s", method, path, body, answer.Body)
	}
	change.Answered(person.ID)
	return true, true
}

// idIn returns the id of a person's path.
func (c *client) idIn(path string) int64 {
	id, _ := strconv.ParseInt(path[len(wire.Persons):len(path)-1], 10, 64) // PathOf wrote it
	return id
}

// sizes is how many sizes bulks have, a prime.
const sizes = 1009

// bulk makes one bulk of a size that no other has, and waits a little, so that the
// table does not grow beyond measure.
func (c *client) bulk() bool {
	number := c.bulks.Add(1)
	if number >= sizes {
		return c.single()
	}
	size := int(number * 617 % sizes)
	path, status := wire.CreateBulk, http.StatusCreated
	if c.random.IntN(2) == 0 {
		path, status = wire.AsyncCreateBulk, http.StatusOK
	}
	bulk := c.ledger.Bulk(size)
	answer, err := c.wire.Do(http.MethodPost, path, `{"count":`+strconv.Itoa(size)+`}`)
	switch {
	case err != nil:
		c.openBulks.Add(1)
		return false
	case answer.Status == status:
		bulk.Answered()
	default:
		c.refusal(http.MethodPost, path, answer)
	}
	time.Sleep(time.Duration(c.random.IntN(c.bulkPause)) * time.Millisecond)
	return true
}

// refusal keeps account of an answer other than the one that was wanted.
func (c *client) refusal(method, path string, answer wire.Answer) {
	switch {
	case answer.Status == http.StatusNotFound:
		c.fault(ledger.Lost, "%s %s: got 404, want the person that was answered", method, path)
	case c.refusals && (answer.Status == http.StatusTooManyRequests || answer.Status == http.StatusServiceUnavailable ||
		answer.Status == http.StatusInsufficientStorage):
		c.refused.Add(1)
		if answer.RetryAfter == "" {
			c.fault(ledger.Strange, "%s %s: got %d without Retry-After", method, path, answer.Status)
		}
		time.Sleep(time.Millisecond) // who is refused does not hammer
	default:
		c.fault(ledger.Strange, "%s %s: got %d, %.200s", method, path, answer.Status, answer.Body)
	}
}
