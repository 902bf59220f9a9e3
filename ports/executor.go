package ports

import "github.com/seed-bbcc19ba/roster/domain"

// Executor runs a handler over items. Suite: executortest, in virtual time.
//
// Three numbers say how: the batch size (how many items the handler sees at
// once; 0 is all items of a call), the workers (how many batches run at once) and
// the queue (how many calls of Execute may be inside beyond the workers).
//
//   - Answer: one Outcome per item, in the order of the items. No items are no
//     outcomes, and the handler is not called.
//   - Batches: a batch holds neighbours in their order, as many as the batch size;
//     only a call's last batch may hold fewer. The items passed in are not
//     modified, and a handler that appends to its batch reaches no other batch.
//   - Each item is handled exactly once, or not at all when its outcome's error
//     is one that this contract names.
//   - What the handler answers reaches the caller. One batch that fails, panics
//     or answers the wrong number of outcomes leaves the other batches alone,
//     those that run and those that wait, and gives its worker and its place back.
//   - A panic is a *domain.PanicError with the value and the stack, and so
//     domain.CodeInternal, for each item of its batch; so is a handler that ends
//     its goroutine with runtime.Goexit. A wrong number of outcomes is
//     domain.CodeInternal for each item of its batch.
//   - The limit belongs to the executor: never do more batches run at once than
//     there are workers, whoever called; and as many do while there is work.
//   - At most workers + queue calls are inside Execute; calls are counted, not
//     items. A call beyond that is answered at once with domain.CodeUnavailable
//     for each item, and nothing of it is run. A place is free again when its
//     call has returned.
//   - When ctx ends, items whose batch has not started are answered with
//     domain.CodeCanceled or domain.CodeDeadline and an error that wraps
//     context.Cause(ctx). Batches that run see their ctx end; Execute waits for
//     their handlers, and what they answer counts. A call of which nothing runs
//     returns at once and gives its place back. The ctx of one call ends no other
//     call.
//   - Close refuses calls from then on with domain.CodeUnavailable for each item
//     and returns when those under way, running and waiting, have returned. A
//     call beside it is served or refused as a whole. A second Close does the
//     same. No handler outlives Execute and no goroutine outlives Close.
type Executor[In, Out any] interface {
	domain.Executor[In, Out]
	Close() error
}
