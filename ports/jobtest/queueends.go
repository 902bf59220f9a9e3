package jobtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func queueEndCases() []queueCase {
	return []queueCase{
		{"Serve without workers is invalid", noWorkers},
		{"Enqueue answers canceled when its ctx is", enqueueCanceled},
		{"Enqueue answers deadline when its ctx is past it", enqueueLate},
		{"after Close Enqueue and Serve are unavailable, and a second Close does nothing", closedQueue},
	}
}

func noWorkers(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	for _, workers := range []int{0, -1} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := queue.Serve(ctx, workers, w); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("Serve with %d workers: got %v, want code %q", workers, err, domain.CodeInvalid)
		}
	}
}

func enqueueCanceled(t *testing.T, q *queues) {
	queue := q.open(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the client has gone")
	cancel(gone)
	err := queue.Enqueue(ctx, tasksOf(jobA, 1))
	if domain.CodeOf(err) != domain.CodeCanceled || !errors.Is(err, gone) {
		t.Errorf("Enqueue whose ctx is canceled: got %v, want code %q, wrapping the cause", err, domain.CodeCanceled)
	}
}

func enqueueLate(t *testing.T, q *queues) {
	queue := q.open(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	<-ctx.Done()
	if err := queue.Enqueue(ctx, tasksOf(jobA, 1)); domain.CodeOf(err) != domain.CodeDeadline {
		t.Errorf("Enqueue whose ctx is past its deadline: got %v, want code %q", err, domain.CodeDeadline)
	}
}

func closedQueue(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	enqueue(t, queue, tasksOf(jobA, 2)...)
	s := serve(t, queue, 1, w)
	w.awaitDifferent(t, 2)
	s.stop(t)
	for range 2 {
		if err := queue.Close(); err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
		if err := queue.Enqueue(t.Context(), tasksOf(jobA, 1)); domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("Enqueue after Close: got %v, want code %q", err, domain.CodeUnavailable)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := queue.Serve(ctx, 1, w); domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("Serve after Close: got %v, want code %q", err, domain.CodeUnavailable)
		}
	}
}
