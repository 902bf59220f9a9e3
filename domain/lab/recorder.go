package lab

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Recorder writes down the batches of one run. Only Lab makes one, and hands it to a Bench for Recorded.
type Recorder struct {
	began time.Time // of the run

	mu      sync.Mutex
	busy    []bool // by worker
	batches []Batch
	strays  int // batches of no call
}

// callKey is where the number of a call lies in its ctx.
type callKey struct{}

func withCall(ctx context.Context, number int) context.Context {
	return context.WithValue(ctx, callKey{}, number)
}

// Recorded returns handler with each of its batches written down: when it began and ended, by whom, for which call, and what became of it. What
// it answers is handler's answer, and a panic goes on. It stands where an executor calls it, so it sees what the executor decides and
// not how; the executor has to hand the ctx of the call on. It costs about a microsecond a batch.
func Recorded[In, Out any](r *Recorder, handler domain.Handler[In, Out]) domain.Handler[In, Out] {
	return func(ctx context.Context, batch []In) []domain.Outcome[Out] {
		index := r.begin(ctx, len(batch))
		failed, panicked := len(batch), true // so it is where handler does not return
		defer func() { r.end(index, failed, panicked) }()
		outcomes := handler(ctx, batch)
		panicked = false
		if len(outcomes) == len(batch) { // else the executor fails them all
			succeeded, _ := domain.Tally(outcomes)
			failed -= succeeded
		}
		return outcomes
	}
}

// begin writes down that a batch began, and returns its index.
func (r *Recorder) begin(ctx context.Context, items int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	call, known := ctx.Value(callKey{}).(int)
	if !known {
		r.strays++
	}
	worker := slices.Index(r.busy, false)
	if worker < 0 {
		worker = len(r.busy)
		r.busy = append(r.busy, false)
	}
	r.busy[worker] = true
	r.batches = append(r.batches, Batch{Call: call, Worker: worker, Began: time.Since(r.began), Items: items})
	return len(r.batches) - 1
}

func (r *Recorder) end(index, failed int, panicked bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	batch := &r.batches[index]
	r.busy[batch.Worker] = false
	batch.Ended, batch.Failed, batch.Panicked = time.Since(r.began), failed, panicked
}

// written returns what was written down, once all calls were answered.
func (r *Recorder) written() ([]Batch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.strays > 0 {
		return nil, &domain.Error{Code: domain.CodeInternal, Message: "an executor handled batches without the ctx of their calls"}
	}
	return r.batches, nil
}
