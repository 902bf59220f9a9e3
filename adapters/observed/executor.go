package observed

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Handler returns a handler whose batches are told as calls of the executor's name. What it ends with is the error of its
// first item that failed. The time between the beginning of the executor's call and that of a batch is what it waited.
func Handler[In, Out any](name string, next domain.Handler[In, Out], observer ports.CallObserver) domain.Handler[In, Out] {
	return func(ctx context.Context, batch []In) (outcomes []domain.Outcome[Out]) {
		ctx, end := observer(ctx, ports.Call{Layer: ports.LayerExecutor, Name: name, Method: ports.MethodBatch, Items: len(batch)})
		defer func() { finish(end, recover(), firstError(outcomes)) }()
		return next(ctx, batch)
	}
}

// Executor returns an executor whose calls are told. What it ends with is as with Handler.
func Executor[In, Out any](name string, next domain.Executor[In, Out], observer ports.CallObserver) domain.Executor[In, Out] {
	return &executor[In, Out]{name, next, observer}
}

type executor[In, Out any] struct {
	name    string
	next    domain.Executor[In, Out]
	observe ports.CallObserver
}

// Execute implements ports.Executor.
func (e *executor[In, Out]) Execute(ctx context.Context, items []In) (outcomes []domain.Outcome[Out]) {
	ctx, end := e.observe(ctx, ports.Call{Layer: ports.LayerExecutor, Name: e.name, Method: "Execute", Items: len(items)})
	defer func() { finish(end, recover(), firstError(outcomes)) }()
	return e.next.Execute(ctx, items)
}

func firstError[Out any](outcomes []domain.Outcome[Out]) error {
	for i := range outcomes {
		if outcomes[i].Err != nil {
			return outcomes[i].Err
		}
	}
	return nil
}
