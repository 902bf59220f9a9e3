package jobtest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func servingCases() []queueCase {
	return []queueCase{
		{"as many tasks are in hand at once as there are workers", asManyAsWorkers},
		{"Serve waits for tasks", serveWaits},
		{"when Serve's ctx ends no more tasks are begun, and those in hand are finished", stopsGently},
		{"tasks that wait stay for the next Serve", tasksStay},
		{"tasks that take longer than 10 s after Serve's ctx has ended are cut off, and stay", stopsAtLast},
		{"a Serve whose ctx has ended returns nil", endedBefore},
	}
}

func asManyAsWorkers(t *testing.T, q *queues) {
	const workers, number = 3, 7
	queue := q.open(t)
	release, letGo := latch()
	w := &worker{letGo: letGo, work: func(context.Context, domain.JobTask, int) error {
		<-release
		return nil
	}}
	enqueue(t, queue, tasksOf(jobA, number)...)
	serve(t, queue, workers, w)
	w.awaitDifferent(t, workers)
	q.settle()
	letGo()
	w.awaitDifferent(t, number)
	if got := w.mostAtOnce(); got != workers {
		t.Errorf("%d tasks and %d workers: got %d in hand at once, want %d", number, workers, got, workers)
	}
}

func serveWaits(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	s := serve(t, queue, 2, w)
	for i, task := range tasksOf(jobA, 3) {
		q.settle()
		if s.hasReturned() {
			t.Fatalf("Serve without tasks: got it returned with %v, want it to wait for tasks", s.err)
		}
		enqueue(t, queue, task)
		w.awaitDifferent(t, i+1)
	}
}

// holding returns a worker that says when the first task is in hand and holds it
// until it is released.
func holding() (w *worker, letGo func(), ended *contextWatch) {
	release, letGo := latch()
	ended = &contextWatch{}
	w = &worker{letGo: letGo, work: func(ctx context.Context, _ domain.JobTask, try int) error {
		if try > 1 {
			return nil
		}
		<-release
		ended.err = ctx.Err()
		return nil
	}}
	return w, letGo, ended
}

// contextWatch remembers how the ctx of a task was.
type contextWatch struct{ err error }

func stopsGently(t *testing.T, q *queues) {
	queue := q.open(t)
	w, letGo, ended := holding()
	enqueue(t, queue, tasksOf(jobA, 5)...)
	s := serve(t, queue, 1, w)
	w.awaitDifferent(t, 1)
	s.end()
	brief(q)
	if s.hasReturned() {
		t.Error("Serve whose ctx ended: got it returned while a task was in hand, want it to wait for that one")
	}
	letGo()
	s.await(t)
	if ended.err != nil {
		t.Errorf("the ctx of a task in hand when Serve's ended: got %v, want it to go on", ended.err)
	}
	if begun, _ := w.total(); begun != 1 {
		t.Errorf("tasks begun until Serve returned: got %d, want 1, which was in hand when its ctx ended", begun)
	}
}

// brief lets some time pass that is less than the 10 s that tasks in hand have.
func brief(q *queues) {
	if q.harness.RealTime {
		time.Sleep(200 * time.Millisecond)
		return
	}
	time.Sleep(ports.TaskGrace - time.Second)
}

func tasksStay(t *testing.T, q *queues) {
	queue := q.open(t)
	w, letGo, _ := holding()
	tasks := tasksOf(jobA, 5)
	enqueue(t, queue, tasks...)
	s := serve(t, queue, 1, w)
	w.awaitDifferent(t, 1)
	s.end()
	letGo()
	s.await(t)
	serve(t, queue, 1, w)
	w.awaitDifferent(t, len(tasks))
	q.settle()
	if begun, _ := w.total(); begun != len(tasks) {
		t.Errorf("%d tasks that were done by one Serve after the other: got %d handed out, want each once", len(tasks), begun)
	}
}

func stopsAtLast(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA}
	var lasted time.Duration
	ending := make(chan time.Time, 1)
	w := &worker{work: func(ctx context.Context, _ domain.JobTask, try int) error {
		switch {
		case try == 1:
			<-ctx.Done()
			lasted = time.Since(<-ending)
			return errPlanned
		case try <= ports.TaskTries:
			return errPlanned
		default:
			return nil
		}
	}}
	enqueue(t, queue, task)
	s := serve(t, queue, 1, w)
	w.awaitCount(t, task, 1)
	ending <- time.Now()
	s.stop(t)
	if lasted < ports.TaskGrace*9/10 || !q.harness.RealTime && lasted > ports.TaskGrace*3/2 {
		t.Errorf("the ctx of a task in hand when Serve's ended: got it ended %v later, want about %v", lasted, ports.TaskGrace)
	}
	// The try that was cut off is none, so there are five more.
	serve(t, queue, 1, w)
	w.awaitCount(t, task, ports.TaskTries+1)
	if got := w.surrendered(); len(got) != 0 {
		t.Errorf("a task that was cut off and then failed 4 times: got it given up with %v, want it tried again: to be cut off is no failure", got[0].reason)
	}
}

func endedBefore(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	enqueue(t, queue, domain.JobTask{Job: jobA})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := queue.Serve(ctx, 1, w); err != nil {
		t.Errorf("Serve whose ctx had ended: got %v, want nil", err)
	}
	if begun, _ := w.total(); begun != 0 {
		t.Errorf("Serve whose ctx had ended: got %d tasks begun, want none", begun)
	}
}
