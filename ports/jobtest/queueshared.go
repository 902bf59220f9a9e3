package jobtest

import (
	"context"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func sharedCases() []queueCase {
	return []queueCase{
		{"tasks of all who enqueue are handed to all who serve, each to one", sharedByAll},
		{"a task that waits is not taken again from another", notTakenFromAnother},
		{"what was taken outlasts who took it", tasksOutlast},
	}
}

func sharedByAll(t *testing.T, q *queues) {
	const number = 60
	queues := []interface {
		Enqueue(ctx context.Context, tasks []domain.JobTask) error
	}{q.open(t), q.open(t)}
	// Each of two who serve works until the other has begun, too.
	first, second := q.open(t), q.open(t)
	begun := make(chan struct{}, 2)
	both, letGo := latch()
	work := func(_ context.Context, _ domain.JobTask, _ int) error {
		select {
		case <-both:
			return nil
		default:
		}
		begun <- struct{}{}
		<-both
		return nil
	}
	w, v := &worker{letGo: letGo, work: work}, &worker{letGo: letGo, work: work}
	for i, task := range tasksOf(jobA, number) {
		if err := queues[i%2].Enqueue(t.Context(), []domain.JobTask{task}); err != nil {
			t.Fatalf("Enqueue: got %v, want nil", err)
		}
	}
	serve(t, first, 1, w)
	serve(t, second, 1, v)
	wait(t, "both who serve to have a task in hand", func() bool { return len(begun) == 2 })
	letGo()
	wait(t, "all tasks to be handed out", func() bool {
		_, one := w.total()
		_, other := v.total()
		return one+other >= number
	})
	q.settle()
	for _, task := range tasksOf(jobA, number) {
		if got := w.count(task) + v.count(task); got != 1 {
			t.Errorf("task %d of two who serve: got it handed out %d times, want once, to one of them", task.Chunk, got)
		}
	}
}

func notTakenFromAnother(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	tasks := tasksOf(jobA, 3)
	enqueue(t, q.open(t), tasks...)
	enqueue(t, q.open(t), tasks...)
	serve(t, queue, 1, w)
	w.awaitDifferent(t, len(tasks))
	q.settle()
	if begun, _ := w.total(); begun != len(tasks) {
		t.Errorf("3 tasks that two enqueued: got %d handed out, want each once", begun)
	}
}

func tasksOutlast(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	tasks := tasksOf(jobA, 3)
	enqueue(t, queue, tasks...)
	if err := queue.Close(); err != nil {
		t.Fatalf("Close: got %v, want nil", err)
	}
	serve(t, q.open(t), 1, w)
	w.awaitDifferent(t, len(tasks))
}
