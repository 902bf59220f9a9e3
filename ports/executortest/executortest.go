// Package executortest is the conformance suite of ports.Executor.
//
// It runs in the virtual time of testing/synctest: a handler that works for an
// hour costs the suite nothing, and "at once" means that no time passes at all.
// An executor under test therefore makes its channels, goroutines and timers
// when it is opened or used, not when the program starts, does no network or disk
// input or output of its own, and never waits while it holds a lock.
//
// The test of an adapter:
//
//	func TestExecutor(t *testing.T) {
//		t.Parallel()
//		executortest.Run(t, func(handler domain.Handler[int, int], config executortest.Config) (ports.Executor[int, int], error) {
//			return myexec.New(handler, config.BatchSize, config.Workers, config.Queue)
//		})
//	}
package executortest

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Config is what a case asks of the executor that it opens.
type Config struct {
	// BatchSize is the greatest number of items in a batch; 0 makes each call of
	// Execute one batch.
	BatchSize int
	// Workers is how many batches run at once, at least 1.
	Workers int
	// Queue is how many calls may be inside Execute beyond Workers; 0 is none.
	Queue int
}

// Run runs the suite against the executors that open returns, a new one for each
// case, opened and closed inside the case's own bubble of virtual time. What a
// bubble still holds after Close fails the case, so a leaked goroutine does too.
//
// The cases run in parallel.
func Run(t *testing.T, open func(domain.Handler[int, int], Config) (ports.Executor[int, int], error)) {
	t.Helper()
	closing := func(t *testing.T, config Config, handler domain.Handler[int, int]) ports.Executor[int, int] {
		t.Helper()
		executor, err := open(handler, config)
		if err != nil {
			t.Fatalf("open(%+v): got %v, want an executor: the suite asks for nothing unusual", config, err)
		}
		t.Cleanup(func() {
			if err := executor.Close(); err != nil {
				t.Errorf("Close at the end of the case: got %v, want nil", err)
			}
		})
		return executor
	}
	for _, each := range allCases() {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { each.body(t, closing) })
		})
	}
}

func allCases() []testCase {
	return slices.Concat(answerCases(), failureCases(), limitCases(), contextCases(), closeCases(), loadCases())
}

// testCase is one sentence of the contract and what holds it up.
type testCase struct {
	name string
	body func(t *testing.T, open opener)
}

// opener opens an executor that is closed when the case ends.
type opener func(t *testing.T, config Config, handler domain.Handler[int, int]) ports.Executor[int, int]
