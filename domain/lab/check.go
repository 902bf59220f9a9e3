package lab

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The bounds of experiments. They keep a report small enough to be drawn, and a run from taking a machine for itself.
const (
	MaxCalls      = 2_000
	MaxItems      = 10_000  // of a call
	MaxAllItems   = 100_000 // of all calls
	MaxBatches    = 20_000  // of a strategy
	MaxStrategies = 8
	MaxWorkers    = 1_000
	MaxBatch      = 10_000
	MaxQueue      = 10_000
	MaxWait       = 10 * time.Second // for each of an experiment's times
)

// The fields that a Problem of an experiment names. Those of a strategy are strategies.N.workers and so on, where N counts from 1.
const (
	FieldWork       = "work"
	FieldCalls      = "calls"
	FieldItems      = "items"
	FieldGap        = "gap"
	FieldLatency    = "latency"
	FieldJitter     = "jitter"
	FieldFailures   = "failures"
	FieldSlow       = "slow"
	FieldPanic      = "panic"
	FieldStrategies = "strategies"
)

// Check returns nil for what Lab.Run does, and else a domain.CodeInvalid error with all Problems. A work or a name of a strategy that
// there is none of is domain.ProblemUnknown; a strategy that would cut the items into more than MaxBatches has too small a batch. The limits of
// times are in milliseconds.
func (e Experiment) Check(strategies []Strategy) error {
	var c checking
	if !slices.Contains(Works(), e.Work) {
		c.add(FieldWork, domain.ProblemUnknown, 0)
	}
	maxItems := MaxItems
	if e.Work == WorkCheck {
		maxItems = 1
	}
	c.within(FieldCalls, e.Calls, 1, MaxCalls)
	if c.within(FieldItems, e.Items, 1, maxItems) && e.Calls > 0 && e.Items > MaxAllItems/e.Calls {
		c.add(FieldItems, domain.ProblemTooBig, int64(MaxAllItems/e.Calls))
	}
	c.time(FieldGap, e.Gap, MaxWait)
	c.within(FieldPanic, e.Panic, 0, max(0, e.Calls))
	e.Upstream.check(&c)
	c.within(FieldStrategies, len(strategies), 1, MaxStrategies)
	for i, strategy := range strategies {
		strategy.check(&c, fmt.Sprintf("%s.%d.", FieldStrategies, i+1), e)
	}
	return c.err()
}

func (u Upstream) check(c *checking) {
	if c.time(FieldLatency, u.Latency, MaxWait) {
		c.time(FieldJitter, u.Jitter, u.Latency)
	}
	switch {
	case u.Failures < 0:
		c.add(FieldFailures, domain.ProblemTooSmall, 0)
	case u.Failures > 1 || math.IsNaN(u.Failures):
		c.add(FieldFailures, domain.ProblemTooBig, 1)
	}
	c.time(FieldSlow, u.Slow, MaxWait)
}

func (s Strategy) check(c *checking, prefix string, e Experiment) {
	if !slices.Contains(Strategies(), s.Name) {
		c.add(prefix+"name", domain.ProblemUnknown, 0)
		return
	}
	s = s.settled()
	c.within(prefix+"workers", s.Workers, 1, MaxWorkers)
	if c.within(prefix+"batch", s.Batch, 0, MaxBatch) && s.batches(e) > MaxBatches {
		c.add(prefix+"batch", domain.ProblemTooSmall, int64(ceil(e.Items, MaxBatches/e.Calls)))
	}
	c.within(prefix+"queue", s.Queue, 0, MaxQueue)
}

// batches returns how many batches the strategy makes of an experiment that is within its bounds, 0 of any other.
func (s Strategy) batches(e Experiment) int {
	switch {
	case e.Calls < 1 || e.Calls > MaxCalls || e.Items < 1:
		return 0
	case s.Batch == 0:
		return e.Calls
	default:
		return e.Calls * ceil(e.Items, s.Batch)
	}
}

// ceil returns a / b, rounded up.
func ceil(a, b int) int { return (a + b - 1) / b }

// checking collects problems.
type checking struct{ problems []domain.Problem }

func (c *checking) add(field string, code domain.ProblemCode, limit int64) {
	c.problems = append(c.problems, domain.Problem{Field: field, Code: code, Limit: limit})
}

// within reports a number that is out of its bounds, and tells whether it is in them.
func (c *checking) within(field string, number, least, greatest int) bool {
	switch {
	case number < least:
		c.add(field, domain.ProblemTooSmall, int64(least))
	case number > greatest:
		c.add(field, domain.ProblemTooBig, int64(greatest))
	default:
		return true
	}
	return false
}

func (c *checking) time(field string, d, greatest time.Duration) bool {
	switch {
	case d < 0:
		c.add(field, domain.ProblemTooSmall, 0)
	case d > greatest:
		c.add(field, domain.ProblemTooBig, greatest.Milliseconds())
	default:
		return true
	}
	return false
}

func (c *checking) err() error {
	if len(c.problems) == 0 {
		return nil
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: "the experiment is not as it may be", Problems: c.problems}
}
