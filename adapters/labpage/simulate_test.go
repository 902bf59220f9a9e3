package labpage_test

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

const ms = time.Millisecond

// simulated is a report of what strategies would do: what takes how long is said by cost, and chance is the same each time.
func simulated(e lab.Experiment, cost func(call, item int, chance *rand.Rand) time.Duration, strategies ...lab.Strategy) lab.Report {
	report := lab.Report{Experiment: e, Made: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for _, strategy := range strategies {
		report.Runs = append(report.Runs, simulate(e, cost, strategy))
	}
	return report
}

// simulate plays a run: a call takes a place, its batches take workers one after the other, and who waits longest is first.
func simulate(e lab.Experiment, cost func(call, item int, chance *rand.Rand) time.Duration, s lab.Strategy) lab.Run {
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time is what is wanted
	run := lab.Run{Strategy: s}
	size := s.Batch
	if s.Name == "per-item" {
		size = 1
	}
	if size == 0 || s.Name == "serial" || s.Name == "pooled" {
		size = e.Items
	}
	workers := max(1, s.Workers)
	free := make([]time.Duration, workers) // from when on
	type turn struct {
		call int
		at   time.Duration
	}
	var (
		left     = make([]int, e.Calls)
		open     = make([]int, e.Calls)
		queue    []turn
		answered []time.Duration
	)
	inside := func(at time.Duration) int {
		n := len(answered)
		for _, end := range answered {
			if end <= at {
				n--
			}
		}
		return n
	}
	// start gives the first in the queue to a worker, as long as one is free before a time.
	start := func(until time.Duration) {
		for len(queue) > 0 {
			worker := slices.Index(free, slices.Min(free))
			next := queue[0]
			began := max(next.at, free[worker])
			if began >= until {
				return
			}
			queue = queue[1:]
			items := min(size, left[next.call])
			batch := lab.Batch{Call: next.call, Worker: worker, Began: began, Items: items}
			took := time.Duration(0)
			for i := range items {
				took += cost(next.call, e.Items-left[next.call]+i, chance)
				if e.Work == lab.WorkFetch && chance.Float64() < e.Upstream.Failures {
					batch.Failed++
				}
			}
			batch.Ended = began + took
			if e.Panic == next.call+1 && left[next.call] == e.Items {
				batch.Panicked, batch.Failed = true, items
			}
			left[next.call] -= items
			free[worker] = batch.Ended
			call := &run.Calls[next.call]
			call.Failed += batch.Failed
			call.Answered = max(call.Answered, batch.Ended)
			answered[open[next.call]] = call.Answered
			if left[next.call] > 0 {
				answered[open[next.call]] = 1 << 62
				queue = append(queue, turn{next.call, began})
			}
			run.Batches = append(run.Batches, batch)
		}
	}
	for i := range e.Calls {
		at := time.Duration(i) * e.Gap
		start(at)
		call := lab.Call{Asked: at, Answered: at, Items: e.Items}
		if inside(at) >= workers+s.Queue {
			call.Refused, call.Failed = true, e.Items
		} else {
			left[i], open[i] = e.Items, len(answered)
			answered = append(answered, 1<<62)
			queue = append(queue, turn{i, at})
		}
		run.Calls = append(run.Calls, call)
	}
	start(1 << 62)
	for _, call := range run.Calls {
		run.Took = max(run.Took, call.Answered)
	}
	slices.SortStableFunc(run.Batches, func(a, b lab.Batch) int { return int(a.Began - b.Began) })
	run.Samples = samplesOf(run, chance)
	return run
}

// samplesOf looks at a run a hundred times.
func samplesOf(run lab.Run, chance *rand.Rand) []lab.Sample {
	var samples []lab.Sample
	heap := uint64(8 << 20)
	for i := range 101 {
		s := lab.Sample{At: run.Took / 100 * time.Duration(i)}
		for _, call := range run.Calls {
			switch {
			case call.Refused && call.Asked <= s.At:
				s.Refused++
			case !call.Refused && call.Asked <= s.At && call.Answered > s.At:
				s.Goroutines++
			}
		}
		for _, batch := range run.Batches {
			if batch.Began <= s.At && batch.Ended > s.At {
				s.Running++
			}
		}
		s.Waiting = max(0, s.Goroutines-max(1, run.Strategy.Workers))
		s.Goroutines += s.Running + 9
		if heap += uint64(chance.IntN(1 << 20)); heap > 24<<20 {
			heap = 9 << 20
		}
		s.Heap = heap
		samples = append(samples, s)
	}
	return samples
}
