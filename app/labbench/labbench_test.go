package labbench_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app/labbench"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

func newLab(t *testing.T) (work *lab.Lab, folder string) {
	t.Helper()
	folder = t.TempDir()
	work, err := lab.New(labbench.Bench{Dir: folder, Readers: 4}, labbench.Meter{})
	if err != nil {
		t.Fatalf("New: got %v, want a lab", err)
	}
	return work, folder
}

var (
	serial  = lab.Strategy{Name: lab.Serial, Queue: 100}
	batched = lab.Strategy{Name: lab.Batched, Batch: 2, Queue: 100}
	pooled  = lab.Strategy{Name: lab.Pooled, Workers: 4, Queue: 100}
	perItem = lab.Strategy{Name: lab.PerItem, Workers: 4, Queue: 100}
)

func TestEveryWorkIsDoneByEveryStrategy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		experiment lab.Experiment
		batches    []int // by strategy
	}{
		{lab.Experiment{Work: lab.WorkBulk, Calls: 3, Items: 5}, []int{3, 9, 3, 15}},
		{lab.Experiment{Work: lab.WorkCheck, Calls: 7, Items: 1}, []int{7, 7, 7, 7}},
		{lab.Experiment{Work: lab.WorkFetch, Calls: 3, Items: 5, Upstream: lab.Upstream{Latency: time.Millisecond}}, []int{3, 9, 3, 15}},
	} {
		t.Run(string(test.experiment.Work), func(t *testing.T) {
			t.Parallel()
			work, folder := newLab(t)
			report, err := work.Run(t.Context(), test.experiment, []lab.Strategy{serial, batched, pooled, perItem})
			if err != nil {
				t.Fatalf("Run: got %v, want a report", err)
			}
			for i, run := range report.Runs {
				figures := run.Figures()
				all := test.experiment.Calls * test.experiment.Items
				if figures.Answered != test.experiment.Calls || figures.Done != all || figures.Failed != 0 || figures.Refused != 0 {
					t.Errorf("%s: got %+v, want all %d items of %d calls done", run.Strategy, figures, all, test.experiment.Calls)
				}
				if len(run.Batches) != test.batches[i] {
					t.Errorf("%s: got %d batches, want %d", run.Strategy, len(run.Batches), test.batches[i])
				}
				if figures.PeakGoroutines == 0 || figures.PeakHeap == 0 {
					t.Errorf("%s: got %+v, want how many goroutines and bytes there were", run.Strategy, figures)
				}
			}
			wantEmpty(t, folder)
		})
	}
}

func wantEmpty(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) > 0 {
		t.Errorf("in the lab's folder: got %v and %v, want nothing left", entries, err)
	}
}

func TestNothingIsLeftOfARunThatWasEnded(t *testing.T) {
	t.Parallel()
	for _, experiment := range []lab.Experiment{
		{Work: lab.WorkBulk, Calls: 2000, Items: 50, Gap: time.Millisecond},
		{Work: lab.WorkCheck, Calls: 2000, Items: 1, Gap: time.Millisecond},
		{Work: lab.WorkFetch, Calls: 10, Items: 10, Upstream: lab.Upstream{Latency: 10 * time.Second}},
	} {
		t.Run(string(experiment.Work), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			work, err := lab.New(ending{labbench.Bench{Dir: folder}, cancel}, labbench.Meter{})
			if err != nil {
				t.Fatalf("New: got %v, want a lab", err)
			}
			report, err := work.Run(ctx, experiment, []lab.Strategy{pooled, serial})
			if domain.CodeOf(err) != domain.CodeCanceled || report.Runs != nil {
				t.Errorf("got %+v and %v, want no report and code %q", report, err, domain.CodeCanceled)
			}
			wantEmpty(t, folder)
		})
	}
}

// ending is a bench where the fifth call ends the run, while others go on and more are to come.
type ending struct {
	lab.Bench
	end func()
}

// Open implements lab.Bench.
func (b ending) Open(ctx context.Context, experiment lab.Experiment, strategy lab.Strategy, recorder *lab.Recorder) (lab.Subject, error) {
	subject, err := b.Bench.Open(ctx, experiment, strategy, recorder)
	return endingSubject{subject, b.end}, err
}

type endingSubject struct {
	lab.Subject
	end func()
}

// Call implements lab.Subject.
func (s endingSubject) Call(ctx context.Context, number int) (failed int, err error) {
	if number == 4 {
		s.end()
	}
	return s.Subject.Call(ctx, number)
}

func TestTheCallThatIsToldToPanics(t *testing.T) {
	t.Parallel()
	for _, experiment := range []lab.Experiment{
		{Work: lab.WorkBulk, Calls: 4, Items: 6, Panic: 2},
		{Work: lab.WorkCheck, Calls: 4, Items: 1, Panic: 2},
		{Work: lab.WorkFetch, Calls: 4, Items: 6, Panic: 2},
	} {
		t.Run(string(experiment.Work), func(t *testing.T) {
			t.Parallel()
			work, folder := newLab(t)
			report, err := work.Run(t.Context(), experiment, []lab.Strategy{serial, batched, pooled, perItem})
			if err != nil {
				t.Fatalf("Run: got %v, want a report", err)
			}
			for _, run := range report.Runs {
				for _, batch := range run.Batches {
					if batch.Panicked != (batch.Failed > 0) || batch.Panicked && (batch.Call != 1 || batch.Failed != batch.Items) {
						t.Errorf("%s: got %+v, want one batch of the second call to panic, and no other to fail", run.Strategy, batch)
					}
				}
				if failed := run.Figures().Failed; failed == 0 || failed != run.Calls[1].Failed {
					t.Errorf("%s: %d items failed, want some, all of the second call", run.Strategy, failed)
				}
			}
			wantEmpty(t, folder)
		})
	}
}

// Where nothing can be made, nobody begins.
func TestALabWithoutAPlaceSaysSo(t *testing.T) {
	t.Parallel()
	work, err := lab.New(labbench.Bench{Dir: filepath.Join(t.TempDir(), "nowhere")}, labbench.Meter{})
	if err != nil {
		t.Fatalf("New: got %v, want a lab", err)
	}
	if report, err := work.Run(t.Context(), lab.Experiment{Work: lab.WorkBulk, Calls: 1, Items: 1}, []lab.Strategy{serial}); err == nil {
		t.Errorf("got %+v, want an error: there is no folder for the database", report)
	}
	if report, err := work.Run(t.Context(), lab.Experiment{Work: lab.WorkFetch, Calls: 1, Items: 1}, []lab.Strategy{serial}); err != nil {
		t.Errorf("fetching: got %+v and %v, want a report: it needs no folder", report, err)
	}
}
