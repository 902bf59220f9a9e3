package executortest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func failureCases() []testCase {
	return []testCase{
		{"an item that fails leaves its siblings alone", failingItem},
		{"a batch that fails leaves the other batches alone", failingBatch},
		{"a panic is a PanicError with value and stack for each item of its batch", panickingBatch},
		{"a panic with an error can be unwrapped and is internal all the same", panicWithError},
		{"runtime.Goexit in a handler is a PanicError with a stack for each item of its batch", goexitBatch},
		{"too few outcomes are internal for each item of the batch", wrongCount(func(ok []domain.Outcome[int]) []domain.Outcome[int] { return ok[1:] })},
		{"too many outcomes are internal for each item of the batch", wrongCount(func(ok []domain.Outcome[int]) []domain.Outcome[int] { return slices.Concat(ok, ok) })},
		{"nil for outcomes is internal for each item of the batch", wrongCount(func([]domain.Outcome[int]) []domain.Outcome[int] { return nil })},
		{"a batch that ends badly gives its worker and its place back", badEndsGiveBack},
	}
}

var errPlanted = errors.New("planted")

func failingItem(t *testing.T, open opener) {
	handler := func(ctx context.Context, batch []int) []domain.Outcome[int] {
		outcomes := tenfold(ctx, batch)
		for i, item := range batch {
			if item == 4 {
				outcomes[i] = domain.Outcome[int]{Err: errPlanted}
			}
		}
		return outcomes
	}
	for _, shape := range shapes() {
		outcomes := open(t, shape, handler).Execute(t.Context(), upTo(11))
		checkFailed(t, 1, outcomes[4:5], domain.CodeInternal, errPlanted, "what the handler answers reaches the caller")
		checkTenfold(t, upTo(4), outcomes[:4], "only item 4 failed")
		checkTenfold(t, upTo(11)[5:], outcomes[5:], "only item 4 failed")
	}
}

// siblings runs 20 items in batches of five of which the second is handled by
// bad, while the others work a while longer and note whether their ctx ended.
// It checks the others and returns the outcomes of the second batch.
func siblings(t *testing.T, open opener, bad domain.Handler[int, int]) []domain.Outcome[int] {
	t.Helper()
	handler := func(ctx context.Context, batch []int) []domain.Outcome[int] {
		if batch[0] == 5 {
			return bad(ctx, batch)
		}
		time.Sleep(time.Minute)
		if ctx.Err() != nil {
			return domain.FailAll[int](len(batch), ctx.Err())
		}
		return tenfold(ctx, batch)
	}
	outcomes := open(t, Config{BatchSize: 5, Workers: 2}, handler).Execute(t.Context(), upTo(20))
	if len(outcomes) != 20 {
		t.Fatalf("got %d outcomes for 20 items, want one each", len(outcomes))
	}
	const why = "another batch failed, which is no business of this one, running or waiting"
	checkTenfold(t, upTo(20)[:5], outcomes[:5], why)
	checkTenfold(t, upTo(20)[10:], outcomes[10:], why)
	return outcomes[5:10]
}

func failingBatch(t *testing.T, open opener) {
	failed := siblings(t, open, func(_ context.Context, batch []int) []domain.Outcome[int] {
		return domain.FailAll[int](len(batch), errPlanted)
	})
	checkFailed(t, 5, failed, domain.CodeInternal, errPlanted, "what the handler answers reaches the caller")
}

// explode and exit are the handlers whose names a stack must show.
func explode(context.Context, []int) []domain.Outcome[int] { panic("the planted value") }

func exit(context.Context, []int) []domain.Outcome[int] {
	runtime.Goexit()
	return nil
}

func panickingBatch(t *testing.T, open opener) {
	for i, panicked := range panics(t, siblings(t, open, explode), "executortest.explode") {
		if panicked.Value != "the planted value" {
			t.Errorf("item %d of the batch: got the value %v, want what was passed to panic", i, panicked.Value)
		}
	}
}

func goexitBatch(t *testing.T, open opener) {
	panics(t, siblings(t, open, exit), "executortest.exit")
}

// panics fails the test unless each outcome is a *domain.PanicError of
// CodeInternal whose stack names the handler, and returns them.
func panics(t *testing.T, outcomes []domain.Outcome[int], handler string) []*domain.PanicError {
	t.Helper()
	checkFailed(t, len(outcomes), outcomes, domain.CodeInternal, nil, "the handler ended without an answer")
	all := make([]*domain.PanicError, len(outcomes))
	for i, outcome := range outcomes {
		if !errors.As(outcome.Err, &all[i]) {
			t.Fatalf("item %d of the batch: got the error %v, want a *domain.PanicError", i, outcome.Err)
		}
		if !strings.Contains(string(all[i].Stack), handler) {
			t.Fatalf("item %d of the batch: got a stack that does not name the handler %s:\n%s", i, handler, all[i].Stack)
		}
	}
	return all
}

func panicWithError(t *testing.T, open opener) {
	failed := siblings(t, open, func(context.Context, []int) []domain.Outcome[int] {
		panic(&domain.Error{Code: domain.CodeNotFound, Message: "planted", Cause: errPlanted})
	})
	checkFailed(t, 5, failed, domain.CodeInternal, errPlanted, "a panic is a fault of the program, whatever it carries")
}

func wrongCount(distort func(ok []domain.Outcome[int]) []domain.Outcome[int]) func(*testing.T, opener) {
	return func(t *testing.T, open opener) {
		failed := siblings(t, open, func(ctx context.Context, batch []int) []domain.Outcome[int] {
			return distort(tenfold(ctx, batch))
		})
		checkFailed(t, 5, failed, domain.CodeInternal, nil, "nobody can say which outcome belongs to which item")
	}
}

func badEndsGiveBack(t *testing.T, open opener) {
	bad := map[int]domain.Handler[int, int]{
		0: explode,
		1: exit,
		2: func(context.Context, []int) []domain.Outcome[int] { return nil },
		3: func(_ context.Context, b []int) []domain.Outcome[int] { return domain.FailAll[int](len(b), errPlanted) },
	}
	var calls recorder
	good := calls.watch(tenfoldAfter(time.Second))
	executor := open(t, Config{BatchSize: 1, Workers: 2, Queue: 1}, func(ctx context.Context, batch []int) []domain.Outcome[int] {
		if handler, ok := bad[batch[0]]; ok {
			return handler(ctx, batch)
		}
		return good(ctx, batch)
	})
	for range 3 {
		executor.Execute(t.Context(), upTo(len(bad)))
	}
	items := []int{10, 11, 12, 13}
	checkTenfold(t, items, executor.Execute(t.Context(), items), "it is free again")
	if _, peak := calls.now(); peak != 2 {
		t.Errorf("after batches that ended badly: got %d batches at once, want both workers at work", peak)
	}
}
