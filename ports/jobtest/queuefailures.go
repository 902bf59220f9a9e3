package jobtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func failureCases() []queueCase {
	return []queueCase{
		{"a task that fails is tried again after 1, 2, 4 and 8 s, and given up with its last error", failsForGood},
		{"a task that panics is tried again, and given up with the panic", panicsForGood},
		{"a task that succeeds at last is not given up", succeedsAtLast},
		{"others are handed out while a task waits to be tried again", othersMeanwhile},
		{"a task whose GiveUp fails is forgotten too", giveUpFails},
	}
}

// failure is the error of one try.
type failure struct{ try int }

func (f *failure) Error() string { return fmt.Sprintf("failure %d", f.try) }

func failsForGood(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA, Chunk: 3}
	w := &worker{work: func(_ context.Context, _ domain.JobTask, try int) error {
		if try > ports.TaskTries {
			return nil
		}
		return &failure{try}
	}}
	enqueue(t, queue, task)
	serve(t, queue, 2, w)
	wait(t, "a task to be given up", func() bool { return len(w.surrendered()) > 0 })
	q.settle()
	begun := w.order()
	if len(begun) != ports.TaskTries {
		t.Fatalf("a task that fails: got it tried %d times, want %d", len(begun), ports.TaskTries)
	}
	for i := range begun[1:] {
		checkPause(t, q, begun[i+1].at.Sub(begun[i].at), ports.TaskPause(i+1))
	}
	given := w.surrendered()
	if len(given) != 1 || given[0].task != task || given[0].ended {
		t.Fatalf("GiveUp: got it called %d times, first with %+v, want once with the task %+v and a ctx that goes on", len(given), given[0], task)
	}
	var last *failure
	if !errors.As(given[0].reason, &last) || last.try != ports.TaskTries {
		t.Errorf("GiveUp: got the reason %v, want the last error", given[0].reason)
	}
	enqueue(t, queue, task)
	w.awaitCount(t, task, ports.TaskTries+1) // it is forgotten, so it is taken
}

// checkPause fails the test where a pause is not about what it should be. In real time
// it may be longer: the machine may have had something else to do.
func checkPause(t *testing.T, q *queues, got, want time.Duration) {
	t.Helper()
	if got < want*9/10 || !q.harness.RealTime && got > want*3/2 {
		t.Errorf("the pause until a task is tried again: got %v, want about %v", got, want)
	}
}

func panicsForGood(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA}
	w := &worker{work: func(_ context.Context, _ domain.JobTask, try int) error {
		if try%2 == 0 {
			return &failure{try}
		}
		panic(fmt.Sprint("panic ", try))
	}}
	enqueue(t, queue, task)
	serve(t, queue, 1, w)
	wait(t, "a task to be given up", func() bool { return len(w.surrendered()) > 0 })
	q.settle()
	given := w.surrendered()
	var last *domain.PanicError
	if len(given) != 1 || !errors.As(given[0].reason, &last) || last.Value != "panic 5" {
		t.Errorf("a task that panics: got it given up %d times, first with %v, want once with a *domain.PanicError of the last panic", len(given), given[0].reason)
	}
	if got := w.count(task); got != ports.TaskTries {
		t.Errorf("a task that panics: got it tried %d times, want %d", got, ports.TaskTries)
	}
}

func succeedsAtLast(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA}
	w := &worker{work: func(_ context.Context, _ domain.JobTask, try int) error {
		if try < ports.TaskTries {
			return &failure{try}
		}
		return nil
	}}
	enqueue(t, queue, task)
	serve(t, queue, 1, w)
	w.awaitCount(t, task, ports.TaskTries)
	q.settle()
	if got := w.surrendered(); len(got) > 0 {
		t.Errorf("a task whose last try succeeds: got it given up with %v, want it done", got[0].reason)
	}
	if got := w.count(task); got != ports.TaskTries {
		t.Errorf("a task whose last try succeeds: got it tried %d times, want %d", got, ports.TaskTries)
	}
}

func othersMeanwhile(t *testing.T, q *queues) {
	queue := q.open(t)
	failing := domain.JobTask{Job: jobB}
	w := &worker{work: func(_ context.Context, task domain.JobTask, try int) error {
		if task == failing {
			return &failure{try}
		}
		return nil
	}}
	others := tasksOf(jobA, 10)
	enqueue(t, queue, failing)
	enqueue(t, queue, others...)
	serve(t, queue, 1, w)
	wait(t, "the others to be done", func() bool {
		_, different := w.total()
		return different > len(others)
	})
	if got := w.count(failing); got == ports.TaskTries {
		t.Errorf("others beside a task that fails: got them begun only after its %d tries, want them begun while it waits", got)
	}
}

func giveUpFails(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA}
	w := &worker{giveUp: errPlanned, work: func(_ context.Context, _ domain.JobTask, try int) error { return &failure{try} }}
	enqueue(t, queue, task)
	serve(t, queue, 1, w)
	wait(t, "a task to be given up", func() bool { return len(w.surrendered()) > 0 })
	q.settle()
	if got := w.count(task); got != ports.TaskTries || len(w.surrendered()) != 1 {
		t.Errorf("a task whose GiveUp fails: got %d tries and %d calls of GiveUp, want %d and 1: it is forgotten", got, len(w.surrendered()), ports.TaskTries)
	}
}
