package domain_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-bbcc19ba/roster/domain"
)

// A store translates what its driver says, once, and keeps the original for logs.
func ExampleError() {
	err := error(&domain.Error{
		Code:    domain.CodeUnavailable,
		Message: "the store is busy",
		Cause:   errors.New("SQLITE_BUSY (5)"),
	})
	fmt.Println("for programs: ", domain.CodeOf(err))
	fmt.Println("for strangers:", domain.MessageOf(err))
	fmt.Println("for logs:     ", err)
	// Output:
	// for programs:  unavailable
	// for strangers: the store is busy
	// for logs:      the store is busy: SQLITE_BUSY (5)
}

// An error that nobody translated is internal, and not shown.
func ExampleMessageOf() {
	err := errors.New("open /etc/secret: permission denied")
	fmt.Println(domain.CodeOf(err), "-", domain.MessageOf(err))
	// Output:
	// internal - internal error
}

func ExampleCodeOf() {
	for _, err := range []error{nil, domain.NotFound(7), fmt.Errorf("query: %w", context.DeadlineExceeded)} {
		fmt.Printf("%q\n", domain.CodeOf(err))
	}
	// Output:
	// ""
	// "not_found"
	// "deadline"
}

func ExampleContextError() {
	ctx, cancel := context.WithCancelCause(context.Background())
	fmt.Println(domain.ContextError(ctx))

	cancel(errors.New("the client hung up"))
	fmt.Println(domain.ContextError(ctx))
	// Output:
	// <nil>
	// the request was canceled: the client hung up
}
