package domain

import (
	"context"
	"fmt"
	"runtime/debug"
)

// Outcome is what became of one item.
type Outcome[T any] struct {
	Value T
	Err   error
}

// Handler does the work of one batch. It answers one Outcome per item, in the
// order of the items, and neither keeps nor changes the batch. It stops early
// when ctx ends.
type Handler[In, Out any] func(ctx context.Context, batch []In) []Outcome[Out]

// Executor decides how items are cut into batches, and where and when each batch
// is handled. The handler is bound when the executor is built, so an executor
// may also hand the work to another process.
//
// Package ports states the full contract. What use cases rely on is that the
// answer has one Outcome per item, in the order of the items.
type Executor[In, Out any] interface {
	Execute(ctx context.Context, items []In) []Outcome[Out]
}

// Run calls the handler for one batch and makes its answer total: a panic
// becomes a *PanicError for each item, and an answer of the wrong length becomes
// a CodeInternal error for each item. Executors call handlers through it. The
// one thing left to them is a handler that calls runtime.Goexit: then Run does
// not return, and the goroutine ends after its deferred calls.
func (h Handler[In, Out]) Run(ctx context.Context, batch []In) (outcomes []Outcome[Out]) {
	defer func() {
		if value := recover(); value != nil {
			outcomes = FailAll[Out](len(batch), &PanicError{Value: value, Stack: debug.Stack()})
		}
	}()
	outcomes = h(ctx, batch)
	if len(outcomes) != len(batch) {
		return FailAll[Out](len(batch), &Error{
			Code:    CodeInternal,
			Message: "internal error",
			Cause:   fmt.Errorf("the handler answered %d outcomes for a batch of %d", len(outcomes), len(batch)),
		})
	}
	return outcomes
}

// FailAll returns n outcomes that all fail with err.
func FailAll[T any](n int, err error) []Outcome[T] {
	outcomes := make([]Outcome[T], n)
	for i := range outcomes {
		outcomes[i].Err = err
	}
	return outcomes
}

// Tally returns how many outcomes succeeded, and the first failure or nil.
func Tally[T any](outcomes []Outcome[T]) (succeeded int, first error) {
	for _, outcome := range outcomes {
		switch {
		case outcome.Err == nil:
			succeeded++
		case first == nil:
			first = outcome.Err
		}
	}
	return succeeded, first
}

// PanicError is a panic of a handler. Its code is CodeInternal and its message
// says no more than that, whatever was passed to panic: an error that somebody
// panics with is not an answer.
type PanicError struct {
	// Value is what was passed to panic.
	Value any
	// Stack is the stack of the goroutine that panicked.
	Stack []byte
}

// Error returns the panic's value, for logs. The stack is in Stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value where it is an error, else nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// As makes errors.As see the panic as an *Error of CodeInternal, before it looks
// at an *Error that was passed to panic.
func (e *PanicError) As(target any) bool {
	known, ok := target.(**Error)
	if ok {
		*known = &Error{Code: CodeInternal, Message: "internal error", Cause: e}
	}
	return ok
}
