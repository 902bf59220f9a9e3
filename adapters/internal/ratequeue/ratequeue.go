// Package ratequeue lets the calls of a rate limiter wait for one another where one at a
// time may use what it counts in.
package ratequeue

import (
	"context"
	"slices"
	"sync"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Queue is the calls of a limiter.
//
// The calls that come while others are being decided are a group: the first of them
// decides all of them at once, on its own goroutine, and then wakes the others and the
// first of the next group. So a crowd pays for few transactions, a call that is alone waits
// for nobody, and when what they count in is stuck, all who wait for it hear so together.
type Queue struct {
	decide func(group []*Call) error

	enterMu sync.RWMutex // guards closed; held for reading while a call enters
	closed  bool
	inside  sync.WaitGroup

	mu      sync.Mutex // guards what follows
	busy    bool       // a call decides its group
	waiting []*Call    // the next group
}

// Call is one call.
type Call struct {
	Key  string
	Cost int
	// Opens says that it takes nothing.
	Opens bool
	// Decision and Err are what becomes of it.
	Decision domain.Decision
	Err      error

	turn chan []*Call // the group to lead, or nil when this call is decided
}

// New returns a queue whose groups are decided by decide, one after the other. When decide
// returns an error, that is what becomes of each call of the group.
func New(decide func(group []*Call) error) *Queue { return &Queue{decide: decide} }

// Take decides about a request as ports.RateLimiter says.
func (q *Queue) Take(ctx context.Context, key string, cost int) (domain.Decision, error) {
	return q.await(ctx, &Call{Key: key, Cost: cost})
}

// Open is a call that takes nothing.
func (q *Queue) Open(ctx context.Context) error {
	_, err := q.await(ctx, &Call{Opens: true})
	return err
}

// await returns what becomes of a call.
func (q *Queue) await(ctx context.Context, c *Call) (domain.Decision, error) {
	if err := q.enter(); err != nil {
		return domain.Decision{}, err
	}
	defer q.inside.Done()
	if err := domain.ContextError(ctx); err != nil {
		return domain.Decision{}, err
	}
	c.turn = make(chan []*Call, 1)
	group := q.join(c)
	if group == nil {
		select {
		case group = <-c.turn:
		case <-ctx.Done():
			if q.withdraw(c) {
				return domain.Decision{}, domain.ContextError(ctx)
			}
			group = <-c.turn // it is being decided
		}
	}
	if group != nil {
		q.lead(group)
	}
	return c.Decision, c.Err
}

// Close waits for the calls under way, and then calls end; later calls are
// domain.CodeUnavailable. A second Close does nothing and returns nil.
func (q *Queue) Close(end func() error) error {
	q.enterMu.Lock()
	defer q.enterMu.Unlock()
	if q.closed {
		return nil
	}
	q.closed = true
	q.inside.Wait()
	return end()
}

func (q *Queue) enter() error {
	q.enterMu.RLock()
	defer q.enterMu.RUnlock()
	if q.closed {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the rate limiter is closed"}
	}
	q.inside.Add(1)
	return nil
}

// join returns the group to lead, of this call alone, or nil where another call will
// be told to, or will decide this one.
func (q *Queue) join(c *Call) []*Call {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy {
		q.waiting = append(q.waiting, c)
		return nil
	}
	q.busy = true
	return []*Call{c}
}

// withdraw takes back a call that nobody has begun to decide.
func (q *Queue) withdraw(c *Call) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, c)
	if i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return i >= 0
}

// lead decides a group, whose first call this one is, and starts the next.
func (q *Queue) lead(group []*Call) {
	if err := q.decide(group); err != nil {
		for _, c := range group {
			c.Decision, c.Err = domain.Decision{}, err
		}
	}
	q.startNext()
	for _, c := range group[1:] {
		c.turn <- nil
	}
}

func (q *Queue) startNext() {
	q.mu.Lock()
	defer q.mu.Unlock()
	next := q.waiting
	q.waiting, q.busy = nil, len(next) > 0
	if q.busy {
		next[0].turn <- next
	}
}

// IsBusy tells whether a group is being decided.
func (q *Queue) IsBusy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.busy
}

// Waiting returns how many calls wait for their group.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
