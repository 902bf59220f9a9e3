package executortest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Crew is a whole executor: workers who live as long as it does, and take batches from a channel. (The executor that roster
// uses starts a goroutine for each batch instead, and so has nobody to stop.)
type Crew[In, Out any] struct {
	handler domain.Handler[In, Out]
	size    int                // of a batch; 0 is a whole call
	places  chan struct{}      // one for each call inside Execute
	tasks   chan task[In, Out] // without a buffer: who sends has found a worker
	mu      sync.RWMutex       // guards closed; held for reading while a call enters
	closed  bool
	calls   sync.WaitGroup
	workers sync.WaitGroup
}

var _ ports.Executor[int, int] = (*Crew[int, int])(nil)

// task is a batch, where its outcomes belong, and whom to tell when they are there.
type task[In, Out any] struct {
	ctx      context.Context //nolint:containedctx // of the call: a task is what a call hands to a worker
	batch    []In
	outcomes []domain.Outcome[Out]
	done     *sync.WaitGroup
}

// NewCrew returns an executor of so many workers, which begin at once.
func NewCrew[In, Out any](handler domain.Handler[In, Out], size, workers, queue int) (*Crew[In, Out], error) {
	if size < 0 || workers < 1 || queue < 0 {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a crew has workers, and nothing of it is negative"}
	}
	c := &Crew[In, Out]{handler: handler, size: size, places: make(chan struct{}, workers+queue), tasks: make(chan task[In, Out])}
	for range workers {
		c.workers.Go(c.work)
	}
	return c, nil
}

// work does tasks until there are no more. A handler that ends its goroutine (runtime.Goexit) takes this worker with it, and
// another one comes.
func (c *Crew[In, Out]) work() {
	released := false
	defer func() {
		if !released {
			c.workers.Go(c.work)
		}
	}()
	for t := range c.tasks {
		c.do(t)
	}
	released = true
}

// do does a task, whatever its handler does. Handler.Run sees to panics and answers of the wrong length.
func (c *Crew[In, Out]) do(t task[In, Out]) {
	var outcomes []domain.Outcome[Out]
	defer func() {
		if outcomes == nil {
			outcomes = domain.FailAll[Out](len(t.batch), &domain.PanicError{Value: "the handler ended its goroutine", Stack: debug.Stack()})
		}
		copy(t.outcomes, outcomes)
		t.done.Done()
	}()
	if err := domain.ContextError(t.ctx); err != nil {
		outcomes = domain.FailAll[Out](len(t.batch), err)
		return
	}
	outcomes = c.handler.Run(t.ctx, t.batch)
}

// Execute implements ports.Executor.
func (c *Crew[In, Out]) Execute(ctx context.Context, items []In) []domain.Outcome[Out] {
	if err := c.enter(); err != nil {
		return domain.FailAll[Out](len(items), err)
	}
	defer func() { <-c.places; c.calls.Done() }()

	outcomes, size := make([]domain.Outcome[Out], len(items)), c.size
	if size == 0 {
		size = len(items)
	}
	var done sync.WaitGroup
	defer done.Wait()
	for from := 0; from < len(items); from += size {
		to := min(from+size, len(items))
		done.Add(1)
		select {
		case c.tasks <- task[In, Out]{ctx, items[from:to:to], outcomes[from:to], &done}:
		case <-ctx.Done():
			done.Done()
			copy(outcomes[from:], domain.FailAll[Out](len(items)-from, domain.ContextError(ctx)))
			return outcomes
		}
	}
	return outcomes
}

// enter takes a place, or says why there is none.
func (c *Crew[In, Out]) enter() error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the crew has gone home"}
	}
	select {
	case c.places <- struct{}{}:
		c.calls.Add(1)
		return nil
	default:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "too much is waiting already"}
	}
}

// Close implements ports.Executor.
func (c *Crew[In, Out]) Close() error {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	c.mu.Unlock()
	c.calls.Wait()
	if first {
		close(c.tasks)
	}
	c.workers.Wait()
	return nil
}

// An executor of one's own for a handler that makes words loud, two at a time.
func Example() {
	loud := func(_ context.Context, batch []string) []domain.Outcome[string] {
		outcomes := make([]domain.Outcome[string], len(batch))
		for i, word := range batch {
			if outcomes[i].Value = strings.ToUpper(word); word == "" {
				outcomes[i].Err = errors.New("nothing to say")
			}
		}
		return outcomes
	}
	crew, err := NewCrew(loud, 2, 4, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer crew.Close()
	for _, outcome := range crew.Execute(context.Background(), []string{"ann", "", "bob"}) {
		fmt.Println(outcome.Value, outcome.Err)
	}
	// Output:
	// ANN <nil>
	//  nothing to say
	// BOB <nil>
}
