package jobtest

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func outageCases() []queueCase {
	return []queueCase{
		{"while the queue cannot be reached Enqueue is unavailable, and Serve goes on as soon as it can be", outage},
	}
}

func outage(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	s := serve(t, queue, 2, w)
	tasks := tasksOf(jobA, 2)
	enqueue(t, queue, tasks[0])
	w.awaitDifferent(t, 1)
	mend := q.harness.Break(t, q.dir)
	defer func() { mend() }()
	for range 3 {
		if err := queue.Enqueue(t.Context(), tasks[1:]); domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("Enqueue while the queue cannot be reached: got %v, want code %q", err, domain.CodeUnavailable)
		}
	}
	q.settle()
	if s.hasReturned() {
		t.Fatalf("Serve while the queue cannot be reached: got it returned with %v, want it to wait", s.err)
	}
	mend()
	mend = func() {}
	wait(t, "Enqueue to succeed again", func() bool { return queue.Enqueue(t.Context(), tasks[1:]) == nil })
	w.awaitDifferent(t, 2)
}
