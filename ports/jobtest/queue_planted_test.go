package jobtest_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
)

// queue is sound until a mistake is planted. Those on one dir share their tasks. It
// looks for tasks every 5 ms, which costs nothing in virtual time.
type queue struct {
	data   *queueData
	closed bool

	// Where mistakes are planted.
	enqueue func(ctx context.Context, tasks []domain.JobTask) error
	taken   func([]domain.JobTask) []domain.JobTask // what of a batch is taken
	waits   func(task domain.JobTask) bool          // whether a task need not be taken
	pick    func(due []int) int                     // which of the entries that are due is next
	workers func(int) int
	serve   func(ctx context.Context, workers int, handler ports.JobHandler) error
	workCtx func(serving, own context.Context) context.Context
	grace   time.Duration
	ending  func(inHand *sync.WaitGroup) // waits for those in hand
	cutOff  func(entry)                  // sees to one that was cut off
	work    func(ctx context.Context, handler ports.JobHandler, e entry) error
	pause   func(failed int) time.Duration
	holds   bool // whether the worker waits out the pause
	tries   int
	giveUp  func(ctx context.Context, handler ports.JobHandler, e entry, err error)
	close   func() error
}

type queueData struct {
	mu      sync.Mutex
	entries []entry
	inHand  map[domain.JobTask]int
	broken  bool
}

// entry is a task that waits.
type entry struct {
	task   domain.JobTask
	failed int
	due    time.Time
}

type queuePlant func(*queue)

// plantedQueues opens queues with a mistake, and breaks them.
type plantedQueues struct {
	plant queuePlant
	mu    sync.Mutex
	all   map[string]*queueData
}

func queueHarness(plant queuePlant) jobtest.QueueHarness {
	p := &plantedQueues{plant: plant, all: map[string]*queueData{}}
	return jobtest.QueueHarness{Open: p.open, Shared: true, Break: p.breaks}
}

func (p *plantedQueues) on(dir string) *queueData {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all[dir] == nil {
		p.all[dir] = &queueData{inHand: map[domain.JobTask]int{}}
	}
	return p.all[dir]
}

func (p *plantedQueues) open(dir string) (ports.JobQueue, error) {
	q := &queue{data: p.on(dir), grace: ports.TaskGrace, tries: ports.TaskTries, pause: ports.TaskPause}
	q.enqueue, q.serve, q.close = q.soundEnqueue, q.soundServe, q.soundClose
	q.taken = func(tasks []domain.JobTask) []domain.JobTask { return tasks }
	q.waits = q.soundWaits
	q.pick = func(due []int) int { return due[0] }
	q.workers = func(workers int) int { return workers }
	q.workCtx = func(_, own context.Context) context.Context { return own }
	q.ending = func(inHand *sync.WaitGroup) { inHand.Wait() }
	q.cutOff = q.putBack
	q.work = soundWork
	q.giveUp = soundGiveUp
	p.plant(q)
	return q, nil
}

func (p *plantedQueues) breaks(_ *testing.T, dir string) (mend func()) {
	data := p.on(dir)
	data.set(true)
	return func() { data.set(false) }
}

func (d *queueData) set(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}

func (q *queue) Enqueue(ctx context.Context, tasks []domain.JobTask) error {
	return q.enqueue(ctx, tasks)
}

func (q *queue) Serve(ctx context.Context, workers int, handler ports.JobHandler) error {
	return q.serve(ctx, workers, handler)
}

func (q *queue) Close() error { return q.close() }

func (q *queue) soundEnqueue(ctx context.Context, tasks []domain.JobTask) error {
	if err := domain.ContextError(ctx); err != nil {
		return err
	}
	q.data.mu.Lock()
	defer q.data.mu.Unlock()
	if q.closed || q.data.broken {
		return unavailable()
	}
	for _, task := range q.taken(tasks) {
		if !q.waits(task) {
			q.data.entries = append(q.data.entries, entry{task: task})
		}
	}
	return nil
}

func unavailable() error {
	return &domain.Error{Code: domain.CodeUnavailable, Message: "unavailable"}
}

// soundWaits is called with the data locked.
func (q *queue) soundWaits(task domain.JobTask) bool {
	return slices.ContainsFunc(q.data.entries, func(e entry) bool { return e.task == task })
}

func (q *queue) soundServe(ctx context.Context, workers int, handler ports.JobHandler) error {
	if workers < 1 {
		return &domain.Error{Code: domain.CodeInvalid, Message: "no workers"}
	}
	working, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var inHand sync.WaitGroup
	free := make(chan struct{}, q.workers(workers))
	for ctx.Err() == nil {
		if q.isClosed() {
			return unavailable()
		}
		if len(free) < cap(free) {
			if next, ok := q.next(); ok {
				free <- struct{}{}
				inHand.Go(func() {
					defer func() { <-free }()
					q.do(q.workCtx(ctx, working), handler, next)
				})
				continue
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
	patience := time.AfterFunc(q.grace, cut)
	defer patience.Stop()
	q.ending(&inHand)
	return nil
}

func (q *queue) isClosed() bool {
	q.data.mu.Lock()
	defer q.data.mu.Unlock()
	return q.closed
}

func (q *queue) next() (entry, bool) {
	q.data.mu.Lock()
	defer q.data.mu.Unlock()
	var due []int
	for i, e := range q.data.entries {
		if !e.due.After(time.Now()) {
			due = append(due, i)
		}
	}
	if len(due) == 0 || q.data.broken {
		return entry{}, false
	}
	i := q.pick(due)
	next := q.data.entries[i]
	q.data.entries = slices.Delete(q.data.entries, i, i+1)
	q.data.inHand[next.task]++
	return next, true
}

func (q *queue) do(ctx context.Context, handler ports.JobHandler, e entry) {
	err := q.work(ctx, handler, e)
	q.data.mu.Lock()
	q.data.inHand[e.task]--
	q.data.mu.Unlock()
	if err == nil {
		return
	}
	if ctx.Err() != nil {
		q.cutOff(e)
		return
	}
	e.failed++
	if e.failed == q.tries {
		q.giveUp(ctx, handler, e, err)
		return
	}
	if q.holds {
		time.Sleep(q.pause(e.failed))
		q.do(ctx, handler, e)
		return
	}
	e.due = time.Now().Add(q.pause(e.failed))
	q.putBack(e)
}

// putBack merges a task with one that was taken meanwhile.
func (q *queue) putBack(e entry) {
	q.data.mu.Lock()
	defer q.data.mu.Unlock()
	q.data.entries = slices.DeleteFunc(q.data.entries, func(other entry) bool { return other.task == e.task })
	q.data.entries = append(q.data.entries, e)
}

func soundWork(ctx context.Context, handler ports.JobHandler, e entry) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &domain.PanicError{Value: value}
		}
	}()
	return handler.Work(ctx, e.task)
}

func soundGiveUp(ctx context.Context, handler ports.JobHandler, e entry, err error) {
	_ = handler.GiveUp(ctx, e.task, err)
}

func (q *queue) soundClose() error {
	q.data.mu.Lock()
	defer q.data.mu.Unlock()
	q.closed = true
	return nil
}
