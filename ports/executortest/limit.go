package executortest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func limitCases() []testCase {
	return []testCase{
		{"as many batches run at once as there are workers, never more, over all callers", limitIsShared},
		{"ten batches of a second on five workers take two seconds", batchesRunAtOnce},
		{"calls are counted, not items", itemsAreNotCounted},
		{"workers and queue are all served", roomIsAllUsable},
		{"a call beyond workers and queue is refused at once and not run", fullRoomRefuses},
		{"a place is free again when its call returns", placesComeBack},
	}
}

func limitIsShared(t *testing.T, open opener) {
	for _, workers := range []int{1, 3, 8} {
		var calls recorder
		executor := open(t, Config{BatchSize: 2, Workers: workers, Queue: 10}, calls.watch(tenfoldAfter(time.Second)))
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() { executor.Execute(t.Context(), upTo(20)) })
		}
		callers.Wait()
		if _, peak := calls.now(); peak != workers {
			t.Errorf("10 callers of 10 batches on %d workers: got %d batches at once, want %d", workers, peak, workers)
		}
	}
}

func batchesRunAtOnce(t *testing.T, open opener) {
	executor := open(t, Config{BatchSize: 3, Workers: 5}, tenfoldAfter(time.Second))
	begin, items := time.Now(), upTo(30)
	checkTenfold(t, items, executor.Execute(t.Context(), items), "nothing failed")
	if took := time.Since(begin); took != 2*time.Second {
		t.Errorf("10 batches of 1s on 5 workers took %v, want 2s", took)
	}
}

func itemsAreNotCounted(t *testing.T, open opener) {
	executor := open(t, Config{BatchSize: 1, Workers: 1}, tenfold)
	items := upTo(1_000)
	checkTenfold(t, items, executor.Execute(t.Context(), items), "a call takes one place, however many items it has")
}

// rooms are the workers and queues that the cases about the waiting room try.
func rooms() []Config {
	return []Config{
		{BatchSize: 1, Workers: 1, Queue: 0},
		{BatchSize: 1, Workers: 3, Queue: 2},
		{BatchSize: 0, Workers: 2, Queue: 0},
		{BatchSize: 0, Workers: 1, Queue: 4},
	}
}

// fill makes as many calls of three items as the room holds, and returns when
// all of them are inside Execute. The function it returns waits for them and
// checks that they were served.
func fill(t *testing.T, executor ports.Executor[int, int], room Config) (served func()) {
	t.Helper()
	answers := make([][]domain.Outcome[int], room.Workers+room.Queue)
	var callers sync.WaitGroup
	for i := range answers {
		callers.Go(func() { answers[i] = executor.Execute(t.Context(), upTo(3)) })
	}
	synctest.Wait()
	return func() {
		t.Helper()
		callers.Wait()
		for _, answer := range answers {
			checkTenfold(t, upTo(3), answer, fmt.Sprintf("%+v has room for %d calls", room, len(answers)))
		}
	}
}

func roomIsAllUsable(t *testing.T, open opener) {
	for _, room := range rooms() {
		executor := open(t, room, tenfoldAfter(time.Second))
		fill(t, executor, room)()
	}
}

func fullRoomRefuses(t *testing.T, open opener) {
	for _, room := range rooms() {
		var refused recorder
		executor := open(t, room, func(ctx context.Context, batch []int) []domain.Outcome[int] {
			if batch[0] >= 100 {
				refused.begin(batch)
			}
			return tenfoldAfter(time.Second)(ctx, batch)
		})
		served := fill(t, executor, room)
		begin := time.Now()
		answer := executor.Execute(t.Context(), []int{100, 101})
		if took := time.Since(begin); took != 0 {
			t.Errorf("%+v: the answer to a full room took %v, want no time at all", room, took)
		}
		checkFailed(t, 2, answer, domain.CodeUnavailable, nil, fmt.Sprintf("%+v is full", room))
		served()
		if got := refused.seen(); len(got) != 0 {
			t.Errorf("%+v: a refused call ran the batches %v, want none", room, got)
		}
	}
}

func placesComeBack(t *testing.T, open opener) {
	for _, room := range rooms() {
		executor := open(t, room, tenfoldAfter(time.Second))
		for range 3 {
			served := fill(t, executor, room)
			executor.Execute(t.Context(), upTo(3))
			served()
		}
	}
}
