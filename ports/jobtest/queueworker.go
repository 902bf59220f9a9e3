package jobtest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// worker is a handler that remembers what it was handed.
type worker struct {
	// work does a task; nil does nothing. try counts the calls for the task, from 1.
	work func(ctx context.Context, task domain.JobTask, try int) error
	// giveUp is what GiveUp answers.
	giveUp error
	// letGo, where there is one, lets go whom work holds, so that a case that fails ends.
	letGo func()

	mu      sync.Mutex
	begun   []beginning
	tries   map[domain.JobTask]int
	inHand  int
	most    int // in hand at once
	givenUp []giving
}

type beginning struct {
	task domain.JobTask
	at   time.Time
}

type giving struct {
	task   domain.JobTask
	reason error
	ended  bool // its ctx had ended
}

var _ ports.JobHandler = (*worker)(nil)

func (w *worker) Work(ctx context.Context, task domain.JobTask) error {
	w.mu.Lock()
	if w.tries == nil {
		w.tries = map[domain.JobTask]int{}
	}
	w.begun = append(w.begun, beginning{task, time.Now()})
	w.tries[task]++
	try := w.tries[task]
	w.inHand++
	w.most = max(w.most, w.inHand)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.inHand--
	}()
	if w.work == nil {
		return nil
	}
	return w.work(ctx, task, try)
}

func (w *worker) GiveUp(ctx context.Context, task domain.JobTask, reason error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.givenUp = append(w.givenUp, giving{task, reason, ctx.Err() != nil})
	return w.giveUp
}

// count returns how often a task was begun.
func (w *worker) count(task domain.JobTask) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tries[task]
}

// total returns how many tasks were begun, and how many different ones.
func (w *worker) total() (begun, different int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.begun), len(w.tries)
}

// mostAtOnce returns how many tasks were in hand at once.
func (w *worker) mostAtOnce() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most
}

// order returns what was begun, in its order.
func (w *worker) order() []beginning {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]beginning(nil), w.begun...)
}

// surrendered returns what was given up.
func (w *worker) surrendered() []giving {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]giving(nil), w.givenUp...)
}

// awaitCount waits until a task has been begun so many times.
func (w *worker) awaitCount(t *testing.T, task domain.JobTask, times int) {
	t.Helper()
	wait(t, "a task to be handed out", func() bool { return w.count(task) >= times })
}

// awaitDifferent waits until so many different tasks have been begun.
func (w *worker) awaitDifferent(t *testing.T, tasks int) {
	t.Helper()
	wait(t, "all tasks to be handed out", func() bool {
		_, different := w.total()
		return different >= tasks
	})
}

// serving is a Serve that goes on.
type serving struct {
	end      context.CancelFunc
	returned chan struct{}
	err      error
}

// serve has a queue served until the case ends, or stop is called.
func serve(t *testing.T, queue ports.JobQueue, workers int, w *worker) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	s := &serving{end: cancel, returned: make(chan struct{})}
	go func() {
		defer close(s.returned)
		s.err = queue.Serve(ctx, workers, w)
	}()
	t.Cleanup(func() {
		if w.letGo != nil {
			w.letGo()
		}
		s.stop(t)
	})
	return s
}

// stop ends Serve's ctx and waits until it has returned.
func (s *serving) stop(t *testing.T) {
	t.Helper()
	s.end()
	s.await(t)
}

// await waits until Serve has returned.
func (s *serving) await(t *testing.T) {
	t.Helper()
	wait(t, "Serve to return when its ctx had ended", s.hasReturned)
	if s.err != nil {
		t.Errorf("Serve: got %v, want nil when its ctx ends", s.err)
	}
}

func (s *serving) hasReturned() bool {
	select {
	case <-s.returned:
		return true
	default:
		return false
	}
}

// latch returns a channel that holds whoever reads from it until letGo is called.
func latch() (held chan struct{}, letGo func()) {
	held = make(chan struct{})
	return held, sync.OnceFunc(func() { close(held) })
}

// enqueue enqueues, and fails the test on an error.
func enqueue(t *testing.T, queue ports.JobQueue, tasks ...domain.JobTask) {
	t.Helper()
	if err := queue.Enqueue(t.Context(), tasks); err != nil {
		t.Fatalf("Enqueue of %d tasks: got %v, want nil", len(tasks), err)
	}
}

const (
	jobA domain.JobID = "01890a5d-ac96-774b-bcce-b302099a8057"
	jobB domain.JobID = "01890a5d-ac96-774b-bcce-b302099a8058"
)

// tasksOf returns so many tasks of a job, from its first chunk on.
func tasksOf(job domain.JobID, number int) []domain.JobTask {
	tasks := make([]domain.JobTask, number)
	for i := range tasks {
		tasks[i] = domain.JobTask{Job: job, Chunk: i}
	}
	return tasks
}
