package executortest

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// loadCases hold executors that are a ports.LoadTeller to what it says; others pass.
func loadCases() []testCase {
	return []testCase{
		{"a load that is told names the workers and the queue, of an executor that rests", loadAtRest},
		{"a load that is told counts the batches that run, not the items and not the calls", loadRuns},
		{"a load that is told counts the calls beyond the workers as waiting", loadWaits},
		{"a load that is told counts each call that found no room", loadRefuses},
		{"a load that is told is over when its calls are, however they end", loadEnds},
	}
}

// loadOf returns what an executor tells, and whether it does.
func loadOf(executor ports.Executor[int, int]) (load domain.Load, told bool) {
	teller, told := executor.(ports.LoadTeller)
	if told {
		load = teller.Load()
	}
	return load, told
}

func checkLoad(t *testing.T, executor ports.Executor[int, int], want domain.Load, when string) {
	t.Helper()
	if got, told := loadOf(executor); told && got != want {
		t.Errorf("%s: got the load %+v, want %+v", when, got, want)
	}
}

func loadAtRest(t *testing.T, open opener) {
	for _, room := range rooms() {
		executor := open(t, room, tenfold)
		checkLoad(t, executor, domain.Load{Workers: room.Workers, Queue: room.Queue}, "before the first call")
	}
}

func loadRuns(t *testing.T, open opener) {
	executor := open(t, Config{BatchSize: 2, Workers: 3, Queue: 1}, tenfoldAfter(time.Second))
	go executor.Execute(t.Context(), upTo(10))
	synctest.Wait()
	checkLoad(t, executor, domain.Load{Running: 3, Workers: 3, Queue: 1}, "5 batches of one call on 3 workers")
	time.Sleep(1500 * time.Millisecond)
	checkLoad(t, executor, domain.Load{Running: 2, Workers: 3, Queue: 1}, "2 batches left")
}

func loadWaits(t *testing.T, open opener) {
	executor := open(t, Config{Workers: 2, Queue: 3}, tenfoldAfter(time.Second))
	for calls := 1; calls <= 5; calls++ {
		go executor.Execute(t.Context(), upTo(3))
		synctest.Wait()
		want := domain.Load{Running: min(calls, 2), Workers: 2, Waiting: max(0, calls-2), Queue: 3}
		checkLoad(t, executor, want, "calls of one batch each, one after the other, on 2 workers with a queue of 3")
	}
}

func loadRefuses(t *testing.T, open opener) {
	for _, room := range rooms() {
		executor := open(t, room, tenfoldAfter(time.Second))
		served := fill(t, executor, room)
		for range 3 {
			executor.Execute(t.Context(), upTo(5))
		}
		served()
		checkLoad(t, executor, domain.Load{Workers: room.Workers, Queue: room.Queue, Refused: 3}, "after 3 calls of a full room")
		if err := executor.Close(); err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
		executor.Execute(t.Context(), upTo(1))
		checkLoad(t, executor, domain.Load{Workers: room.Workers, Queue: room.Queue, Refused: 3}, "after a call that Close refused")
	}
}

func loadEnds(t *testing.T, open opener) {
	room := Config{BatchSize: 1, Workers: 1, Queue: 1}
	executor := open(t, room, func(ctx context.Context, batch []int) []domain.Outcome[int] {
		if batch[0] == 0 {
			panic("planted")
		}
		return tenfoldAfter(time.Second)(ctx, batch)
	})
	executor.Execute(t.Context(), upTo(3))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var calls sync.WaitGroup
	calls.Go(func() { executor.Execute(ctx, []int{1, 2}) })
	synctest.Wait()
	calls.Go(func() { executor.Execute(ctx, []int{3}) })
	synctest.Wait()
	checkLoad(t, executor, domain.Load{Running: 1, Workers: 1, Waiting: 1, Queue: 1}, "a call that runs and one that waits")
	calls.Wait()
	checkLoad(t, executor, domain.Load{Workers: 1, Queue: 1}, "after a panic, and calls whose ctx ended")
}
