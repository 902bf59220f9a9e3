// Package memqueue keeps the tasks of jobs in the memory of this process, for a store
// that is in memory too.
package memqueue

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Queue is a queue that nobody shares. It starts no goroutine but for tasks in
// hand. Enqueue costs a microsecond, and a task that waits about 100 bytes.
type Queue struct {
	mu      sync.Mutex
	closed  bool
	ready   []waiting // in the order in which they are to be begun
	later   []waiting // to be tried again, in the order of their times
	waits   map[domain.JobTask]struct{}
	changed chan struct{} // closed, and made anew, when there is more to hand out
}

// waiting is a task that nobody has in hand.
type waiting struct {
	task   domain.JobTask
	failed int       // how often
	due    time.Time // zero for those that have not failed
}

var _ ports.JobQueue = (*Queue)(nil)

// New returns an empty queue.
func New() *Queue {
	return &Queue{waits: map[domain.JobTask]struct{}{}, changed: make(chan struct{})}
}

// Enqueue implements ports.JobQueue.
func (q *Queue) Enqueue(ctx context.Context, tasks []domain.JobTask) error {
	if err := domain.ContextError(ctx); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed()
	}
	for _, task := range tasks {
		if _, known := q.waits[task]; !known {
			q.waits[task] = struct{}{}
			q.ready = append(q.ready, waiting{task: task})
		}
	}
	q.wake()
	return nil
}

// Close implements ports.JobQueue. What waits is gone with it.
func (q *Queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.ready, q.later, q.waits = true, nil, nil, nil
	q.wake()
	return nil
}

// wake wakes those who wait for something to hand out. The caller holds mu.
func (q *Queue) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// putBack has a task wait that was in hand: until it is due where it has failed, and
// first of all where it was cut off. One that was enqueued meanwhile is merged with it.
func (q *Queue) putBack(back waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	if _, known := q.waits[back.task]; known {
		back.failed = max(back.failed, q.remove(back.task).failed)
	}
	q.waits[back.task] = struct{}{}
	if back.due.IsZero() {
		q.ready = slices.Insert(q.ready, 0, back)
	} else {
		place, _ := slices.BinarySearchFunc(q.later, back, func(a, b waiting) int { return a.due.Compare(b.due) })
		q.later = slices.Insert(q.later, place, back)
	}
	q.wake()
}

// remove takes a task out of those that wait. The caller holds mu.
func (q *Queue) remove(task domain.JobTask) waiting {
	list := &q.ready
	is := func(w waiting) bool { return w.task == task }
	i := slices.IndexFunc(q.ready, is)
	if i < 0 {
		list, i = &q.later, slices.IndexFunc(q.later, is)
	}
	removed := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return removed
}

// take returns the next task that is due, or else what wakes whoever waits for one: a
// change, or a pause that is 0 where nothing will be due by itself.
func (q *Queue) take() (next waiting, ok bool, changed <-chan struct{}, pause time.Duration, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return waiting{}, false, nil, 0, errClosed()
	}
	now := time.Now()
	for len(q.later) > 0 && !q.later[0].due.After(now) {
		q.ready = append(q.ready, q.later[0])
		q.later = slices.Delete(q.later, 0, 1)
	}
	if len(q.ready) > 0 {
		next = q.ready[0]
		q.ready = q.ready[1:]
		delete(q.waits, next.task)
		return next, true, nil, 0, nil
	}
	if len(q.later) > 0 {
		pause = q.later[0].due.Sub(now)
	}
	return waiting{}, false, q.changed, pause, nil
}

func errClosed() error {
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the queue of jobs is closed"}
}
