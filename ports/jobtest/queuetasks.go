package jobtest

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func taskCases() []queueCase {
	return []queueCase{
		{"every task that is enqueued is handed to a worker, as it is", tasksAreHandedOut},
		{"a task that waits is not taken again", waitingIsNotTakenAgain},
		{"a task that waits to be tried again is not taken again", retryingIsNotTakenAgain},
		{"a task that a worker has in hand is taken again", inHandIsTakenAgain},
		{"a task that a worker has in hand again, after it failed, is taken again", inHandAfterFailure},
		{"a task that was taken again and fails is handed out again", takenAgainAndFails},
		{"no tasks are no error", noTasks},
		{"a task that many enqueue at once is taken once", takenOnceOfMany},
		{"tasks that are enqueued beside workers are all handed out", enqueuedBesideWorkers},
		{"tasks are begun in about their order", inOrder},
		{"no task waits forever while later ones are begun", nobodyStarves},
	}
}

func tasksAreHandedOut(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	tasks := slices.Concat(tasksOf(jobA, 40), tasksOf(jobB, 3), []domain.JobTask{{Job: jobB, Chunk: math.MaxInt32}})
	for i := 0; i < len(tasks); {
		batch := min(1+i, len(tasks)-i)
		enqueue(t, queue, tasks[i:i+batch]...)
		i += batch
	}
	serve(t, queue, 2, w)
	w.awaitDifferent(t, len(tasks))
	for _, task := range tasks {
		if w.count(task) == 0 {
			t.Errorf("task %+v: got it never handed out, want it once at least", task)
		}
	}
}

func waitingIsNotTakenAgain(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	tasks := tasksOf(jobA, 3)
	enqueue(t, queue, tasks[0], tasks[1], tasks[0])
	enqueue(t, queue, tasks...)
	enqueue(t, queue, tasks[1])
	serve(t, queue, 1, w)
	w.awaitDifferent(t, len(tasks))
	q.settle()
	if begun, _ := w.total(); begun != len(tasks) {
		t.Errorf("3 tasks that were enqueued again while they waited: got %d handed out, want 3", begun)
	}
}

func retryingIsNotTakenAgain(t *testing.T, q *queues) {
	queue := q.open(t)
	failing, other := domain.JobTask{Job: jobA}, domain.JobTask{Job: jobB}
	seen := make(chan struct{})
	w := &worker{work: func(_ context.Context, task domain.JobTask, try int) error {
		switch {
		case task == failing && try == 1:
			return errPlanned
		case task == other:
			// The only worker is here, so the task that failed has left it.
			defer close(seen)
			return queue.Enqueue(context.WithoutCancel(t.Context()), []domain.JobTask{failing, failing})
		}
		return nil
	}}
	enqueue(t, queue, failing, other)
	serve(t, queue, 1, w)
	wait(t, "the other task to be done", func() bool {
		select {
		case <-seen:
			return true
		default:
			return false
		}
	})
	w.awaitCount(t, failing, 2)
	q.settle()
	if got := w.count(failing); got != 2 {
		t.Errorf("a task that failed once and was enqueued again while it waited to be tried again: got it handed out %d times, want 2", got)
	}
}

var errPlanned = errors.New("planned by the test")

func inHandIsTakenAgain(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA, Chunk: 7}
	release, letGo := latch()
	w := &worker{letGo: letGo, work: func(_ context.Context, _ domain.JobTask, try int) error {
		if try == 1 {
			<-release
		}
		return nil
	}}
	serve(t, queue, 1, w)
	enqueue(t, queue, task)
	w.awaitCount(t, task, 1)
	enqueue(t, queue, task)
	enqueue(t, queue, task)
	letGo()
	w.awaitCount(t, task, 2)
	q.settle()
	if got := w.count(task); got != 2 {
		t.Errorf("a task that was enqueued twice while it was in hand: got it handed out %d times, want 2: then it was in hand, and then it waited", got)
	}
}

func inHandAfterFailure(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA}
	release, letGo := latch()
	w := &worker{letGo: letGo, work: func(_ context.Context, _ domain.JobTask, try int) error {
		switch try {
		case 1:
			return errPlanned
		case 2:
			<-release
		}
		return nil
	}}
	serve(t, queue, 1, w)
	enqueue(t, queue, task)
	w.awaitCount(t, task, 2)
	enqueue(t, queue, task)
	letGo()
	w.awaitCount(t, task, 3)
}

func takenAgainAndFails(t *testing.T, q *queues) {
	queue := q.open(t)
	task := domain.JobTask{Job: jobA}
	release, letGo := latch()
	w := &worker{letGo: letGo, work: func(_ context.Context, _ domain.JobTask, try int) error {
		switch try {
		case 1:
			<-release
			return errPlanned
		case 2:
			return errPlanned
		default:
			return nil
		}
	}}
	serve(t, queue, 1, w)
	enqueue(t, queue, task)
	w.awaitCount(t, task, 1)
	enqueue(t, queue, task)
	letGo()
	w.awaitCount(t, task, 3)
	other := domain.JobTask{Job: jobB}
	enqueue(t, queue, other)
	w.awaitCount(t, other, 1) // the queue is none the worse for it
}

func noTasks(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	enqueue(t, queue)
	serve(t, queue, 1, w)
	enqueue(t, queue, []domain.JobTask{}...)
	enqueue(t, queue, domain.JobTask{Job: jobA})
	w.awaitDifferent(t, 1)
	if begun, _ := w.total(); begun != 1 {
		t.Errorf("one task beside none: got %d handed out, want 1", begun)
	}
}

func takenOnceOfMany(t *testing.T, q *queues) {
	const callers = 16
	queue, w := q.open(t), &worker{}
	tasks := tasksOf(jobA, 20)
	begin := make(chan struct{})
	var enqueuing sync.WaitGroup
	for range callers {
		enqueuing.Go(func() {
			<-begin
			for i := range tasks {
				if err := queue.Enqueue(t.Context(), tasks[i:i+1]); err != nil {
					t.Errorf("Enqueue beside others: got %v, want nil", err)
				}
			}
		})
	}
	close(begin)
	enqueuing.Wait()
	serve(t, queue, 2, w)
	w.awaitDifferent(t, len(tasks))
	q.settle()
	if begun, _ := w.total(); begun != len(tasks) {
		t.Errorf("%d tasks that %d enqueued at once: got %d handed out, want each once", len(tasks), callers, begun)
	}
}

func enqueuedBesideWorkers(t *testing.T, q *queues) {
	const callers, each = 8, 20
	queue, w := q.open(t), &worker{}
	serve(t, queue, 4, w)
	var enqueuing sync.WaitGroup
	for caller := range callers {
		enqueuing.Go(func() {
			for i := range each {
				if err := queue.Enqueue(t.Context(), []domain.JobTask{{Job: jobA, Chunk: caller*each + i}}); err != nil {
					t.Errorf("Enqueue beside workers: got %v, want nil", err)
				}
			}
		})
	}
	enqueuing.Wait()
	w.awaitDifferent(t, callers*each)
}

func inOrder(t *testing.T, q *queues) {
	queue, w := q.open(t), &worker{}
	const number, about = 60, 10
	for _, task := range tasksOf(jobA, number) {
		// Other orders than that of the enqueuing would be wrong.
		enqueue(t, queue, domain.JobTask{Job: task.Job, Chunk: number - task.Chunk})
	}
	serve(t, queue, 1, w)
	w.awaitDifferent(t, number)
	for place, begun := range w.order() {
		if want := number - begun.task.Chunk; place-want > about || want-place > about {
			t.Errorf("the task that was enqueued as number %d: got it begun as number %d, want at most %d between", want, place, about)
		}
	}
}

func nobodyStarves(t *testing.T, q *queues) {
	queue := q.open(t)
	// There are always ten tasks that came later.
	first := domain.JobTask{Job: jobB}
	w := &worker{work: func(_ context.Context, task domain.JobTask, _ int) error {
		if task == first || task.Chunk > 500 {
			return nil
		}
		return queue.Enqueue(context.WithoutCancel(t.Context()), []domain.JobTask{{Job: jobA, Chunk: task.Chunk + 10}})
	}}
	others := tasksOf(jobA, 10)
	enqueue(t, queue, others[:5]...)
	enqueue(t, queue, first)
	enqueue(t, queue, others[5:]...)
	serve(t, queue, 1, w)
	w.awaitCount(t, first, 1)
	before := slices.IndexFunc(w.order(), func(b beginning) bool { return b.task == first })
	if before > 100 {
		t.Errorf("a task that 5 others were enqueued before: got it begun after %d, want it not to wait for those that came later", before)
	}
}
