package executortest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/executortest"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
)

type (
	handler  = domain.Handler[int, int]
	outcomes = []domain.Outcome[int]
	executor = ports.Executor[int, int]
)

// control is an executor with one mistake, sound otherwise, and the start of the
// name of the case that must notice.
type control struct {
	mistake     string
	wantFailing string
	open        func(handler, executortest.Config) (executor, error)
}

func TestSuiteRefusesBrokenExecutors(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { executortest.Run(t, c.open) })
		})
	}
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, executortest.CaseNames(), wantFailing)
}

func controls() []control {
	return []control{
		{"answers in the order of completion", "outcomes are one per item", answered(reverse)},
		{"leaves failed items out of the answer", "an item that fails", answered(dropFailed)},
		{"calls the handler for no items", "no items are no outcomes", callsForNothing},
		{"makes batches one item too large", "a batch holds neighbours", configured(func(c *executortest.Config) { c.BatchSize++ })},
		{"deals the items out like cards", "a batch holds neighbours", executes(dealOut)},
		{"tries a batch again", "each item is handled exactly once", handled(twice)},
		{"sorts the caller's slice", "the items passed in", executes(sortFirst)},
		{"hands out slices of the whole call", "a handler that appends", handsOutSlices},
		{"ends the siblings at the first failure", "a batch that fails", handled(endSiblings)},
		{"turns a panic into its text", "a panic is a PanicError", handled(panicText)},
		{"keeps no stack of a panic", "a panic is a PanicError", answered(dropStacks)},
		{"takes the code of what panicked", "a panic with an error", answered(unwrapPanics)},
		{"passes too many outcomes on", "too many outcomes", handled(cutToLength)},
		{"fills missing outcomes up", "too few outcomes", handled(fillUp)},
		{"takes nil for outcomes without an error", "nil for outcomes", handled(fillUpNil)},
		{"turns runtime.Goexit into an error of its own", "runtime.Goexit in a handler", handled(exitText)},
		{"loses a worker to runtime.Goexit", "a batch that ends badly", losesWorkers},
		{"has a limit per call", "as many batches run at once", eachCall},
		{"counts items for calls", "calls are counted", countsItems},
		{"counts the calls that have returned", "a place is free again", countsReturned},
		{"runs one batch at a time", "ten batches of a second", configured(func(c *executortest.Config) { c.Workers = 1 })},
		{"lets everybody wait", "a call beyond workers and queue", configured(func(c *executortest.Config) { c.Queue += 100 })},
		{"has no queue", "workers and queue are all served", configured(func(c *executortest.Config) { c.Queue = 0 })},
		{"waits for a place before it refuses", "a call beyond workers and queue", executes(refuseLate)},
		{"starts though ctx has ended", "a ctx that is canceled before", executes(withoutCancel)},
		{"starts though the deadline has passed", "a ctx that is past its deadline before", executes(withoutDeadline)},
		{"hides the end of ctx from handlers", "when ctx is canceled", handled(hideEnd)},
		{"ends the handlers of all calls with one ctx", "the ctx of one call", joinsContexts},
		{"answers ctx.Err for the cause", "a ctx that is canceled before", executes(loseCause)},
		{"calls a deadline canceled", "when ctx meets its deadline", answered(deadlineIsCanceled)},
		{"leaves its handlers behind when ctx ends", "a handler that does not look at ctx", executes(walkAway)},
		{"waits for a worker whatever ctx says", "a call that waits for a worker", executes(deafWhileWaiting)},
		{"loses a worker to a ctx that has ended", "calls whose ctx had ended", losesWorkersToEnded},
		{"serves after Close", "after Close every call is refused", closes(func(executor) error { return nil })},
		{"waits in Close before it refuses", "Close refuses new calls", refusesLast},
		{"lets the items of a call in one by one", "calls beside Close", executes(oneByOne)},
		{"does not wait in Close", "Close returns when the calls", closes(closeBehindBack)},
		{"does not wait in a second Close", "a second Close", waitsOnce},
		{"tells half the queue", "a load that is told names", tells(func(l domain.Load) domain.Load { l.Queue /= 2; return l })},
		{"tells that what waits for nothing waits", "a load that is told names", tells(func(l domain.Load) domain.Load { l.Waiting = l.Queue; return l })},
		{"tells the workers as running", "a load that is told counts the batches", tells(func(l domain.Load) domain.Load {
			if l.Running > 0 {
				l.Running = l.Workers
			}
			return l
		})},
		{"tells what runs as waiting too", "a load that is told counts the calls", tells(func(l domain.Load) domain.Load { l.Waiting = min(l.Queue, l.Waiting+l.Running); return l })},
		{"tells of one refusal only", "a load that is told counts each call", tells(func(l domain.Load) domain.Load { l.Refused = min(l.Refused, 1); return l })},
		{"tells what has ended as running", "a load that is told is over", remembersLoad},
		{"leaves a goroutine behind", "after Close every call is refused", leaks},
	}
}

func sound(h handler, config executortest.Config) (executor, error) {
	return localexec.New(h, localexec.Config(config))
}

// warped is a sound executor with Execute or Close replaced.
type warped struct {
	executor
	execute func(ctx context.Context, sound executor, items []int) outcomes
	close   func(sound executor) error
}

func (w *warped) Execute(ctx context.Context, items []int) outcomes {
	if w.execute == nil {
		return w.executor.Execute(ctx, items)
	}
	return w.execute(ctx, w.executor, items)
}

func (w *warped) Close() error {
	if w.close == nil {
		return w.executor.Close()
	}
	return w.close(w.executor)
}

func configured(change func(*executortest.Config)) func(handler, executortest.Config) (executor, error) {
	return func(h handler, config executortest.Config) (executor, error) {
		change(&config)
		return sound(h, config)
	}
}

func handled(change func(handler) handler) func(handler, executortest.Config) (executor, error) {
	return func(h handler, config executortest.Config) (executor, error) { return sound(change(h), config) }
}

func executes(execute func(ctx context.Context, sound executor, items []int) outcomes) func(handler, executortest.Config) (executor, error) {
	return func(h handler, config executortest.Config) (executor, error) {
		inner, err := sound(h, config)
		return &warped{executor: inner, execute: execute}, err
	}
}

func answered(change func(outcomes) outcomes) func(handler, executortest.Config) (executor, error) {
	return executes(func(ctx context.Context, sound executor, items []int) outcomes {
		return change(sound.Execute(ctx, items))
	})
}

func closes(closeWith func(sound executor) error) func(handler, executortest.Config) (executor, error) {
	return func(h handler, config executortest.Config) (executor, error) {
		inner, err := sound(h, config)
		return &warped{executor: inner, close: closeWith}, err
	}
}

// telling is a sound executor that tells another load.
type telling struct {
	executor
	load func() domain.Load
}

func (e telling) Load() domain.Load { return e.load() }

func tells(change func(domain.Load) domain.Load) func(handler, executortest.Config) (executor, error) {
	return func(h handler, config executortest.Config) (executor, error) {
		inner, err := localexec.New(h, localexec.Config(config))
		return telling{inner, func() domain.Load { return change(inner.Load()) }}, err
	}
}

// remembersLoad counts a batch that panicked as one that runs.
func remembersLoad(h handler, config executortest.Config) (executor, error) {
	var lost atomic.Int64
	inner, err := localexec.New(func(ctx context.Context, batch []int) outcomes {
		ended := false
		defer func() {
			if !ended {
				lost.Add(1)
			}
		}()
		answer := h(ctx, batch)
		ended = true
		return answer
	}, localexec.Config(config))
	return telling{inner, func() domain.Load {
		load := inner.Load()
		load.Running += int(lost.Load())
		return load
	}}, err
}

func reverse(answer outcomes) outcomes {
	slices.Reverse(answer)
	return answer
}

func dropFailed(answer outcomes) outcomes {
	return slices.DeleteFunc(answer, func(o domain.Outcome[int]) bool { return o.Err != nil })
}

func changeErrors(answer outcomes, change func(error) error) outcomes {
	for i := range answer {
		if answer[i].Err != nil {
			answer[i].Err = change(answer[i].Err)
		}
	}
	return answer
}

func dropStacks(answer outcomes) outcomes {
	return changeErrors(answer, func(err error) error {
		if panicked, ok := errors.AsType[*domain.PanicError](err); ok {
			return &domain.PanicError{Value: panicked.Value}
		}
		return err
	})
}

func unwrapPanics(answer outcomes) outcomes {
	return changeErrors(answer, func(err error) error {
		if inner := errors.Unwrap(err); inner != nil {
			return inner
		}
		return err
	})
}

func deadlineIsCanceled(answer outcomes) outcomes {
	return changeErrors(answer, func(err error) error {
		if domain.CodeOf(err) == domain.CodeDeadline {
			return &domain.Error{Code: domain.CodeCanceled, Cause: err}
		}
		return err
	})
}

func callsForNothing(h handler, config executortest.Config) (executor, error) {
	return executes(func(ctx context.Context, sound executor, items []int) outcomes {
		if len(items) == 0 {
			return h(ctx, items)
		}
		return sound.Execute(ctx, items)
	})(h, config)
}

// dealOut gives the first half of the batches every other item.
func dealOut(ctx context.Context, sound executor, items []int) outcomes {
	var order []int
	for first := range 2 {
		for i := first; i < len(items); i += 2 {
			order = append(order, i)
		}
	}
	dealt := make([]int, len(items))
	for to, from := range order {
		dealt[to] = items[from]
	}
	answer := make(outcomes, len(items))
	for from, outcome := range sound.Execute(ctx, dealt) {
		answer[order[from]] = outcome
	}
	return answer
}

func twice(h handler) handler {
	return func(ctx context.Context, batch []int) outcomes {
		h(ctx, batch)
		return h(ctx, batch)
	}
}

func sortFirst(ctx context.Context, sound executor, items []int) outcomes {
	slices.Sort(items)
	return sound.Execute(ctx, items)
}

// handsOutSlices cuts batches that share their room with the next batch.
func handsOutSlices(h handler, config executortest.Config) (executor, error) {
	config.BatchSize = max(config.BatchSize, 1)
	return executes(func(ctx context.Context, _ executor, items []int) outcomes {
		var answer outcomes
		for len(items) > 0 {
			n := min(config.BatchSize, len(items))
			answer = append(answer, h.Run(ctx, items[:n])...)
			items = items[n:]
		}
		return answer
	})(h, config)
}

// endSiblings handles each batch under one ctx that ends with the first failure.
func endSiblings(h handler) handler {
	shared, cancel := context.WithCancel(context.Background())
	return func(_ context.Context, batch []int) outcomes {
		answer := h(shared, batch)
		if slices.ContainsFunc(answer, func(o domain.Outcome[int]) bool { return o.Err != nil }) {
			cancel()
		}
		return answer
	}
}

func panicText(h handler) handler {
	return func(ctx context.Context, batch []int) (answer outcomes) {
		defer func() {
			if value := recover(); value != nil {
				answer = domain.FailAll[int](len(batch), fmt.Errorf("panic: %v", value))
			}
		}()
		return h(ctx, batch)
	}
}

func cutToLength(h handler) handler {
	return func(ctx context.Context, batch []int) outcomes {
		answer := h(ctx, batch)
		return answer[:min(len(answer), len(batch))]
	}
}

func fillUp(h handler) handler {
	return func(ctx context.Context, batch []int) outcomes {
		answer := h(ctx, batch)
		if len(answer) < len(batch) {
			return append(answer, make(outcomes, len(batch)-len(answer))...)
		}
		return answer
	}
}

func fillUpNil(h handler) handler {
	return func(ctx context.Context, batch []int) outcomes {
		if answer := h(ctx, batch); answer != nil {
			return answer
		}
		return make(outcomes, len(batch))
	}
}

// exitText handles each batch in a goroutine of its own and only knows that some
// never answer.
func exitText(h handler) handler {
	return func(ctx context.Context, batch []int) outcomes {
		answers := make(chan outcomes, 1)
		go func() {
			defer close(answers)
			answers <- h.Run(ctx, batch)
		}()
		if answer, ok := <-answers; ok {
			return answer
		}
		return domain.FailAll[int](len(batch), errors.New("the handler has gone"))
	}
}

// losesWorkers counts a worker as busy for good when its handler has not returned.
func losesWorkers(h handler, config executortest.Config) (executor, error) {
	busy := make(chan struct{}, max(1, config.Workers))
	return sound(func(ctx context.Context, batch []int) outcomes {
		select {
		case busy <- struct{}{}:
		default:
			return domain.FailAll[int](len(batch), errors.New("no worker left"))
		}
		answer := h(ctx, batch)
		<-busy
		return answer
	}, config)
}

func eachCall(h handler, config executortest.Config) (executor, error) {
	return executes(func(ctx context.Context, _ executor, items []int) outcomes {
		own, err := sound(h, config)
		if err != nil {
			return domain.FailAll[int](len(items), err)
		}
		return own.Execute(ctx, items)
	})(h, config)
}

func refused(items []int) outcomes {
	return domain.FailAll[int](len(items), &domain.Error{Code: domain.CodeUnavailable, Message: "full"})
}

func countsItems(h handler, config executortest.Config) (executor, error) {
	return executes(func(ctx context.Context, sound executor, items []int) outcomes {
		if len(items) > config.Workers+config.Queue {
			return refused(items)
		}
		return sound.Execute(ctx, items)
	})(h, config)
}

// countsReturned never gives a place back.
func countsReturned(h handler, config executortest.Config) (executor, error) {
	var calls atomic.Int64
	return executes(func(ctx context.Context, sound executor, items []int) outcomes {
		if int(calls.Add(1)) > config.Workers+config.Queue {
			return refused(items)
		}
		return sound.Execute(ctx, items)
	})(h, config)
}

// oneByOne makes a call of each item, so that Close can come between them.
func oneByOne(ctx context.Context, sound executor, items []int) outcomes {
	var answer outcomes
	for i := range items {
		answer = append(answer, sound.Execute(ctx, items[i:i+1])...)
	}
	return answer
}

func refuseLate(ctx context.Context, sound executor, items []int) outcomes {
	answer := sound.Execute(ctx, items)
	if len(answer) > 0 && domain.CodeOf(answer[0].Err) == domain.CodeUnavailable {
		time.Sleep(time.Millisecond)
	}
	return answer
}

func withoutCancel(ctx context.Context, sound executor, items []int) outcomes {
	return sound.Execute(context.WithoutCancel(ctx), items)
}

func withoutDeadline(ctx context.Context, sound executor, items []int) outcomes {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		ctx = context.WithoutCancel(ctx)
	}
	return sound.Execute(ctx, items)
}

// joinsContexts gives all handlers one ctx that ends with the first of the calls'.
func joinsContexts(h handler, config executortest.Config) (executor, error) {
	joined, end := context.WithCancel(context.Background())
	inner, err := sound(func(_ context.Context, batch []int) outcomes { return h(joined, batch) }, config)
	return &warped{executor: inner, execute: func(ctx context.Context, sound executor, items []int) outcomes {
		defer context.AfterFunc(ctx, end)()
		return sound.Execute(ctx, items)
	}}, err
}

func hideEnd(h handler) handler {
	return func(ctx context.Context, batch []int) outcomes { return h(context.WithoutCancel(ctx), batch) }
}

func loseCause(ctx context.Context, sound executor, items []int) outcomes {
	if ctx.Err() != nil {
		return domain.FailAll[int](len(items), ctx.Err())
	}
	return sound.Execute(ctx, items)
}

func walkAway(ctx context.Context, sound executor, items []int) outcomes {
	done := make(chan outcomes, 1)
	go func() { done <- sound.Execute(ctx, items) }()
	select {
	case answer := <-done:
		return answer
	case <-ctx.Done():
		return domain.FailAll[int](len(items), domain.ContextError(ctx))
	}
}

// losesWorkersToEnded counts a worker as busy for good when it was given to a
// call whose ctx had ended.
func losesWorkersToEnded(h handler, config executortest.Config) (executor, error) {
	var lost atomic.Int64
	return executes(func(ctx context.Context, sound executor, items []int) outcomes {
		if ctx.Err() != nil {
			lost.Add(1)
		} else if lost.Load() > 0 {
			time.Sleep(time.Second) // for want of a worker
		}
		return sound.Execute(ctx, items)
	})(h, config)
}

// deafWhileWaiting makes a call return late, as if it had waited its turn.
func deafWhileWaiting(ctx context.Context, sound executor, items []int) outcomes {
	answer := sound.Execute(ctx, items)
	if len(answer) > 0 && domain.CodeOf(answer[0].Err) == domain.CodeDeadline {
		time.Sleep(time.Hour)
	}
	return answer
}

// closeBehindBack lets somebody else wait.
func closeBehindBack(sound executor) error {
	go sound.Close()
	return nil
}

// refusesLast closes the executor when nobody is inside any more.
func refusesLast(h handler, config executortest.Config) (executor, error) {
	var inside sync.WaitGroup
	inner, err := sound(h, config)
	return &warped{
		executor: inner,
		execute: func(ctx context.Context, sound executor, items []int) outcomes {
			inside.Add(1)
			defer inside.Done()
			return sound.Execute(ctx, items)
		},
		close: func(sound executor) error {
			inside.Wait()
			return sound.Close()
		},
	}, err
}

func waitsOnce(h handler, config executortest.Config) (executor, error) {
	var closed atomic.Bool
	return closes(func(sound executor) error {
		if closed.Swap(true) {
			return nil
		}
		return sound.Close()
	})(h, config)
}

func leaks(h handler, config executortest.Config) (executor, error) {
	go func() { <-make(chan struct{}) }()
	return sound(h, config)
}
