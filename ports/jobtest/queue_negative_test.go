package jobtest_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// queueControl is a queue with one mistake, sound otherwise, and the start of the name
// of the case that must notice.
type queueControl struct {
	mistake     string
	wantFailing string
	plant       queuePlant
}

func TestSuiteRefusesBrokenQueues(t *testing.T) {
	t.Parallel()
	for _, c := range queueControls() {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { jobtest.RunQueue(t, queueHarness(c.plant)) })
		})
	}
}

// Without it the mistakes might be those of what they are planted in.
// And every method of the port is called by a case.
func TestTheQueueWithoutAMistakePasses(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.JobQueue](t)
	harness := queueHarness(func(*queue) {})
	open := harness.Open
	harness.Open = func(dir string) (ports.JobQueue, error) {
		sound, err := open(dir)
		mock := &portmock.JobQueueMock{}
		methods.Forward(mock, sound)
		return mock, err
	}
	jobtest.RunQueue(t, harness)
}

// In real time the same queue passes too, so an adapter that runs there is not asked for more.
func TestTheQueueWithoutAMistakePassesInRealTime(t *testing.T) {
	t.Parallel()
	harness := queueHarness(func(*queue) {})
	harness.RealTime = true
	jobtest.RunQueue(t, harness)
}

func TestEveryQueueCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range queueControls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, jobtest.QueueCaseNames(), wantFailing)
}

func queueControls() []queueControl {
	return []queueControl{
		{"loses the last task of a batch", "every task", takes(dropLastOfMany)},
		{"reads chunks in 8 bits", "every task", takes(shortChunks)},
		{"takes what waits again", "a task that waits is", takesAll},
		{"takes a task twice of one batch", "a task that waits is", takesTwiceOfABatch},
		{"looks only among tasks that have not failed", "a task that waits to be tried again", looksAmongNew},
		{"does not take what is in hand", "a task that a worker has in hand is", refusesInHand},
		{"does not take what is in hand again", "a task that a worker has in hand again", refusesInHandAgain},
		{"forgets what fails while it waits", "a task that was taken again", forgetsBoth},
		{"refuses no tasks", "no tasks", refusesNone},
		{"takes nothing more after no tasks", "no tasks", endsWithNone},
		{"looks before it takes", "a task that many enqueue", looksBeforeItEnqueues},
		{"loses what comes while workers are busy", "tasks that are enqueued beside", losesBesideWork},
		{"begins the last first", "tasks are begun in about their order", picks(last)},
		{"begins the last first, always", "no task waits forever", picks(last)},

		{"has a worker too many", "as many tasks", withWorkers(+1)},
		{"has a worker too few", "as many tasks", withWorkers(-1)},
		{"returns when there is nothing to do", "Serve waits", returnsWhenIdle},
		{"ends the ctx of tasks with Serve's", "when Serve's ctx ends", endsTasks},
		{"does not wait for tasks in hand", "when Serve's ctx ends", func(q *queue) { q.ending = func(*sync.WaitGroup) {} }},
		{"finishes all that waits", "when Serve's ctx ends", finishesAll},
		{"answers that ctx has ended", "when Serve's ctx ends", answersCtx},
		{"forgets what waits when Serve ends", "tasks that wait stay", forgetsWhatWaits},
		{"waits forever for tasks in hand", "tasks that take longer", func(q *queue) { q.grace = time.Hour }},
		{"cuts tasks off after a second", "tasks that take longer", func(q *queue) { q.grace = time.Second }},
		{"forgets what it cuts off", "tasks that take longer", func(q *queue) { q.cutOff = func(entry) {} }},
		{"takes what it cuts off for failed", "tasks that take longer", cutOffIsFailed},
		{"answers canceled when ctx had ended", "a Serve whose ctx has ended", canceledBefore},
		{"begins a task though ctx has ended", "a Serve whose ctx has ended", worksAtLeastOne},

		{"tries again every second", "a task that fails is tried", pauses(func(int) time.Duration { return time.Second })},
		{"tries again at once", "a task that fails is tried", pauses(func(int) time.Duration { return 0 })},
		{"tries again after twice the time", "a task that fails is tried", pauses(func(failed int) time.Duration { return 2 * ports.TaskPause(failed) })},
		{"tries six times", "a task that fails is tried", func(q *queue) { q.tries = 6 }},
		{"tries four times", "a task that fails is tried", func(q *queue) { q.tries = 4 }},
		{"gives up with the first error", "a task that fails is tried", givesUpWithTheFirst},
		{"gives up twice", "a task that fails is tried", givesUpTwice},
		{"keeps what it gave up", "a task that fails is tried", keepsTheGivenUp},
		{"says what panicked as another error", "a task that panics", losesPanics},
		{"takes a panic for done", "a task that panics", swallowsPanics},
		{"gives up before the last try", "a task that succeeds at last", givesUpEarly},
		{"tries what succeeded at last again", "a task that succeeds at last", neverDone},
		{"waits with the worker until the pause is over", "others are handed out", func(q *queue) { q.holds = true }},
		{"tries again when giving up fails", "a task whose GiveUp fails", retriesGivingUp},

		{"takes no workers for one", "Serve without workers", atLeastOneWorker},
		{"takes tasks though ctx is canceled", "Enqueue answers canceled", enqueueIgnoresCtx},
		{"answers ctx.Err for the cause", "Enqueue answers canceled", enqueueLosesTheCause},
		{"takes tasks though the deadline has passed", "Enqueue answers deadline", enqueueIgnoresCtx},
		{"calls a deadline canceled", "Enqueue answers deadline", enqueueLateIsCanceled},
		{"takes tasks after Close", "after Close", func(q *queue) { q.close = func() error { return nil } }},
		{"fails a second Close", "after Close", failsSecondQueueClose},

		{"keeps its tasks to itself", "tasks of all who enqueue", keepsToItself},
		{"hands tasks to all who serve", "tasks of all who enqueue", handsToAll},
		{"looks only among its own tasks", "a task that waits is not taken again from another", looksAmongOwn},
		{"loses what waits with Close", "what was taken outlasts", losesWithClose},

		{"answers internal while it is broken", "while the queue cannot be reached", brokenIsInternal},
		{"takes and forgets while it is broken", "while the queue cannot be reached", brokenTakes},
		{"returns while it is broken", "while the queue cannot be reached", returnsWhenBroken},
		{"stays broken", "while the queue cannot be reached", staysBroken},
	}
}

func takes(taken func([]domain.JobTask) []domain.JobTask) queuePlant {
	return func(q *queue) { q.taken = taken }
}

func dropLastOfMany(tasks []domain.JobTask) []domain.JobTask {
	if len(tasks) > 3 {
		return tasks[:len(tasks)-1]
	}
	return tasks
}

func shortChunks(tasks []domain.JobTask) []domain.JobTask {
	tasks = slices.Clone(tasks)
	for i := range tasks {
		tasks[i].Chunk &= 0xff
	}
	return tasks
}

func takesAll(q *queue) { q.waits = func(domain.JobTask) bool { return false } }

func takesTwiceOfABatch(q *queue) {
	q.taken = func(tasks []domain.JobTask) []domain.JobTask {
		known := slices.Clone(q.data.entries)
		q.waits = func(task domain.JobTask) bool {
			return slices.ContainsFunc(known, func(e entry) bool { return e.task == task })
		}
		return tasks
	}
}

func looksAmongNew(q *queue) {
	q.waits = func(task domain.JobTask) bool {
		return slices.ContainsFunc(q.data.entries, func(e entry) bool { return e.task == task && e.failed == 0 })
	}
}

func refusesInHand(q *queue) {
	q.waits = func(task domain.JobTask) bool { return q.data.inHand[task] > 0 || q.soundWaits(task) }
}

// refusesInHandAgain looks among what is in hand only once a task has failed.
func refusesInHandAgain(q *queue) {
	failed := map[domain.JobTask]bool{}
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		err := soundWork(ctx, handler, e)
		failed[e.task] = err != nil
		return err
	}
	q.waits = func(task domain.JobTask) bool {
		return failed[task] && q.data.inHand[task] > 0 || q.soundWaits(task)
	}
}

// forgetsBoth forgets a task that fails when it was taken again meanwhile.
func forgetsBoth(q *queue) {
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		err := soundWork(ctx, handler, e)
		q.data.mu.Lock()
		defer q.data.mu.Unlock()
		if err != nil && q.soundWaits(e.task) {
			q.data.entries = slices.DeleteFunc(q.data.entries, func(other entry) bool { return other.task == e.task })
			return nil
		}
		return err
	}
}

func refusesNone(q *queue) {
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		if len(tasks) == 0 {
			return &domain.Error{Code: domain.CodeInvalid, Message: "no tasks"}
		}
		return q.soundEnqueue(ctx, tasks)
	}
}

func endsWithNone(q *queue) {
	q.taken = func(tasks []domain.JobTask) []domain.JobTask {
		if len(tasks) == 0 {
			q.waits = func(domain.JobTask) bool { return true }
		}
		return tasks
	}
}

// looksBeforeItEnqueues lets others come between the look and the taking.
func looksBeforeItEnqueues(q *queue) {
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		q.data.mu.Lock()
		tasks = slices.DeleteFunc(slices.Clone(tasks), q.soundWaits)
		q.data.mu.Unlock()
		time.Sleep(time.Millisecond)
		q.data.mu.Lock()
		defer q.data.mu.Unlock()
		for _, task := range tasks {
			q.data.entries = append(q.data.entries, entry{task: task})
		}
		return ctx.Err()
	}
}

func losesBesideWork(q *queue) {
	enqueued := 0
	q.taken = func(tasks []domain.JobTask) []domain.JobTask {
		if enqueued++; enqueued%50 == 0 {
			return nil
		}
		return tasks
	}
}

func picks(pick func([]int) int) queuePlant { return func(q *queue) { q.pick = pick } }

func last(due []int) int { return due[len(due)-1] }

func withWorkers(more int) queuePlant {
	return func(q *queue) { q.workers = func(workers int) int { return workers + more } }
}

// serves has Serve do something else with the sound one.
func serves(serve func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error) queuePlant {
	return func(q *queue) {
		q.serve = func(ctx context.Context, workers int, handler ports.JobHandler) error {
			return serve(q, ctx, workers, handler)
		}
	}
}

func returnsWhenIdle(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return q.soundServe(ctx, workers, handler)
	})(q)
}

func endsTasks(q *queue) {
	q.workCtx = func(serving, _ context.Context) context.Context { return serving }
}

func finishesAll(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		err := q.soundServe(ctx, workers, handler)
		for next, ok := q.next(); ok; next, ok = q.next() {
			q.do(context.WithoutCancel(ctx), handler, next)
		}
		return err
	})(q)
}

func answersCtx(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		return errors.Join(q.soundServe(ctx, workers, handler), ctx.Err())
	})(q)
}

func forgetsWhatWaits(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		err := q.soundServe(ctx, workers, handler)
		q.forget()
		return err
	})(q)
}

func (q *queue) forget() {
	q.data.mu.Lock()
	defer q.data.mu.Unlock()
	q.data.entries = nil
}

func cutOffIsFailed(q *queue) {
	q.cutOff = func(e entry) {
		e.failed++
		q.putBack(e)
	}
}

func canceledBefore(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		if err := domain.ContextError(ctx); err != nil {
			return err
		}
		return q.soundServe(ctx, workers, handler)
	})(q)
}

func worksAtLeastOne(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		if next, ok := q.next(); ok && workers > 0 && !q.isClosed() {
			q.do(context.WithoutCancel(ctx), handler, next)
		}
		return q.soundServe(ctx, workers, handler)
	})(q)
}

func pauses(pause func(failed int) time.Duration) queuePlant {
	return func(q *queue) { q.pause = pause }
}

func givesUp(giveUp func(q *queue, ctx context.Context, handler ports.JobHandler, e entry, err error)) queuePlant {
	return func(q *queue) {
		q.giveUp = func(ctx context.Context, handler ports.JobHandler, e entry, err error) {
			giveUp(q, ctx, handler, e, err)
		}
	}
}

func givesUpWithTheFirst(q *queue) {
	var first error
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		err := soundWork(ctx, handler, e)
		if first == nil {
			first = err
		}
		if err != nil {
			return first
		}
		return nil
	}
}

func givesUpTwice(q *queue) {
	givesUp(func(_ *queue, ctx context.Context, handler ports.JobHandler, e entry, err error) {
		soundGiveUp(ctx, handler, e, err)
		soundGiveUp(ctx, handler, e, err)
	})(q)
}

func keepsTheGivenUp(q *queue) {
	givesUp(func(q *queue, ctx context.Context, handler ports.JobHandler, e entry, err error) {
		soundGiveUp(ctx, handler, e, err)
		e.due = time.Now().Add(24 * time.Hour)
		q.putBack(e)
	})(q)
}

func losesPanics(q *queue) {
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		if err := soundWork(ctx, handler, e); err != nil {
			return errors.New(err.Error())
		}
		return nil
	}
}

func swallowsPanics(q *queue) {
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		err := soundWork(ctx, handler, e)
		if _, panicked := errors.AsType[*domain.PanicError](err); panicked {
			return nil
		}
		return err
	}
}

func givesUpEarly(q *queue) {
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		err := soundWork(ctx, handler, e)
		if err != nil && e.failed == ports.TaskTries-2 {
			soundGiveUp(ctx, handler, e, err)
		}
		return err
	}
}

func neverDone(q *queue) {
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		err := soundWork(ctx, handler, e)
		if err == nil && e.failed == ports.TaskTries-1 {
			q.putBack(entry{task: e.task})
		}
		return err
	}
}

func retriesGivingUp(q *queue) {
	givesUp(func(q *queue, ctx context.Context, handler ports.JobHandler, e entry, err error) {
		if handler.GiveUp(ctx, e.task, err) != nil {
			e.failed--
			e.due = time.Now().Add(time.Second)
			q.putBack(e)
		}
	})(q)
}

func atLeastOneWorker(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		return q.soundServe(ctx, max(1, workers), handler)
	})(q)
}

func enqueueIgnoresCtx(q *queue) {
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		return q.soundEnqueue(context.WithoutCancel(ctx), tasks)
	}
}

func enqueueLosesTheCause(q *queue) {
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return q.soundEnqueue(ctx, tasks)
	}
}

func enqueueLateIsCanceled(q *queue) {
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		if ctx.Err() != nil {
			return context.Canceled
		}
		return q.soundEnqueue(ctx, tasks)
	}
}

func failsSecondQueueClose(q *queue) {
	q.close = func() error {
		if q.isClosed() {
			return unavailable()
		}
		return q.soundClose()
	}
}

func keepsToItself(q *queue) {
	q.data = &queueData{inHand: map[domain.JobTask]int{}}
}

// handsToAll has tasks come back for another who serves.
func handsToAll(q *queue) {
	done := map[domain.JobTask]bool{}
	q.work = func(ctx context.Context, handler ports.JobHandler, e entry) error {
		if !done[e.task] {
			done[e.task] = true
			q.putBack(e)
		}
		return soundWork(ctx, handler, e)
	}
}

func looksAmongOwn(q *queue) {
	var own []domain.JobTask
	q.waits = func(task domain.JobTask) bool {
		known := slices.Contains(own, task)
		own = append(own, task)
		return known
	}
}

func losesWithClose(q *queue) {
	q.close = func() error {
		q.forget()
		return q.soundClose()
	}
}

// broken tells whether the queue cannot be reached.
func (q *queue) broken() bool {
	q.data.mu.Lock()
	defer q.data.mu.Unlock()
	return q.data.broken
}

func brokenIsInternal(q *queue) {
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		if q.broken() {
			return errors.New("broken")
		}
		return q.soundEnqueue(ctx, tasks)
	}
}

func brokenTakes(q *queue) {
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		if q.broken() {
			return nil
		}
		return q.soundEnqueue(ctx, tasks)
	}
}

func returnsWhenBroken(q *queue) {
	serves(func(q *queue, ctx context.Context, workers int, handler ports.JobHandler) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() {
			for ctx.Err() == nil && !q.broken() {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		return q.soundServe(ctx, workers, handler)
	})(q)
}

func staysBroken(q *queue) {
	wasBroken := false
	q.enqueue = func(ctx context.Context, tasks []domain.JobTask) error {
		if wasBroken = wasBroken || q.broken(); wasBroken {
			return unavailable()
		}
		return q.soundEnqueue(ctx, tasks)
	}
}
