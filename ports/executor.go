package ports

import "github.com/seed-bbcc19ba/roster/domain"

// Executor runs a handler over items. Suite: executortest, in virtual time.
//
// Three numbers say how: the batch size (how many items the handler sees at
// once; a call's last batch may be shorter), the workers (how many batches run
// at once) and the queue (how many calls of Execute may wait).
//
//   - Answer: one Outcome per item, in the order of the items. No items are no
//     outcomes, and the handler is not called.
//   - Each item is handled exactly once, or not at all when its outcome's error
//     says why. Items are in one batch with their neighbours, in order. The items
//     passed in are not modified.
//   - One batch that fails, panics or answers the wrong number of outcomes leaves
//     the other batches alone. A panic is a *domain.PanicError for each item of
//     its batch; so is a handler that ends its goroutine with runtime.Goexit. A
//     wrong number of outcomes is domain.CodeInternal for each item.
//   - The limit belongs to the executor: never do more batches run at once than
//     there are workers, whoever called.
//   - At most workers + queue calls are inside Execute. A call beyond that is
//     answered at once with domain.CodeUnavailable for each item, and nothing of
//     it is run.
//   - When ctx ends, items whose batch has not started are answered with
//     domain.CodeCanceled or domain.CodeDeadline and an error that wraps
//     context.Cause(ctx). Batches that run see their ctx end; Execute waits for
//     their handlers, so no goroutine outlives Execute.
//   - Close refuses calls from then on with domain.CodeUnavailable and returns
//     when those under way have returned. A second Close does the same.
type Executor[In, Out any] interface {
	domain.Executor[In, Out]
	Close() error
}
