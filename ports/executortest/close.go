package executortest

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func closeCases() []testCase {
	return []testCase{
		{"after Close every call is refused and nothing runs", closedRefuses},
		{"Close refuses new calls while it waits for those under way", closingRefuses},
		{"Close returns when the calls under way have returned, those that wait too", closeWaits},
		{"a second Close does the same", closeTwice},
		{"calls beside Close are served or refused as a whole, and nothing runs after it", closeBesideCalls},
	}
}

func closedRefuses(t *testing.T, open opener) {
	for _, shape := range shapes() {
		var calls recorder
		executor := open(t, shape, calls.watch(tenfold))
		executor.Execute(t.Context(), upTo(1))
		if err := executor.Close(); err != nil {
			t.Errorf("with %+v: Close: got %v, want nil", shape, err)
		}
		checkFailed(t, 11, executor.Execute(t.Context(), upTo(11)), domain.CodeUnavailable, nil, "the executor is closed")
		if got := executor.Execute(t.Context(), nil); len(got) != 0 {
			t.Errorf("with %+v: Execute of no items after Close: got %v, want no outcomes", shape, got)
		}
		if got := calls.seen(); len(got) != 1 {
			t.Errorf("with %+v: the handler got %v, want only the call before Close", shape, got)
		}
	}
}

func closingRefuses(t *testing.T, open opener) {
	executor := open(t, Config{BatchSize: 1, Workers: 1, Queue: 5}, tenfoldAfter(time.Minute))
	go executor.Execute(t.Context(), upTo(1))
	synctest.Wait()
	go func() { _ = executor.Close() }() // the suite looks at a second Close
	synctest.Wait()
	begin := time.Now()
	checkFailed(t, 2, executor.Execute(t.Context(), upTo(2)), domain.CodeUnavailable, nil, "the executor is closing")
	if took := time.Since(begin); took != 0 {
		t.Errorf("a call during Close was refused after %v, want at once", took)
	}
}

func closeWaits(t *testing.T, open opener) {
	var calls recorder
	room := Config{BatchSize: 0, Workers: 1, Queue: 2}
	executor := open(t, room, calls.watch(tenfoldAfter(time.Minute)))
	served := fill(t, executor, room)
	begin := time.Now()
	if err := executor.Close(); err != nil {
		t.Errorf("Close: got %v, want nil", err)
	}
	if took := time.Since(begin); took != 3*time.Minute {
		t.Errorf("Close took %v, want 3m: one call ran and two waited, a minute each", took)
	}
	if running, _ := calls.now(); running != 0 {
		t.Errorf("%d handlers run after Close has returned, want none", running)
	}
	served()
}

func closeTwice(t *testing.T, open opener) {
	executor := open(t, Config{BatchSize: 1, Workers: 1}, tenfoldAfter(time.Minute))
	go executor.Execute(t.Context(), upTo(1))
	synctest.Wait()
	begin := time.Now()
	var closers sync.WaitGroup
	for range 2 {
		closers.Go(func() {
			if err := executor.Close(); err != nil {
				t.Errorf("one of two Close at the same time: got %v, want nil", err)
			}
			if took := time.Since(begin); took != time.Minute {
				t.Errorf("one of two Close at the same time took %v, want 1m as the call under way", took)
			}
		})
	}
	closers.Wait()
	if err := executor.Close(); err != nil {
		t.Errorf("Close of a closed executor: got %v, want nil", err)
	}
	checkFailed(t, 1, executor.Execute(t.Context(), upTo(1)), domain.CodeUnavailable, nil, "the executor is closed")
}

func closeBesideCalls(t *testing.T, open opener) {
	const callers, callsEach = 8, 20
	for range 20 {
		var calls recorder
		executor := open(t, Config{BatchSize: 1, Workers: 2, Queue: callers}, calls.watch(tenfoldAfter(time.Millisecond)))
		answers := make([][callsEach][]domain.Outcome[int], callers)
		var running sync.WaitGroup
		for i := range answers {
			running.Go(func() {
				for j := range callsEach {
					answers[i][j] = executor.Execute(t.Context(), upTo(3))
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		if err := executor.Close(); err != nil {
			t.Errorf("Close beside calls: got %v, want nil", err)
		}
		before := len(calls.seen())
		running.Wait()
		if after := len(calls.seen()); after != before {
			t.Fatalf("%d batches were handled after Close had returned, want none", after-before)
		}
		for _, answersOfOne := range answers {
			for _, answer := range answersOfOne {
				if len(answer) == 3 && answer[0].Err == nil {
					checkTenfold(t, upTo(3), answer, "the call's first item was served, so the call was let in")
				} else {
					checkFailed(t, 3, answer, domain.CodeUnavailable, nil, "the call was not let in")
				}
			}
		}
	}
}
