// Package sharedcall asks a question that may take long: one call goes on at a time, whoever asks meanwhile gets
// its answer too, and nobody waits for longer than they like, also where the call does not heed its context.
package sharedcall

import (
	"context"
	"runtime/debug"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Call is a question. It is safe for concurrent use.
type Call struct {
	do    func(ctx context.Context) error
	limit time.Duration
	group singleflight.Group
}

// New returns a question that do answers, whose ctx ends after limit.
func New(do func(ctx context.Context) error, limit time.Duration) *Call {
	return &Call{do: do, limit: limit}
}

// Within returns the answer, or late after patience, or why ctx ended. A panic of do is an error: it happens in a
// goroutine of its own, where it would end the process.
func (c *Call) Within(ctx context.Context, patience time.Duration, late error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, late)
	defer cancel()
	answer := c.group.DoChan("", func() (any, error) {
		shared, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.limit)
		defer cancel()
		return nil, Caught(shared, c.do)
	})
	select {
	case result := <-answer:
		return result.Err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Caught returns what do returns, and a panic of it as a *domain.PanicError.
func Caught(ctx context.Context, do func(ctx context.Context) error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &domain.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return do(ctx)
}
