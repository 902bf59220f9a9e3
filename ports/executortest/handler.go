package executortest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// tenfold answers each item times ten.
func tenfold(_ context.Context, batch []int) []domain.Outcome[int] {
	outcomes := make([]domain.Outcome[int], len(batch))
	for i, item := range batch {
		outcomes[i].Value = item * 10
	}
	return outcomes
}

// tenfoldAfter returns a handler that works for a while, whether or not its ctx
// ends, and then answers as tenfold does.
func tenfoldAfter(work time.Duration) domain.Handler[int, int] {
	return func(ctx context.Context, batch []int) []domain.Outcome[int] {
		time.Sleep(work)
		return tenfold(ctx, batch)
	}
}

// upTo returns the items 0 to n-1.
func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

// recorder notes what a handler was asked to do. It is safe for concurrent use.
type recorder struct {
	mu      sync.Mutex
	batches [][]int
	running int
	peak    int
}

// watch returns the handler, with its calls noted.
func (r *recorder) watch(handler domain.Handler[int, int]) domain.Handler[int, int] {
	return func(ctx context.Context, batch []int) []domain.Outcome[int] {
		r.begin(batch)
		defer r.end()
		return handler(ctx, batch)
	}
}

func (r *recorder) begin(batch []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches = append(r.batches, slices.Clone(batch))
	r.running++
	r.peak = max(r.peak, r.running)
}

func (r *recorder) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
}

// seen returns the batches so far, in the order of their first items.
func (r *recorder) seen() [][]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(slices.Values(r.batches), slices.Compare)
}

// now returns how many batches run at this moment, and how many at most did.
func (r *recorder) now() (running, peak int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.running, r.peak
}
