package cli

import (
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// presetRow is a preset for machines. Times are in milliseconds here, and in all rows of the lab.
type presetRow struct {
	Name       string        `json:"name"`
	Title      string        `json:"title"`
	Story      string        `json:"story"`
	Choice     string        `json:"choice"`
	Experiment experimentRow `json:"experiment"`
	Strategies []string      `json:"strategies"`
}

func rowOfPreset(p lab.Preset) presetRow {
	row := presetRow{Name: p.Name, Title: p.Title, Story: p.Story, Choice: p.Choice, Experiment: rowOfExperiment(p.Experiment)}
	for _, strategy := range p.Strategies {
		row.Strategies = append(row.Strategies, strategy.String())
	}
	return row
}

type experimentRow struct {
	Work     lab.Work `json:"work"`
	Calls    int      `json:"calls"`
	Items    int      `json:"items"`
	Gap      float64  `json:"gap_ms"`
	Latency  float64  `json:"latency_ms"`
	Jitter   float64  `json:"jitter_ms"`
	Failures float64  `json:"failures"`
	Slow     float64  `json:"slow_ms"`
	Panic    int      `json:"panic"`
}

func rowOfExperiment(e lab.Experiment) experimentRow {
	return experimentRow{
		Work: e.Work, Calls: e.Calls, Items: e.Items, Gap: inMS(e.Gap), Panic: e.Panic,
		Latency: inMS(e.Upstream.Latency), Jitter: inMS(e.Upstream.Jitter), Failures: e.Upstream.Failures, Slow: inMS(e.Upstream.Slow),
	}
}

// reportRow is a report for machines.
type reportRow struct {
	Preset     string        `json:"preset,omitempty"`
	Made       time.Time     `json:"made"`
	Experiment experimentRow `json:"experiment"`
	Runs       []runRow      `json:"runs"`
}

func rowOfReport(p lab.Preset, r lab.Report) reportRow {
	row := reportRow{Preset: p.Name, Made: r.Made.UTC(), Experiment: rowOfExperiment(r.Experiment)}
	for _, run := range r.Runs {
		row.Runs = append(row.Runs, rowOfRun(run))
	}
	return row
}

type runRow struct {
	Strategy   string      `json:"strategy"`
	Took       float64     `json:"took_ms"`
	Throughput float64     `json:"items_per_second"`
	P50        float64     `json:"p50_ms"`
	P90        float64     `json:"p90_ms"`
	P99        float64     `json:"p99_ms"`
	Waited     float64     `json:"longest_wait_ms"`
	Answered   int         `json:"calls_answered"`
	Refused    int         `json:"calls_refused"`
	Done       int         `json:"items_done"`
	Failed     int         `json:"items_failed"`
	Goroutines int         `json:"peak_goroutines"`
	Heap       uint64      `json:"peak_heap_bytes"`
	Calls      []callRow   `json:"calls"`
	Batches    []batchRow  `json:"batches"`
	Samples    []sampleRow `json:"samples"`
}

func rowOfRun(run lab.Run) runRow {
	f := run.Figures()
	row := runRow{
		Strategy: run.Strategy.String(), Took: inMS(run.Took), Throughput: f.Throughput,
		P50: inMS(f.Latency.P50), P90: inMS(f.Latency.P90), P99: inMS(f.Latency.P99), Waited: inMS(f.LongestWait),
		Answered: f.Answered, Refused: f.Refused, Done: f.Done, Failed: f.Failed, Goroutines: f.PeakGoroutines, Heap: f.PeakHeap,
	}
	for _, call := range run.Calls {
		row.Calls = append(row.Calls, callRow{inMS(call.Asked), inMS(call.Answered), call.Items, call.Failed, call.Refused})
	}
	for _, b := range run.Batches {
		row.Batches = append(row.Batches, batchRow{b.Call, b.Worker, inMS(b.Began), inMS(b.Ended), b.Items, b.Failed, b.Panicked})
	}
	for _, s := range run.Samples {
		row.Samples = append(row.Samples, sampleRow{inMS(s.At), s.Running, s.Waiting, s.Refused, s.Goroutines, s.Heap})
	}
	return row
}

type callRow struct {
	Asked    float64 `json:"asked_ms"`
	Answered float64 `json:"answered_ms"`
	Items    int     `json:"items"`
	Failed   int     `json:"failed"`
	Refused  bool    `json:"refused"`
}

type batchRow struct {
	Call     int     `json:"call"`
	Worker   int     `json:"worker"`
	Began    float64 `json:"began_ms"`
	Ended    float64 `json:"ended_ms"`
	Items    int     `json:"items"`
	Failed   int     `json:"failed"`
	Panicked bool    `json:"panicked"`
}

type sampleRow struct {
	At         float64 `json:"at_ms"`
	Running    int     `json:"running"`
	Waiting    int     `json:"waiting"`
	Refused    int     `json:"refused"`
	Goroutines int     `json:"goroutines"`
	Heap       uint64  `json:"heap_bytes"`
}

// inMS returns a time in milliseconds, to the microsecond.
func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
