//go:build linux

package torture_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

func TestAKeyHasOneEffectHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	r := &resenders{keyed: true}
	r.run(t)
	report(t, "of what was sent again and again", r.faults)
	figure(t, "%s", r)
}

func TestWithoutAKeyWhatIsSentAgainHasTwoEffects(t *testing.T) {
	t.Parallel()
	r := &resenders{}
	r.run(t)
	if len(r.faults) == 0 {
		t.Errorf("got %s, want something there twice: nobody did anything against it", r)
	}
	figure(t, "%s", r)
}

// resenders are clients that send what makes persons or bulks again and again: when
// they hung up before the answer came, when the server was killed, and when they have
// the answer. Sometimes they send it twice at once.
type resenders struct {
	keyed bool // with an Idempotency-Key

	ledger            *ledger.Ledger
	tasks, sent, done atomic.Int64
	busy              atomic.Int64 // answers that the first request was under way
	kills             int

	mu     sync.Mutex
	faults []ledger.Fault
}

// task is something to be done once.
type task struct {
	method, path, body string
	key                string
	answered           func(answer wire.Answer) error
	first              string // the answer that came first
}

func (r *resenders) run(t *testing.T) {
	t.Helper()
	random := chance(t)
	database := newDatabase(t)
	var moment atomic.Int64
	r.ledger = ledger.New(func() int64 { return moment.Add(1) })
	open := make([]*task, 8) // what each client has not done yet
	for r.kills = 0; r.kills < size(3, 60); r.kills++ {
		server := start(t, database, bigPages)
		enough := r.done.Load() + 10 + random.Int64N(size[int64](20, 200))
		var group sync.WaitGroup
		for i := range open {
			own := fork(random)
			group.Go(func() { open[i] = r.work(server.Address, own, open[i], enough, server.Kill) })
		}
		group.Wait()
		server.Kill() // has happened, or is waited for
	}
	server := start(t, database, bigPages)
	for _, one := range open {
		if one != nil && !r.finish(server.Address, fork(random), one) {
			t.Error("a request that was cut off by the last kill: got no answer, want one")
		}
	}
	r.faults = append(r.faults, r.ledger.Compare(everybody(t, server.Address), ledger.Now)...)
}

// work does tasks until no answers come, the open one first. It returns what was not
// done, and kills the server when all have done enough.
func (r *resenders) work(address string, random *rand.Rand, open *task, enough int64, kill func()) *task {
	for {
		if open == nil {
			open = r.newTask(random)
		}
		if !r.finish(address, random, open) {
			return open
		}
		open = nil
		if r.done.Add(1) == enough {
			go kill()
		}
	}
}

// newTask returns something that is to be done once.
func (r *resenders) newTask(random *rand.Rand) *task {
	number := r.tasks.Add(1)
	one := &task{method: http.MethodPost, key: "key-" + strconv.FormatInt(number, 10)}
	if random.IntN(5) == 0 && number < sizes {
		size := int(number * 617 % sizes)
		bulk := r.ledger.Bulk(size)
		one.path, one.body = wire.CreateBulk, fmt.Sprintf(`{"count":%d}`, size)
		if random.IntN(2) == 0 {
			one.path = wire.AsyncCreateBulk
		}
		one.answered = func(wire.Answer) error { bulk.Answered(); return nil }
		return one
	}
	look := ledger.Look{Name: one.key + "/0", Age: random.IntN(100)}
	_, change := r.ledger.Create(look)
	one.path, one.body = wire.Persons, wire.Draft(look.Name, look.Age)
	one.answered = func(answer wire.Answer) error {
		var person wire.Person
		if err := answer.Into(http.StatusCreated, &person); err != nil {
			return err
		}
		change.Answered(person.ID)
		return nil
	}
	return one
}

// finish sends a task until it is answered as done, and once more. It returns false
// when no answer came, so that nobody knows.
func (r *resenders) finish(address string, random *rand.Rand, one *task) bool {
	client, other := wire.NewClient(address, patience), wire.NewClient(address, patience)
	defer client.Close()
	defer other.Close()
	if random.IntN(3) == 0 {
		r.sent.Add(1)
		_ = other.Drop(one.method, one.path, one.body, r.headers(one)...) // nobody waits for it
	}
	if random.IntN(3) == 0 {
		var twice sync.WaitGroup
		defer twice.Wait()
		twice.Go(func() { r.send(other, one) })
	}
	for range 2 {
		if !r.send(client, one) {
			return false
		}
	}
	return true
}

func (r *resenders) headers(one *task) []string {
	if !r.keyed {
		return nil
	}
	return []string{"Idempotency-Key: " + one.key}
}

// send sends a task until it is answered as done, and wants the same answer each time.
func (r *resenders) send(client *wire.Client, one *task) bool {
	for {
		r.sent.Add(1)
		answer, err := client.Do(one.method, one.path, one.body, r.headers(one)...)
		switch {
		case err != nil:
			return false
		case answer.Status == http.StatusConflict:
			r.busy.Add(1)
			time.Sleep(time.Millisecond)
			continue
		case answer.Status/100 != 2:
			r.fault("%s %s with %s: got %d, %.200s", one.method, one.path, one.body, answer.Status, answer.Body)
			return true
		}
		r.compare(one, answer)
		return true
	}
}

func (r *resenders) compare(one *task, answer wire.Answer) {
	r.mu.Lock()
	first := one.first
	if first == "" {
		one.first = string(answer.Body)
	}
	r.mu.Unlock()
	switch {
	case first == "":
		if err := one.answered(answer); err != nil {
			r.fault("%v", err)
		}
	case first != string(answer.Body):
		r.fault("%s: got %s, and before it %s", one.key, answer.Body, first)
	}
}

func (r *resenders) fault(format string, values ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, ledger.Fault{Kind: ledger.Strange, What: fmt.Sprintf(format, values...)})
}

// String tells what was sent and found.
func (r *resenders) String() string {
	return fmt.Sprintf("%d kills: %d persons and bulks to be made once, sent %d times, %d times answered with 409: %d faults",
		r.kills, r.tasks.Load(), r.sent.Load(), r.busy.Load(), len(r.faults))
}
