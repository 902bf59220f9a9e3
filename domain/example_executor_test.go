package domain_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The least executor: all items are one batch, handled by the caller.
type direct[In, Out any] struct{ handler domain.Handler[In, Out] }

func (d direct[In, Out]) Execute(ctx context.Context, items []In) []domain.Outcome[Out] {
	return d.handler.Run(ctx, items)
}

func ExampleHandler_Run() {
	executor := direct[int, int]{handler: func(_ context.Context, batch []int) []domain.Outcome[int] {
		return []domain.Outcome[int]{{Value: 100 / batch[0]}}
	}}
	for _, item := range []int{4, 0} {
		outcome := executor.Execute(context.Background(), []int{item})[0]
		fmt.Println(outcome.Value, outcome.Err)
	}
	// Output:
	// 25 <nil>
	// 0 panic: runtime error: integer divide by zero
}

func ExampleFailAll() {
	for _, outcome := range domain.FailAll[int](2, errors.New("no power")) {
		fmt.Println(outcome.Value, outcome.Err)
	}
	// Output:
	// 0 no power
	// 0 no power
}
