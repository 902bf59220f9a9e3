package sqlitelimiter

import (
	"context"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// call is one call of Take, or of Open.
//
// The calls that come while others are being decided are a group: the first of them
// decides all of them in one transaction, on its own goroutine, and then wakes the
// others and the first of the next group. So a crowd pays for few transactions, a
// call that is alone waits for nobody, and when the file is stuck, all who wait for
// it hear so together.
type call struct {
	key   string
	cost  int
	opens bool         // it takes nothing
	turn  chan []*call // the group to lead, or nil when this call is decided

	decision domain.Decision
	err      error
}

// join returns the group to lead, of this call alone, or nil where another call will
// be told to, or will decide this one.
func (l *Limiter) join(c *call) []*call {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy {
		l.waiting = append(l.waiting, c)
		return nil
	}
	l.busy = true
	return []*call{c}
}

// withdraw takes back a call that nobody has begun to decide.
func (l *Limiter) withdraw(c *call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, c)
	if i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
	return i >= 0
}

// lead decides a group, whose first call this one is, and starts the next.
func (l *Limiter) lead(group []*call) {
	if err := l.decide(group); err != nil {
		for _, c := range group {
			c.decision, c.err = domain.Decision{}, unusable(err)
		}
	}
	l.startNext()
	for _, c := range group[1:] {
		c.turn <- nil
	}
}

func (l *Limiter) startNext() {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := l.waiting
	l.waiting, l.busy = nil, len(next) > 0
	if l.busy {
		next[0].turn <- next
	}
}

// decide decides a group in one transaction. With an error nothing was taken.
func (l *Limiter) decide(group []*call) (err error) {
	// No single call's ctx ends what is done for all.
	ctx := context.Background()
	if l.file == nil || !l.file.isStillThere() {
		if err := l.reopen(ctx); err != nil {
			return err
		}
	}
	if err := l.file.begin(ctx, l.config.BusyTimeout); err != nil {
		return l.giveUp(err)
	}
	// Only one process is here at a time, so no later transaction has an earlier
	// moment, unless the clock is set.
	now := time.Duration(time.Now().UnixNano())
	for _, c := range group {
		if err := l.take(ctx, c, now); err != nil {
			return l.giveUp(err)
		}
	}
	if err := l.sweep(ctx, len(group), now); err != nil {
		return l.giveUp(err)
	}
	if err := l.file.commit(ctx); err != nil {
		return l.giveUp(err)
	}
	return nil
}

func (l *Limiter) take(ctx context.Context, c *call, now time.Duration) error {
	if c.opens {
		return nil
	}
	before, err := l.file.state(ctx, c.key)
	if err != nil {
		return err
	}
	var after domain.RateState
	after, c.decision, c.err = l.config.Rate.Take(before, now, c.cost)
	if !c.decision.Allowed {
		return nil
	}
	return l.file.keep(ctx, c.key, after)
}

// A sweep deletes twice as many rows as there can be new ones since the last.
const (
	sweepEvery = 64
	sweepRows  = 2 * sweepEvery
)

// sweep deletes some rows of clients whose units have all come back, now and then.
func (l *Limiter) sweep(ctx context.Context, taken int, now time.Duration) error {
	l.taken += taken
	if l.taken < sweepEvery {
		return nil
	}
	rows := max(sweepRows, 2*l.taken)
	l.taken = 0
	return l.file.forget(ctx, now, rows)
}

// reopen opens the file in the place of one that is of no more use.
func (l *Limiter) reopen(ctx context.Context) (err error) {
	l.abandon()
	l.file, err = openFile(ctx, l.config.Path, l.config.BusyTimeout)
	return err
}

// giveUp abandons a file that failed, so that the next group opens it anew, and
// returns why it did. A file that is merely locked is not at fault.
func (l *Limiter) giveUp(err error) error {
	if code, _ := resultCode(err); code != codeBusy {
		l.abandon()
	}
	return err
}

// abandon closes the file, which undoes what was not committed.
func (l *Limiter) abandon() {
	if l.file != nil {
		_ = l.file.close() // there is nothing in it to lose
		l.file = nil
	}
}
