package lab_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

const ms = time.Millisecond

// hundred is a run of a hundred calls, of which the call i is made at i ms, takes i+1 ms and waits for half of them.
func hundred() lab.Run {
	run := lab.Run{Took: 200 * ms}
	for i := range 100 {
		asked, took := time.Duration(i)*ms, time.Duration(i+1)*ms
		run.Calls = append(run.Calls, lab.Call{Asked: asked, Answered: asked + took, Items: 3, Failed: i % 2})
		run.Batches = append(run.Batches, lab.Batch{Call: i, Began: asked + took/2, Ended: asked + took, Items: 3, Failed: i % 2})
	}
	return run
}

func TestFiguresOfARun(t *testing.T) {
	t.Parallel()
	run := hundred()
	run.Calls = append(run.Calls, lab.Call{Asked: 5 * ms, Answered: 5 * ms, Items: 1000, Failed: 1000, Refused: true})
	run.Samples = []lab.Sample{{Running: 1, Waiting: 9, Goroutines: 20, Heap: 7}, {Running: 3, Waiting: 2, Goroutines: 12, Heap: 8}}
	got := run.Figures()
	want := lab.Figures{
		Answered: 100, Refused: 1, Done: 250, Failed: 50, Throughput: 1250,
		Latency:     lab.Latency{P50: 50 * ms, P90: 90 * ms, P99: 99 * ms},
		LongestWait: 50 * ms, PeakRunning: 3, PeakWaiting: 9, PeakGoroutines: 20, PeakHeap: 8,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v: a refused call counts as nothing but refused", got, want)
	}
}

func TestFiguresOfFewCalls(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		run  lab.Run
		want lab.Figures
	}{
		{"a run of nothing has no figures", lab.Run{}, lab.Figures{}},
		{"one call is its own percentiles", lab.Run{Calls: []lab.Call{{Answered: ms, Items: 1}}}, lab.Figures{Answered: 1, Done: 1, Latency: lab.Latency{P50: ms, P90: ms, P99: ms}}},
		{"a run in which all was refused has no latency", lab.Run{Took: ms, Calls: []lab.Call{{Refused: true, Items: 4, Failed: 4}}}, lab.Figures{Refused: 1}},
		{"a batch of no call waits for nothing", lab.Run{Batches: []lab.Batch{{Call: -1, Began: ms}, {Call: 1, Began: ms}}}, lab.Figures{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.run.Figures(); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestWindowsHoldEverythingOnce(t *testing.T) {
	t.Parallel()
	run := hundred()
	run.Calls = append(run.Calls, lab.Call{Asked: 30 * ms, Refused: true})
	for _, count := range []int{1, 2, 7, 40, 1000} {
		var answered, refused, done, failed int
		windows := run.Windows(count, run.Took)
		for i, window := range windows {
			if i > 0 && window.From != windows[i-1].To {
				t.Errorf("%d windows: number %d begins at %v, want it where the one before ends", count, i, window.From)
			}
			answered, refused, done, failed = answered+window.Answered, refused+window.Refused, done+window.Done, failed+window.Failed
		}
		if len(windows) != count || windows[0].From != 0 || windows[count-1].To != run.Took {
			t.Errorf("got %d windows to %v, want %d to %v", len(windows), windows[len(windows)-1].To, count, run.Took)
		}
		if answered != 100 || refused != 1 || done != 250 || failed != 50 {
			t.Errorf("%d windows: %d answered, %d refused, %d done, %d failed, want 100, 1, 250 and 50", count, answered, refused, done, failed)
		}
	}
}

func TestWindowsTellWhatHappenedInThem(t *testing.T) {
	t.Parallel()
	run := lab.Run{
		Took:    20 * ms,
		Calls:   []lab.Call{{Answered: 9 * ms}, {Answered: 10 * ms}, {Asked: 19 * ms, Refused: true}},
		Batches: []lab.Batch{{Ended: 9 * ms, Items: 5, Failed: 1}, {Ended: 90 * ms, Items: 2}},
	}
	got := run.Windows(4, 40*ms)
	want := []lab.Window{
		{To: 10 * ms, Done: 4, Failed: 1, Answered: 1, Latency: lab.Latency{P50: 9 * ms, P90: 9 * ms, P99: 9 * ms}},
		{From: 10 * ms, To: 20 * ms, Done: 2, Answered: 1, Refused: 1, Latency: lab.Latency{P50: 10 * ms, P90: 10 * ms, P99: 10 * ms}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v: half of the span, as the run took, and what is late in the last one", got, want)
	}
	if got := want[0].Throughput(); got != 400 {
		t.Errorf("the throughput is %v, want 400 a second: 4 items in 10 ms", got)
	}
	if got := (lab.Window{Done: 1}).Throughput(); got != 0 {
		t.Errorf("the throughput of a window without a length is %v, want 0", got)
	}
}

func TestThereMayBeNoWindows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		count int
		span  time.Duration
	}{{0, ms}, {-1, ms}, {4, 0}, {4, -ms}} {
		if got := hundred().Windows(test.count, test.span); got != nil {
			t.Errorf("%d windows of %v: got %v, want none", test.count, test.span, got)
		}
	}
	if got := (lab.Run{}).Windows(4, ms); len(got) != 1 {
		t.Errorf("a run of nothing has %d windows, want 1", len(got))
	}
}

func TestTheSpanOfAReportIsThatOfItsLongestRun(t *testing.T) {
	t.Parallel()
	if got := (lab.Report{Runs: []lab.Run{{Took: ms}, {Took: 3 * ms}, {Took: 2 * ms}}}).Span(); got != 3*ms {
		t.Errorf("got %v, want 3 ms", got)
	}
	if got := (lab.Report{}).Span(); got != 0 {
		t.Errorf("of no run: got %v, want 0", got)
	}
}
