package sqlitelimiter

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/ratequeue"
	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
)

// decide decides a group in one transaction. With an error nothing was taken.
func (l *Limiter) decide(group []*ratequeue.Call) error {
	// No single call's ctx ends what is done for all.
	ctx := context.Background()
	if l.file == nil || !l.file.isStillThere() {
		if err := l.reopen(ctx); err != nil {
			return l.unusable(err)
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

func (l *Limiter) take(ctx context.Context, c *ratequeue.Call, now time.Duration) error {
	if c.Opens {
		return nil
	}
	before, err := l.file.state(ctx, c.Key)
	if err != nil {
		return err
	}
	var after domain.RateState
	after, c.Decision, c.Err = l.config.Rate.Take(before, now, c.Cost)
	if !c.Decision.Allowed {
		return nil
	}
	return l.file.keep(ctx, c.Key, after)
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
	l.file, err = openFile(ctx, l.config)
	return err
}

// giveUp abandons a file that failed, so that the next group opens it anew, and
// returns the error of its calls. A file that is merely locked is not at fault.
func (l *Limiter) giveUp(err error) error {
	if code, _ := sqlitedriver.Code(err); code != sqlitedriver.Busy {
		l.abandon()
	}
	return l.unusable(err)
}

// abandon closes the file, which undoes what was not committed.
func (l *Limiter) abandon() {
	if l.file != nil {
		_ = l.file.close() // there is nothing in it to lose
		l.file = nil
	}
}
