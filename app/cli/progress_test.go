package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app/cli"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestProgressOfAJobWhoseRowsAreStillComing(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	cli.TellProgress(&told, [2]int{0, 0}, [2]int{1, 0}, [2]int{10, 100}, [2]int{30, 200}, [2]int{150, 200}, [2]int{200, 200})
	if want := "saved 10 of 100\nsaved 150 of 200\n"; told.String() != want {
		t.Errorf("got %q, want %q: a tenth is one of the total that there is by then", told.String(), want)
	}
}

// Who begins to watch a job that is half done is told its pace, not that half of it was done in
// no time.
func TestThePaceOfAJobIsThatOfAllItsTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	job := domain.Job{State: domain.JobRunning, Total: 1000, Done: 490, Rejected: 10, Started: now.Add(-50 * time.Second)}
	for name, test := range map[string]struct {
		change func(*domain.Job)
		want   string
	}{
		"half done":     {func(*domain.Job) {}, " 10 rows/s, 50s left"},
		"not begun":     {func(job *domain.Job) { job.State, job.Started = domain.JobQueued, time.Time{} }, ""},
		"nothing ended": {func(job *domain.Job) { job.Done, job.Rejected = 0, 0 }, ""},
		"done":          {func(job *domain.Job) { job.State, job.Ended = domain.JobDone, now }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := job
			test.change(&job)
			if got := cli.PaceOf(job, now); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
