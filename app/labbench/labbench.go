// Package labbench is where the strategy lab does its work: the use cases of roster over the adapters that serve requests,
// each in a place of its own that nothing else uses. It never touches the configured database and asks nobody outside this machine.
package labbench

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// Bench opens subjects. It is safe for concurrent use.
type Bench struct {
	// Dir is where each subject that needs one has a folder for its database; "" is the system's folder for temporary files.
	Dir string
	// Readers is how many connections read a database (sqlitestore.Config): as many as those of a server, or the lab tells of another one.
	Readers int
}

var _ lab.Bench = Bench{}

// Open implements lab.Bench. For lab.WorkBulk the subject is domain.BulkCreate over a new SQLite file; for lab.WorkCheck it is domain.Check
// over one with a person for each call; for lab.WorkFetch it is domain.Fetch over an HTTP client and a server on the loopback interface. The
// garbage of what was before is collected, so that heaps begin alike.
func (b Bench) Open(ctx context.Context, experiment lab.Experiment, strategy lab.Strategy, recorder *lab.Recorder) (lab.Subject, error) {
	s := &subject{}
	var err error
	switch experiment.Work {
	case lab.WorkBulk:
		err = b.openBulk(ctx, s, experiment, strategy, recorder)
	case lab.WorkCheck:
		err = b.openCheck(ctx, s, experiment, strategy, recorder)
	case lab.WorkFetch:
		err = openFetch(ctx, s, experiment, strategy, recorder)
	default:
		err = &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("nobody knows how to %q", experiment.Work)}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	runtime.GC()
	return s, nil
}

// subject is a use case, and what ends with it.
type subject struct {
	call    func(ctx context.Context, number int) (failed int, err error)
	load    func() domain.Load
	closers []func() error // in the order in which things were opened
}

func (s *subject) Call(ctx context.Context, number int) (failed int, err error) {
	return s.call(ctx, number)
}

func (s *subject) Load() domain.Load { return s.load() }

func (s *subject) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

func (s *subject) closing(closer func() error) { s.closers = append(s.closers, closer) }

// newExecutor returns an executor of the strategy that closes with the subject, and whose handler is recorded. The handler panics at the item
// that isBad tells.
func newExecutor[In, Out any](
	s *subject, handler domain.Handler[In, Out], isBad func(In) bool, strategy lab.Strategy, recorder *lab.Recorder,
) (domain.Executor[In, Out], error) {
	executor, err := localexec.New(lab.Recorded(recorder, panicking(handler, isBad)), executorConfig(strategy))
	if err != nil {
		return nil, err
	}
	s.closing(executor.Close)
	s.load = executor.Load
	return executor, nil
}

// executorConfig returns the strategy as localexec runs it, and so a server.
func executorConfig(strategy lab.Strategy) localexec.Config {
	switch strategy.Name {
	case lab.Batched:
		return localexec.Batched(strategy.Batch, strategy.Queue)
	case lab.Pooled:
		return localexec.Pooled(strategy.Workers, strategy.Queue)
	case lab.PerItem:
		return localexec.PerItem(strategy.Workers, strategy.Queue)
	default:
		return localexec.Serial(strategy.Queue)
	}
}

// panicking returns handler, but for batches with a bad item: there it panics, as a bug would.
func panicking[In, Out any](handler domain.Handler[In, Out], isBad func(In) bool) domain.Handler[In, Out] {
	return func(ctx context.Context, batch []In) []domain.Outcome[Out] {
		for _, item := range batch {
			if isBad(item) {
				panic("the lab was told to panic here")
			}
		}
		return handler(ctx, batch)
	}
}

// failures returns how many outcomes failed, and why the first did.
func failures[T any](outcomes []domain.Outcome[T]) (failed int, first error) {
	succeeded, first := domain.Tally(outcomes)
	return len(outcomes) - succeeded, first
}
