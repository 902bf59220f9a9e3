package labbench_test

import (
	"context"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// A goroutine has the labels of the one that started it, so those of a run are known from all others.
func TestNoGoroutineIsLeftOfARun(t *testing.T) {
	t.Parallel()
	for _, experiment := range []lab.Experiment{
		{Work: lab.WorkBulk, Calls: 3, Items: 5, Panic: 2},
		{Work: lab.WorkCheck, Calls: 7, Items: 1, Panic: 2},
		{Work: lab.WorkFetch, Calls: 3, Items: 5, Panic: 2, Upstream: lab.Upstream{Latency: ms, Failures: 0.5}},
	} {
		t.Run(string(experiment.Work), func(t *testing.T) {
			t.Parallel()
			work, _ := newLab(t)
			mark := t.Name()
			pprof.Do(t.Context(), pprof.Labels("lab", mark), func(ctx context.Context) {
				if !strings.Contains(goroutines(t), mark) {
					t.Fatal("the label of this goroutine is not seen, so nothing would be")
				}
				if _, err := work.Run(ctx, experiment, []lab.Strategy{serial, perItem}); err != nil {
					t.Errorf("Run: got %v, want a report", err)
				}
			})
			// What has been told to end, such as a connection, may still be on its way out.
			for end := time.Now().Add(20 * time.Second); strings.Contains(goroutines(t), mark); time.Sleep(ms) {
				if time.Now().After(end) {
					t.Fatalf("goroutines are left:\n%s", goroutines(t))
				}
			}
		})
	}
}

func goroutines(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		t.Fatalf("got %v, want the goroutines", err)
	}
	return text.String()
}
