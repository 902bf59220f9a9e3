// Package localexec runs handlers in this process. Its strategies are one type
// with two numbers, the batch size and the workers:
//
//	            batch size       workers
//	Serial      the whole call   1        one call after the other
//	Batched     N                1        like a worker thread that writes batches
//	Pooled      the whole call   N        like a thread pool
//	PerItem     1                N        like an asynchronous fan-out
package localexec

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says how an Executor runs its handler. The zero Config is Serial
// without a waiting room.
type Config struct {
	// BatchSize is the greatest number of items in a batch; 0 makes each call of
	// Execute one batch.
	BatchSize int
	// Workers is how many batches run at once, over all calls; 0 is 1.
	Workers int
	// Queue is how many calls may be inside Execute beyond Workers; 0 is none.
	Queue int
}

// Serial handles one call after the other, each as one batch.
func Serial(queue int) Config { return Config{Queue: queue} }

// Batched handles one batch after the other, of at most batchSize items.
func Batched(batchSize, queue int) Config { return Config{BatchSize: batchSize, Queue: queue} }

// Pooled handles several calls at once, each as one batch.
func Pooled(workers, queue int) Config { return Config{Workers: workers, Queue: queue} }

// PerItem handles several items at once, whichever call they came with.
func PerItem(workers, queue int) Config { return Config{BatchSize: 1, Workers: workers, Queue: queue} }

// Executor runs a handler in goroutines of this process. It keeps none of them
// between calls. A batch costs one goroutine, about a microsecond.
type Executor[In, Out any] struct {
	handler   domain.Handler[In, Out]
	batchSize int
	calls     chan struct{} // one place for each call inside Execute
	slots     chan struct{} // one place for each batch that runs
	refused   atomic.Uint64 // calls that found no room

	mu     sync.RWMutex // guards closed; held for reading while a call enters
	closed bool
	inside sync.WaitGroup
}

var (
	_ ports.Executor[int, int] = (*Executor[int, int])(nil)
	_ ports.LoadTeller         = (*Executor[int, int])(nil)
)

// New returns an executor of handler. The error is domain.CodeInvalid for a
// negative number in config.
func New[In, Out any](handler domain.Handler[In, Out], config Config) (*Executor[In, Out], error) {
	if config.BatchSize < 0 || config.Workers < 0 || config.Queue < 0 {
		return nil, &domain.Error{
			Code:    domain.CodeInvalid,
			Message: fmt.Sprintf("an executor's batch size, workers and queue are not negative: %+v", config),
		}
	}
	workers := max(1, config.Workers)
	return &Executor[In, Out]{
		handler:   handler,
		batchSize: config.BatchSize,
		calls:     make(chan struct{}, workers+config.Queue),
		slots:     make(chan struct{}, workers),
	}, nil
}

// Execute implements ports.Executor.
func (e *Executor[In, Out]) Execute(ctx context.Context, items []In) []domain.Outcome[Out] {
	if err := e.enter(); err != nil {
		return domain.FailAll[Out](len(items), err)
	}
	defer e.leave()

	outcomes := make([]domain.Outcome[Out], len(items))
	size := e.batchSize
	if size == 0 {
		size = len(items)
	}
	var running sync.WaitGroup
	for from := 0; from < len(items); from += size {
		to := min(from+size, len(items))
		if err := e.takeSlot(ctx); err != nil {
			copy(outcomes[from:], domain.FailAll[Out](len(items)-from, err))
			break
		}
		running.Go(func() {
			defer e.giveSlot()
			e.run(ctx, items[from:to:to], outcomes[from:to])
		})
	}
	running.Wait()
	return outcomes
}

// run handles one batch and writes its outcomes, also when the handler ends the
// goroutine with runtime.Goexit.
func (e *Executor[In, Out]) run(ctx context.Context, batch []In, outcomes []domain.Outcome[Out]) {
	var answer []domain.Outcome[Out]
	defer func() {
		if answer == nil {
			exited := &domain.PanicError{Value: "the handler called runtime.Goexit", Stack: debug.Stack()}
			answer = domain.FailAll[Out](len(batch), exited)
		}
		copy(outcomes, answer)
	}()
	answer = e.handler.Run(ctx, batch)
}

// Close implements ports.Executor.
func (e *Executor[In, Out]) Close() error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.inside.Wait()
	return nil
}

func (e *Executor[In, Out]) enter() error {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the executor is closed"}
	}
	select {
	case e.calls <- struct{}{}:
		e.inside.Add(1)
		return nil
	default:
		e.refused.Add(1)
		return &domain.Error{Code: domain.CodeUnavailable, Message: "too much is waiting already"}
	}
}

// Load implements ports.LoadTeller. What goes on counts itself, by its places: only a call
// that is refused pays for it.
func (e *Executor[In, Out]) Load() domain.Load {
	workers := cap(e.slots)
	return domain.Load{
		Running: len(e.slots), Workers: workers,
		Waiting: max(0, len(e.calls)-workers), Queue: cap(e.calls) - workers,
		Refused: e.refused.Load(),
	}
}

func (e *Executor[In, Out]) leave() {
	<-e.calls
	e.inside.Done()
}

func (e *Executor[In, Out]) takeSlot(ctx context.Context) error {
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return domain.ContextError(ctx)
	}
	// Both may have been ready: an ended ctx wins, so that nothing starts after it.
	if err := domain.ContextError(ctx); err != nil {
		e.giveSlot()
		return err
	}
	return nil
}

func (e *Executor[In, Out]) giveSlot() { <-e.slots }
