package sqlitestore

import (
	"context"
	"sync/atomic"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// writer does what a store writes, with one goroutine. That takes whatever waits,
// does it in one transaction and answers when it is committed, so that a write to
// the disk serves many callers. It never waits for more to come. A caller who
// finds nobody waiting and the connection free does its write by itself: to wake
// a goroutine and be woken would cost it a tenth more (see BenchmarkCreate).
//
// Whoever is in the lane, the goroutine or a caller, has what the writer has prepared
// for itself.
type writer struct {
	lane    *lane
	census  *census
	queue   chan *write
	held    *write        // taken from the queue, and next
	stopped chan struct{} // closed when the goroutine has ended
	inserts inserts
	claims  claims
	edits   edits
	history history

	observe ports.QueryObserver // nil is nobody
}

// write is a call that waits for the writer.
type write struct {
	drafts  []domain.Draft                              // to be saved, before change
	claim   *domain.Claim                               // that the drafts carry, or nil
	change  func(ctx context.Context, db bun.IDB) error // or nil
	proceed func() error                                // asked between statements, or nil
	alone   bool                                        // has a transaction of its own
	hurried bool                                        // is left when ctx ends, also where it has begun
	origin  domain.Origin                               // of the caller's ctx
	tell    func(query ports.Query)                     // of its queries, in the caller's ctx; nil tells nobody

	ended  <-chan struct{} // closed when the caller's ctx ends
	state  atomic.Int32    // waiting, then begun or left
	answer chan error      // takes one, without waiting

	firstID  int64           // of the persons saved, who follow one another
	deleted  []int64         // by change
	changes  []domain.Change // by change; who is saved goes without saying
	answered bool            // the claim was made before: nobody is saved
	twin     *write          // of the same group, whose claim this one repeats
	refusal  error           // the answer, and no failure: nothing was done
}

const (
	waiting = iota
	begun
	left
)

var errQueueFull = &domain.Error{Code: domain.CodeUnavailable, Message: "too many writes are waiting"}

// newWriter starts the goroutine. It ends when the lane is closed.
func newWriter(l *lane, census *census, queue int) *writer {
	w := &writer{lane: l, census: census, inserts: newInserts(), claims: newClaims(), edits: newEdits(), history: newHistory(), queue: make(chan *write, queue), stopped: make(chan struct{})}
	go w.loop()
	return w
}

// do does a write and returns its answer, a *domain.Error. A full queue is
// domain.CodeUnavailable at once. A write that has not begun when ctx ends or the
// lane is closed is never done; one that has begun is waited for, and the answer
// is what became of it. One that is hurried is not waited for when ctx ends: to begin may take as long as
// another process keeps the file locked, and so the caller does not do it by itself either.
// Who observes queries may be told of it after that.
func (w *writer) do(ctx context.Context, call *write) error {
	if err := w.lane.usable(ctx); err != nil {
		return err
	}
	call.ended, call.origin = ctx.Done(), domain.OriginOf(ctx)
	call.answer = make(chan error, 1)
	if w.observe != nil {
		call.tell = func(query ports.Query) { w.observe(ctx, query) }
	}
	if !call.hurried && len(w.queue) == 0 && w.lane.tryEnter() {
		defer w.lane.leave()
		w.serve([]*write{call})
		return <-call.answer
	}
	return w.wait(ctx, call)
}

// wait queues a write and returns its answer.
func (w *writer) wait(ctx context.Context, call *write) error {
	select {
	case w.queue <- call:
	default:
		return errQueueFull
	}
	select {
	case err := <-call.answer:
		return err
	case <-ctx.Done():
		if call.leave() || call.hurried {
			return domain.ContextError(ctx)
		}
	case <-w.lane.closed:
		if call.leave() {
			return errClosed
		}
	}
	return <-call.answer
}

// leave tells whether the caller may go, because the write has not begun.
func (c *write) leave() bool { return c.state.CompareAndSwap(waiting, left) }

// begin tells whether the writer may begin: the caller still waits for it.
func (c *write) begin() bool {
	select {
	case <-c.ended:
		return false // the caller is about to leave
	default:
		return c.state.CompareAndSwap(waiting, begun)
	}
}

// loop serves until the lane is closed. Those who then wait leave by themselves.
// Between two transactions the lane is free for others.
func (w *writer) loop() {
	defer close(w.stopped)
	for w.await() {
		if err := w.lane.enter(context.Background()); err != nil {
			return
		}
		w.serve(w.take())
		w.lane.leave()
	}
}

// await waits for a write and holds it.
func (w *writer) await() bool {
	if w.held != nil {
		return true
	}
	select {
	case w.held = <-w.queue:
		return true
	case <-w.lane.closed:
		return false
	}
}
