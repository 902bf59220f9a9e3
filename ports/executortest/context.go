package executortest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func contextCases() []testCase {
	return []testCase{
		{"a ctx that is canceled before the call is answered with its cause and nothing runs", canceledBefore},
		{"a ctx that is past its deadline before the call is answered so and nothing runs", deadlineBefore},
		{"when ctx is canceled, batches that run finish and the others are answered with its cause", canceledDuring},
		{"when ctx meets its deadline, batches that run finish and the others are answered so", deadlineDuring},
		{"a handler that does not look at ctx is waited for and its answer counts", handlersAreWaitedFor},
		{"a call that waits for a worker returns as soon as its ctx ends, and its place is free", waitingCallReturns},
		{"calls whose ctx had ended give their worker and their place back", endedCallsGiveBack},
		{"the ctx of one call does not end another call", contextsAreApart},
	}
}

func canceledBefore(t *testing.T, open opener) {
	for _, shape := range shapes() {
		var calls recorder
		executor := open(t, shape, calls.watch(tenfold))
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errPlanted)
		checkFailed(t, 11, executor.Execute(ctx, upTo(11)), domain.CodeCanceled, errPlanted, "its ctx was canceled with this cause")

		plain, cancelPlain := context.WithCancel(t.Context())
		cancelPlain()
		checkFailed(t, 11, executor.Execute(plain, upTo(11)), domain.CodeCanceled, context.Canceled, "its ctx was canceled")
		if got := calls.seen(); len(got) != 0 {
			t.Errorf("with %+v: the handler got %v, want nothing: ctx had ended before the call", shape, got)
		}
	}
}

func endedCallsGiveBack(t *testing.T, open opener) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, room := range rooms() {
		executor := open(t, room, tenfoldAfter(time.Second))
		for range 20 {
			executor.Execute(ended, upTo(3))
		}
		batches := room.Workers + room.Queue
		if room.BatchSize == 1 {
			batches *= 3
		}
		begin, want := time.Now(), time.Duration(batches/room.Workers)*time.Second
		fill(t, executor, room)()
		if took := time.Since(begin); took != want {
			t.Errorf("with %+v: %d batches of 1s took %v, want %v: calls whose ctx had ended left every worker free", room, batches, took, want)
		}
	}
}

func deadlineBefore(t *testing.T, open opener) {
	for _, shape := range shapes() {
		var calls recorder
		executor := open(t, shape, calls.watch(tenfold))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		time.Sleep(2 * time.Second)
		checkFailed(t, 11, executor.Execute(ctx, upTo(11)), domain.CodeDeadline, context.DeadlineExceeded, "its deadline had passed")
		if got := calls.seen(); len(got) != 0 {
			t.Errorf("with %+v: the handler got %v, want nothing: the deadline had passed before the call", shape, got)
		}
	}
}

// obedient waits for its ctx to end, at most an hour, then takes a second to
// clean up and answers as tenfold does.
func obedient(ctx context.Context, batch []int) []domain.Outcome[int] {
	select {
	case <-ctx.Done():
		time.Sleep(time.Second)
		return tenfold(ctx, batch)
	case <-time.After(time.Hour):
		return domain.FailAll[int](len(batch), errors.New("the handler's ctx never ended"))
	}
}

func canceledDuring(t *testing.T, open opener) {
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(time.Minute, func() { cancel(errPlanted) })
	endedDuring(ctx, t, open, domain.CodeCanceled, errPlanted)
}

func deadlineDuring(t *testing.T, open opener) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	endedDuring(ctx, t, open, domain.CodeDeadline, context.DeadlineExceeded)
}

// endedDuring runs six batches of two on two workers under a ctx that ends after
// a minute.
func endedDuring(ctx context.Context, t *testing.T, open opener, code domain.Code, cause error) {
	t.Helper()
	var calls recorder
	executor := open(t, Config{BatchSize: 2, Workers: 2}, calls.watch(obedient))
	begin, items := time.Now(), upTo(12)
	outcomes := executor.Execute(ctx, items)
	if took, want := time.Since(begin), time.Minute+time.Second; took != want {
		t.Errorf("Execute took %v, want %v: a minute until ctx ended and a second of the handlers", took, want)
	}
	if len(outcomes) != len(items) {
		t.Fatalf("got %d outcomes for %d items, want one each", len(outcomes), len(items))
	}
	checkTenfold(t, items[:4], outcomes[:4], "two batches ran when ctx ended, and their handlers answered")
	checkFailed(t, 8, outcomes[4:], code, cause, "four batches had not started when ctx ended")
	if got := calls.seen(); len(got) != 2 {
		t.Errorf("the handler got %v, want the first two batches only", got)
	}
}

func handlersAreWaitedFor(t *testing.T, open opener) {
	var calls recorder
	executor := open(t, Config{BatchSize: 1, Workers: 3}, calls.watch(tenfoldAfter(time.Hour)))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	outcomes := executor.Execute(ctx, upTo(3))
	if running, _ := calls.now(); running != 0 {
		t.Errorf("%d handlers run after Execute has returned, want none", running)
	}
	checkTenfold(t, upTo(3), outcomes, "the work was done, though late, and its caller must learn of it")
}

func waitingCallReturns(t *testing.T, open opener) {
	for _, batchSize := range []int{0, 1} {
		room := Config{BatchSize: batchSize, Workers: 1, Queue: 1}
		var calls recorder
		executor := open(t, room, calls.watch(tenfoldAfter(time.Hour)))
		go executor.Execute(t.Context(), []int{1})
		synctest.Wait()
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			begin := time.Now()
			outcomes := executor.Execute(ctx, []int{2, 3})
			took := time.Since(begin)
			cancel()
			checkFailed(t, 2, outcomes, domain.CodeDeadline, context.DeadlineExceeded, "its deadline passed while it waited")
			if took != time.Second {
				t.Errorf("with %+v: a call with a deadline of 1s waited %v for a worker, want 1s", room, took)
			}
		}
		if got := calls.seen(); len(got) != 1 {
			t.Errorf("with %+v: the handler got %v, want only the call that had a worker", room, got)
		}
	}
}

func contextsAreApart(t *testing.T, open opener) {
	executor := open(t, Config{BatchSize: 1, Workers: 2, Queue: 1}, func(ctx context.Context, batch []int) []domain.Outcome[int] {
		time.Sleep(time.Minute)
		if ctx.Err() != nil {
			return domain.FailAll[int](len(batch), ctx.Err())
		}
		return tenfold(ctx, batch)
	})
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	go executor.Execute(short, upTo(4))
	items := upTo(4)
	checkTenfold(t, items, executor.Execute(t.Context(), items), "the ctx that ended was another call's")
}
