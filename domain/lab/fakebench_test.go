package lab_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// item is an item of a call, both from 0.
type item struct{ call, number int }

// fakeBench opens subjects whose handler is a function of the test, over real executors, which run in virtual time as well.
type fakeBench struct {
	handler      domain.Handler[item, int]
	calling      func() // before each call; nil is nothing
	callErr      error  // of each call, instead of the executor
	openErr      error
	closeErr     error
	opened       atomic.Int32
	closed       atomic.Int32
	withoutCalls bool // the executor loses the ctx of the call
}

func (b *fakeBench) Open(_ context.Context, e lab.Experiment, s lab.Strategy, recorder *lab.Recorder) (lab.Subject, error) {
	if b.openErr != nil {
		return nil, b.openErr
	}
	b.opened.Add(1)
	executor, err := localexec.New(lab.Recorded(recorder, b.handler), localexec.Config{BatchSize: s.Batch, Workers: s.Workers, Queue: s.Queue})
	return &fakeSubject{b, executor, e.Items}, err
}

type fakeSubject struct {
	bench    *fakeBench
	executor *localexec.Executor[item, int]
	items    int
}

func (s *fakeSubject) Call(ctx context.Context, number int) (failed int, err error) {
	if s.bench.calling != nil {
		s.bench.calling()
	}
	if s.bench.callErr != nil {
		return s.items, s.bench.callErr
	}
	if s.bench.withoutCalls {
		ctx = context.Background()
	}
	items := make([]item, s.items)
	for i := range items {
		items[i] = item{number, i}
	}
	succeeded, err := domain.Tally(s.executor.Execute(ctx, items))
	return s.items - succeeded, err
}

func (s *fakeSubject) Load() domain.Load { return s.executor.Load() }

func (s *fakeSubject) Close() error {
	s.bench.closed.Add(1)
	return errors.Join(s.executor.Close(), s.bench.closeErr)
}

// fakeMeter counts up.
type fakeMeter struct{ asked atomic.Int64 }

func (m *fakeMeter) Measure() (goroutines int, heap uint64) {
	n := m.asked.Add(1)
	return int(n), uint64(2 * n)
}

// taking answers each item after a time, one after the other, or gives up when ctx ends.
func taking(d time.Duration) domain.Handler[item, int] {
	return func(ctx context.Context, batch []item) []domain.Outcome[int] {
		outcomes := make([]domain.Outcome[int], len(batch))
		for i := range batch {
			select {
			case <-time.After(d):
			case <-ctx.Done():
				outcomes[i].Err = domain.ContextError(ctx)
			}
		}
		return outcomes
	}
}

func newFakeLab(t *testing.T, bench *fakeBench) *lab.Lab {
	t.Helper()
	work, err := lab.New(bench, &fakeMeter{})
	if err != nil {
		t.Fatalf("New: got %v, want a lab", err)
	}
	return work
}

// runOne does an experiment by one strategy.
func runOne(t *testing.T, bench *fakeBench, e lab.Experiment, strategy string) lab.Run {
	t.Helper()
	report, err := newFakeLab(t, bench).Run(t.Context(), e, []lab.Strategy{parse(t, strategy)})
	if err != nil {
		t.Fatalf("Run: got %v, want a report", err)
	}
	return report.Runs[0]
}

func parse(t *testing.T, text string) lab.Strategy {
	t.Helper()
	strategy, err := lab.ParseStrategy(text)
	if err != nil {
		t.Fatalf("ParseStrategy(%q): got %v, want a strategy", text, err)
	}
	return strategy
}
