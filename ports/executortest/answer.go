package executortest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func answerCases() []testCase {
	return []testCase{
		{"outcomes are one per item, in the order of the items", outcomesAreInOrder},
		{"no items are no outcomes and no call of the handler", noItems},
		{"a batch holds neighbours, as many as the batch size but for the last", batchesAreNeighbours},
		{"each item is handled exactly once, whoever else calls", exactlyOnce},
		{"the items passed in are not modified", itemsAreNotModified},
		{"a handler that appends to its batch reaches no other batch", batchesHaveNoSpareRoom},
	}
}

// shapes are the batch sizes and workers that the cases about answers try; 0 is
// the whole call.
func shapes() []Config {
	return []Config{
		{BatchSize: 1, Workers: 1},
		{BatchSize: 1, Workers: 5},
		{BatchSize: 3, Workers: 2},
		{BatchSize: 10, Workers: 1},
		{BatchSize: 10, Workers: 4},
		{BatchSize: 5_000, Workers: 2},
		{BatchSize: 0, Workers: 1},
		{BatchSize: 0, Workers: 3},
	}
}

// lengths are the numbers of items that those cases try: around a batch of ten.
func lengths() []int { return []int{0, 1, 9, 10, 11, 1_000} }

func outcomesAreInOrder(t *testing.T, open opener) {
	// Batches that start later end sooner.
	lastFirst := func(ctx context.Context, batch []int) []domain.Outcome[int] {
		time.Sleep(time.Duration(10_000-batch[0]) * time.Millisecond)
		return tenfold(ctx, batch)
	}
	for _, shape := range shapes() {
		executor := open(t, shape, lastFirst)
		for _, length := range lengths() {
			items := upTo(length)
			checkTenfold(t, items, executor.Execute(t.Context(), items), fmt.Sprintf("with %+v", shape))
		}
	}
}

func noItems(t *testing.T, open opener) {
	var calls recorder
	executor := open(t, Config{BatchSize: 10, Workers: 2}, calls.watch(tenfold))
	for _, items := range [][]int{nil, {}} {
		if got := executor.Execute(t.Context(), items); len(got) != 0 {
			t.Errorf("Execute of no items (%#v): got %v, want no outcomes", items, got)
		}
	}
	if got := calls.seen(); len(got) != 0 {
		t.Errorf("got %d calls of the handler for no items, want none: there is nothing to handle", len(got))
	}
}

func batchesAreNeighbours(t *testing.T, open opener) {
	for _, shape := range shapes() {
		for _, length := range lengths() {
			var calls recorder
			executor := open(t, shape, calls.watch(tenfold))
			executor.Execute(t.Context(), upTo(length))
			got, want := calls.seen(), chunks(upTo(length), shape.BatchSize)
			if !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("%d items with %+v: got the batches %v, want %v", length, shape, got, want)
			}
		}
	}
}

func chunks(items []int, size int) [][]int {
	if size == 0 {
		size = max(1, len(items))
	}
	return slices.Collect(slices.Chunk(items, size))
}

func exactlyOnce(t *testing.T, open opener) {
	const (
		callers = 4
		each    = 250
	)
	for _, shape := range shapes() {
		shape.Queue = callers
		var calls recorder
		executor := open(t, shape, calls.watch(tenfoldAfter(time.Second)))
		parts := slices.Collect(slices.Chunk(upTo(callers*each), each))
		answers := make([][]domain.Outcome[int], callers)
		var running sync.WaitGroup
		for i, part := range parts {
			running.Go(func() { answers[i] = executor.Execute(t.Context(), part) })
		}
		running.Wait()
		for i, part := range parts {
			checkTenfold(t, part, answers[i], "each caller gets the outcomes of its own items")
		}
		if got, want := slices.Concat(calls.seen()...), upTo(callers*each); !slices.Equal(got, want) {
			t.Fatalf("%d callers of %d items with %+v: the handler got %v, want each item once", callers, each, shape, got)
		}
	}
}

func itemsAreNotModified(t *testing.T, open opener) {
	for _, shape := range shapes() {
		executor := open(t, shape, tenfold)
		all := []int{3, 1, 2, 5, 4, 9, 8, 7, 6, 0, 12, 11, 10, 99}
		want := slices.Clone(all)
		executor.Execute(t.Context(), all[:13])
		if !slices.Equal(all, want) {
			t.Fatalf("with %+v: the caller's slice is %v after Execute, want %v as before", shape, all, want)
		}
	}
}

func batchesHaveNoSpareRoom(t *testing.T, open opener) {
	appending := func(ctx context.Context, batch []int) []domain.Outcome[int] {
		outcomes := tenfold(ctx, batch)
		_ = append(batch, -1)
		return outcomes
	}
	for _, shape := range shapes() {
		executor := open(t, shape, appending)
		all := upTo(11)
		items := all[:10]
		const why = "append must copy, because what lies behind a batch is somebody else's"
		checkTenfold(t, items, executor.Execute(t.Context(), items), why)
		if all[10] != 10 {
			t.Fatalf("with %+v: what lies behind the call's items is %d, want 10: %s", shape, all[10], why)
		}
	}
}
