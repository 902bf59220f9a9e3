package lab

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Patience is how long one strategy may take for an experiment.
const Patience = 30 * time.Second

// Bench is what Lab needs from outside: a place where work is done.
type Bench interface {
	// Open makes what an experiment is done to: a use case over an executor of the strategy, whose handler is Recorded. It is new each time, and
	// nothing in it is left of another run. Lab closes it.
	Open(ctx context.Context, experiment Experiment, strategy Strategy, recorder *Recorder) (Subject, error)
}

// Subject is a use case and the executor below it.
type Subject interface {
	// Call makes the call of a number, from 0, of the use case. It returns how many of its items failed, and why the first did. It hands ctx to the
	// executor, and returns soon after ctx has ended. Calls are made at the same time.
	Call(ctx context.Context, number int) (failed int, err error)
	// Load is the executor's.
	Load() domain.Load
	// Close ends what Open began, and leaves nothing behind. No call is under way.
	Close() error
}

// Lab is the use case of doing the same work by several strategies. It is safe for concurrent use.
type Lab struct {
	bench Bench
	meter Meter
	busy  sync.Mutex // held by the run under way
}

// New returns the use case. The error is domain.CodeInvalid where one of its needs is missing.
func New(bench Bench, meter Meter) (*Lab, error) {
	if bench == nil || meter == nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a lab needs a bench and a meter"}
	}
	return &Lab{bench: bench, meter: meter}, nil
}

// Presets returns the experiments that have a story, in the order in which they are best read.
func (l *Lab) Presets() []Preset { return Presets() }

// Run does the experiment by each of the strategies, one after the other, and returns what happened. What items fail of is no error but
// part of the report.
//
// One run goes on at a time, because two would be seen in each other's figures: a call beside one is domain.CodeUnavailable. The error is
// domain.CodeInvalid with all Problems (Experiment.Check), domain.CodeCanceled or domain.CodeDeadline when ctx ends, domain.CodeTooLarge for a
// strategy that takes longer than Patience, or that of the bench; then there is no report. No goroutine outlives Run.
func (l *Lab) Run(ctx context.Context, experiment Experiment, strategies []Strategy) (Report, error) {
	if err := experiment.Check(strategies); err != nil {
		return Report{}, err
	}
	if !l.busy.TryLock() {
		return Report{}, &domain.Error{Code: domain.CodeUnavailable, Message: "the lab does one experiment at a time, and one is under way"}
	}
	defer l.busy.Unlock()
	report := Report{Experiment: experiment, Made: time.Now()}
	for _, strategy := range strategies {
		run, err := l.run(ctx, experiment, strategy.settled())
		if err != nil {
			return Report{}, err
		}
		report.Runs = append(report.Runs, run)
	}
	return report, nil
}

// run does the experiment by one strategy.
func (l *Lab) run(ctx context.Context, experiment Experiment, strategy Strategy) (run Run, err error) {
	if err := domain.ContextError(ctx); err != nil {
		return Run{}, err
	}
	recorder := &Recorder{}
	subject, err := l.bench.Open(ctx, experiment, strategy, recorder)
	if err != nil {
		return Run{}, err
	}
	defer func() {
		if failed := subject.Close(); err == nil && failed != nil {
			run, err = Run{}, failed
		}
	}()

	limited, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	recorder.began = time.Now()
	sampler := startSampler(recorder.began, subject.Load, l.meter)
	calls := callAll(limited, experiment, subject, recorder.began)
	took := time.Since(recorder.began)
	samples := sampler.end()

	switch {
	case ctx.Err() != nil:
		return Run{}, domain.ContextError(ctx)
	case limited.Err() != nil:
		return Run{}, &domain.Error{
			Code:    domain.CodeTooLarge,
			Message: fmt.Sprintf("%s takes longer than %s for the experiment: make it smaller", strategy, Patience),
		}
	}
	batches, err := recorder.written()
	if err != nil {
		return Run{}, err
	}
	done, err := settle(calls, batches)
	if err != nil {
		return Run{}, err
	}
	return Run{Strategy: strategy, Took: took, Calls: done, Batches: batches, Samples: samples}, nil
}

// answeredCall is a call and the error of the first of its items that failed.
type answeredCall struct {
	Call
	err error
}

// callAll makes the calls at their times, and returns when all of those that were made are answered. The end of ctx makes no more.
func callAll(ctx context.Context, experiment Experiment, subject Subject, began time.Time) []answeredCall {
	calls := make([]answeredCall, experiment.Calls)
	var underWay sync.WaitGroup
	for number := range calls {
		if !sleepUntil(ctx, began.Add(time.Duration(number)*experiment.Gap)) {
			break
		}
		call := &calls[number]
		call.Items, call.Asked = experiment.Items, time.Since(began)
		underWay.Go(func() {
			call.Failed, call.err = callOne(withCall(ctx, number), subject, number)
			call.Answered = time.Since(began)
		})
	}
	underWay.Wait()
	return calls
}

// callOne makes one call. A panic of it, which no executor has caught, is an error and not the end of the process.
func callOne(ctx context.Context, subject Subject, number int) (failed int, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &brokenBench{&domain.PanicError{Value: value, Stack: debug.Stack()}}
		}
	}()
	return subject.Call(ctx, number)
}

// brokenBench is a panic of a subject, where that of a handler is one of its items' errors.
type brokenBench struct{ error }

// Unwrap returns the panic.
func (b *brokenBench) Unwrap() error { return b.error }

// settle returns the calls with which of them were refused: those that found no room, so that no batch of them began.
func settle(answered []answeredCall, batches []Batch) ([]Call, error) {
	began := make([]bool, len(answered))
	for _, batch := range batches {
		began[batch.Call] = true
	}
	calls := make([]Call, len(answered))
	for i, call := range answered {
		if broken := (*brokenBench)(nil); errors.As(call.err, &broken) {
			return nil, broken
		}
		calls[i] = call.Call
		calls[i].Refused = !began[i] && domain.CodeOf(call.err) == domain.CodeUnavailable
	}
	return calls, nil
}

// sleepUntil returns whether the moment came before ctx ended.
func sleepUntil(ctx context.Context, moment time.Time) bool {
	wait := time.Until(moment)
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
