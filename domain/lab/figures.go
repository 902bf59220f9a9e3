package lab

import (
	"math"
	"slices"
	"time"
)

// Figures are a run in a few numbers.
type Figures struct {
	// Answered is how many calls found room, Refused how many did not.
	Answered, Refused int
	// Done is how many items succeeded, Failed how many did not, without those of refused calls.
	Done, Failed int
	// Throughput is Done for each second that the run took, 0 where it took none.
	Throughput float64
	// Latency is how long the calls took that found room.
	Latency Latency
	// LongestWait is the longest that a batch began after its call was made.
	LongestWait time.Duration
	// PeakRunning, PeakWaiting, PeakGoroutines and PeakHeap are the greatest of all samples.
	PeakRunning, PeakWaiting, PeakGoroutines int
	PeakHeap                                 uint64
}

// Latency is how long a half, nine of ten and 99 of a hundred calls took at most; 0 where there was none.
type Latency struct{ P50, P90, P99 time.Duration }

// Figures returns the numbers of a run. It looks at everything once and sorts the calls.
func (r Run) Figures() Figures {
	var (
		f    Figures
		took = make([]time.Duration, 0, len(r.Calls))
	)
	for _, call := range r.Calls {
		if call.Refused {
			f.Refused++
			continue
		}
		f.Answered++
		f.Done += call.Items - call.Failed
		f.Failed += call.Failed
		took = append(took, call.Answered-call.Asked)
	}
	f.Latency = latencyOf(took)
	if r.Took > 0 {
		f.Throughput = float64(f.Done) / r.Took.Seconds()
	}
	for _, batch := range r.Batches {
		if r.has(batch) {
			f.LongestWait = max(f.LongestWait, batch.Began-r.Calls[batch.Call].Asked)
		}
	}
	for _, sample := range r.Samples {
		f.PeakRunning = max(f.PeakRunning, sample.Running)
		f.PeakWaiting = max(f.PeakWaiting, sample.Waiting)
		f.PeakGoroutines = max(f.PeakGoroutines, sample.Goroutines)
		f.PeakHeap = max(f.PeakHeap, sample.Heap)
	}
	return f
}

// has tells whether the call of a batch is one of the run's.
func (r Run) has(batch Batch) bool { return batch.Call >= 0 && batch.Call < len(r.Calls) }

// Window is what happened between two moments, the second of them left out.
type Window struct {
	From, To time.Duration
	// Done is how many items of the batches that ended succeeded, Failed how many did not.
	Done, Failed int
	// Answered is how many calls were answered that had found room, and Latency how long they took. Refused is how
	// many calls were made that found none.
	Answered, Refused int
	Latency           Latency
}

// Throughput is the items that succeeded for each second.
func (w Window) Throughput() float64 {
	if w.To <= w.From {
		return 0
	}
	return float64(w.Done) / (w.To - w.From).Seconds()
}

// Windows cuts span into count windows of the same length, and returns those that a run reaches into: runs
// that are compared are cut alike, by the span of the longest. What lies behind the last window counts in
// that. A count or span below 1 has no windows.
func (r Run) Windows(count int, span time.Duration) []Window {
	if count < 1 || span < 1 {
		return nil
	}
	edge := func(i int) time.Duration { return time.Duration(float64(span) / float64(count) * float64(i)) }
	at := func(moment time.Duration) int {
		return int(min(float64(count-1), max(0, float64(moment)/float64(span)*float64(count))))
	}
	windows := make([]Window, at(max(0, r.Took-1))+1)
	for i := range windows {
		windows[i].From, windows[i].To = edge(i), edge(i+1)
	}
	of := func(moment time.Duration) *Window { return &windows[min(len(windows)-1, at(moment))] }

	took := make([][]time.Duration, len(windows))
	for _, call := range r.Calls {
		if call.Refused {
			of(call.Asked).Refused++
			continue
		}
		of(call.Answered).Answered++
		i := min(len(windows)-1, at(call.Answered))
		took[i] = append(took[i], call.Answered-call.Asked)
	}
	for i := range windows {
		windows[i].Latency = latencyOf(took[i])
	}
	for _, batch := range r.Batches {
		of(batch.Ended).Done += batch.Items - batch.Failed
		of(batch.Ended).Failed += batch.Failed
	}
	return windows
}

// Span is how long the longest run took.
func (r Report) Span() time.Duration {
	var span time.Duration
	for _, run := range r.Runs {
		span = max(span, run.Took)
	}
	return span
}

// latencyOf sorts what calls took.
func latencyOf(took []time.Duration) Latency {
	slices.Sort(took)
	return Latency{P50: percentile(took, 0.50), P90: percentile(took, 0.90), P99: percentile(took, 0.99)}
}

// percentile returns the least of sorted times that so great a share of them does not exceed, 0 of none.
func percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(share * float64(len(sorted))))
	return sorted[min(len(sorted), max(1, rank))-1]
}
