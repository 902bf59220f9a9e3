package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// StrategyName says how a use case is run.
type StrategyName string

const (
	// Serial runs one call after the other.
	Serial StrategyName = lab.Serial
	// Batched runs one batch after the other.
	Batched StrategyName = lab.Batched
	// Pooled runs several calls at once.
	Pooled StrategyName = lab.Pooled
	// PerItem runs several items at once, each by itself.
	PerItem StrategyName = lab.PerItem
)

func parseStrategyName(text string) (StrategyName, error) {
	name := StrategyName(strings.ToLower(text))
	if !slices.Contains([]StrategyName{Serial, Batched, Pooled, PerItem}, name) {
		return "", fmt.Errorf("%q is not a strategy", text)
	}
	return name, nil
}

// Strategy says how a use case is run, and with which numbers.
type Strategy struct {
	Name StrategyName `env:"STRATEGY" allowed:"serial, batched, pooled or per-item"`
	// Workers is how many batches run at once, with pooled and per-item; the
	// others have one.
	Workers int `env:"STRATEGY_WORKERS" allowed:"1 to 10000"`
	// Batch is how many items are handled together with batched, where 0 is a
	// whole call; the others have a whole call, but for per-item, which has 1.
	Batch int `env:"STRATEGY_BATCH" allowed:"0 or more, where 0 is a whole call"`
	// Queue is how many calls may wait; one more is refused.
	Queue int `env:"STRATEGY_QUEUE" allowed:"0 to 1000000"`
}

// executorConfig returns the strategy as localexec runs it. Numbers that the
// strategy does not use have no effect.
func (s Strategy) executorConfig() localexec.Config {
	switch s.Name {
	case Batched:
		return localexec.Batched(s.Batch, s.Queue)
	case Pooled:
		return localexec.Pooled(s.Workers, s.Queue)
	case PerItem:
		return localexec.PerItem(s.Workers, s.Queue)
	default:
		return localexec.Serial(s.Queue)
	}
}

// settle sets the numbers that the strategy does not use to those that hold.
func (s *Strategy) settle() {
	effective := s.executorConfig()
	s.Workers, s.Batch = max(1, effective.Workers), effective.BatchSize
}

// newExecutor returns an executor that runs handler by the strategy, whose load is told by
// its name, and that closes with the App.
func newExecutor[In, Out any](a *App, name string, handler domain.Handler[In, Out], strategy Strategy) (domain.Executor[In, Out], error) {
	executor, err := localexec.New(observeHandler(a, name, handler), strategy.executorConfig())
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, executor.Close)
	a.tellLoad(name, executor)
	return observeExecutor(a, name, executor), nil
}
