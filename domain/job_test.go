package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// jobIn returns a job of three chunks of 10 rows that is in a state at noon.
func jobIn(t *testing.T, state domain.JobState, options ...func(*domain.Job)) domain.Job {
	t.Helper()
	job := domain.NewJob("0198", domain.JobGenerate, noon)
	for _, option := range options {
		option(&job)
	}
	job, err := job.Receive([]domain.Chunk{{Rows: 10}, {Number: 1, First: 10, Rows: 10}, {Number: 2, First: 20, Rows: 10}}, noon)
	then := func(change func() (domain.Job, error)) {
		if err == nil {
			job, err = change()
		}
	}
	if state != domain.JobReceiving {
		then(func() (domain.Job, error) { return job.Submit(noon) })
	}
	if state != domain.JobReceiving && state != domain.JobQueued {
		then(func() (domain.Job, error) { return job.Begin(noon) })
	}
	switch state {
	case domain.JobDone:
		then(func() (domain.Job, error) { return job.End(endsOf(0, 1, 2), noon) })
	case domain.JobFailed:
		then(func() (domain.Job, error) { return job.Fail("a reason", noon) })
	case domain.JobCanceled:
		then(func() (domain.Job, error) { return job.Cancel(noon) })
	}
	if err != nil || job.State != state {
		t.Fatalf("got a job that is %s and %v, want one that is %s", job.State, err, state)
	}
	return job
}

func atomic(job *domain.Job) { job.Atomic = true }

// endsOf returns ends of chunks of 10 rows of which 9 were saved and one was refused.
func endsOf(numbers ...int) []domain.ChunkEnd {
	var ends []domain.ChunkEnd
	for _, number := range numbers {
		ends = append(ends, domain.ChunkEnd{Number: number, Drafts: make([]domain.Draft, 9), Rejected: 1})
	}
	return ends
}

func TestWhatAJobAllowsInEachState(t *testing.T) {
	t.Parallel()
	later := noon.Add(time.Minute)
	verbs := []struct {
		name   string
		change func(domain.Job) (domain.Job, error)
		to     map[domain.JobState]domain.JobState // others are conflicts
	}{
		{"Receive", func(j domain.Job) (domain.Job, error) { return j.Receive([]domain.Chunk{{Rows: 1}}, later) },
			map[domain.JobState]domain.JobState{domain.JobReceiving: domain.JobReceiving}},
		{"Submit", func(j domain.Job) (domain.Job, error) { return j.Submit(later) },
			map[domain.JobState]domain.JobState{domain.JobReceiving: domain.JobQueued}},
		{"Begin", func(j domain.Job) (domain.Job, error) { return j.Begin(later) },
			map[domain.JobState]domain.JobState{domain.JobQueued: domain.JobRunning, domain.JobRunning: domain.JobRunning}},
		{"End", func(j domain.Job) (domain.Job, error) { return j.End(endsOf(0), later) },
			map[domain.JobState]domain.JobState{domain.JobRunning: domain.JobRunning}},
		{"End of the last", func(j domain.Job) (domain.Job, error) { return j.End(endsOf(0, 1, 2), later) },
			map[domain.JobState]domain.JobState{domain.JobRunning: domain.JobDone}},
		{"Fail", func(j domain.Job) (domain.Job, error) { return j.Fail("a reason", later) },
			map[domain.JobState]domain.JobState{
				domain.JobReceiving: domain.JobFailed, domain.JobQueued: domain.JobFailed, domain.JobRunning: domain.JobFailed,
			}},
		{"Cancel", func(j domain.Job) (domain.Job, error) { return j.Cancel(later) },
			map[domain.JobState]domain.JobState{
				domain.JobReceiving: domain.JobCanceled, domain.JobQueued: domain.JobCanceled,
				domain.JobRunning: domain.JobCanceled, domain.JobCanceled: domain.JobCanceled,
			}},
	}
	for _, verb := range verbs {
		for _, state := range domain.JobStates() {
			before := jobIn(t, state)
			after, err := verb.change(before)
			want, allowed := verb.to[state]
			switch {
			case !allowed && (domain.CodeOf(err) != domain.CodeConflict || after != domain.Job{}):
				t.Errorf("%s of a job that is %s: got %v and %v, want no job and a conflict", verb.name, state, after, err)
			case allowed && (err != nil || after.State != want):
				t.Errorf("%s of a job that is %s: got one that is %s and %v, want one that is %s", verb.name, state, after.State, err, want)
			case allowed && state != want && !after.Changed.Equal(later):
				t.Errorf("%s of a job that is %s: got one that changed at %v, want %v", verb.name, state, after.Changed, later)
			case allowed && after.IsOver() != !after.Ended.IsZero():
				t.Errorf("%s of a job that is %s: got one that ended at %v, want a time where it is over: %t", verb.name, state, after.Ended, after.IsOver())
			case allowed && state == domain.JobRunning && !after.Started.Equal(noon):
				t.Errorf("%s of a job that is %s: got one that started at another time", verb.name, state)
			}
		}
	}
}

func TestAJobCountsWhatBecomesOfItsRows(t *testing.T) {
	t.Parallel()
	job := jobIn(t, domain.JobRunning)
	if job.Total != 30 || job.Chunks != 3 || job.Left != 3 {
		t.Fatalf("got %d rows in %d chunks of which %d are left, want 30 in 3 and 3", job.Total, job.Chunks, job.Left)
	}
	job, err := job.End([]domain.ChunkEnd{{Number: 2, Checked: 7, Rejected: 3}}, noon)
	if err != nil || job.Done != 7 || job.Rejected != 3 || job.Left != 2 {
		t.Errorf("End of a chunk: got %d done, %d rejected, %d left and %v, want 7, 3, 2", job.Done, job.Rejected, job.Left, err)
	}
	job, err = job.End(endsOf(0, 1), noon)
	if err != nil || job.Done != 25 || job.Rejected != 5 || job.Left != 0 || job.State != domain.JobDone {
		t.Errorf("End of the others: got %d done, %d rejected, %d left, %s and %v, want 25, 5, 0, done", job.Done, job.Rejected, job.Left, job.State, err)
	}
}

func TestAJobThatIsAllOrNothingFailsOverOneRow(t *testing.T) {
	t.Parallel()
	ends := []domain.ChunkEnd{{Number: 0, Checked: 10}, {Number: 1, Checked: 8, Rejected: 2}, {Number: 2, Checked: 10}}
	job, err := jobIn(t, domain.JobRunning, atomic).End(ends, noon)
	if err != nil || job.State != domain.JobFailed || job.Done != 0 || job.Rejected != 2 || !strings.Contains(job.Reason, "2 of 30 rows") {
		t.Errorf("got %s, %d done, %d rejected, %q and %v, want failed, 0, 2 and a reason that says 2 of 30 rows", job.State, job.Done, job.Rejected, job.Reason, err)
	}
}

func TestAJobFailsOverTooManyRefusals(t *testing.T) {
	t.Parallel()
	job := jobIn(t, domain.JobRunning)
	job, err := job.End([]domain.ChunkEnd{{Rejected: domain.MaxJobRefusals}}, noon)
	if err != nil || job.State != domain.JobRunning {
		t.Errorf("at the limit: got %s and %v, want running", job.State, err)
	}
	job, err = job.End([]domain.ChunkEnd{{Number: 1, Drafts: make([]domain.Draft, 9), Rejected: 1}}, noon)
	if err != nil || job.State != domain.JobFailed || job.Reason == "" || job.Done != 9 {
		t.Errorf("behind the limit: got %s, %d done, %q and %v, want failed with a reason, and what was saved counted", job.State, job.Done, job.Reason, err)
	}
}

func TestAJobHasNoMoreRowsThanAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		atomic bool
		most   int
	}{{false, domain.MaxJobRows}, {true, domain.MaxAtomicRows}} {
		job := domain.NewJob("0198", domain.JobImport, noon)
		job.Atomic = c.atomic
		job, err := job.Receive([]domain.Chunk{{Rows: c.most}}, noon)
		if err != nil || job.Total != int64(c.most) {
			t.Errorf("atomic %t: Receive of %d rows: got %d and %v, want all", c.atomic, c.most, job.Total, err)
		}
		if _, err := job.Receive([]domain.Chunk{{Rows: 1}}, noon); domain.CodeOf(err) != domain.CodeTooLarge {
			t.Errorf("atomic %t: Receive of one more: got %v, want CodeTooLarge", c.atomic, err)
		}
	}
}

func TestHowLongAJobGoesOn(t *testing.T) {
	t.Parallel()
	job := jobIn(t, domain.JobQueued)
	if _, known := job.Remaining(noon); known || job.Rate(noon) != 0 {
		t.Errorf("before the start: got a rate of %v", job.Rate(noon))
	}
	job = jobIn(t, domain.JobRunning)
	if _, known := job.Remaining(noon); known {
		t.Error("at the start: got a time that it will take, want none")
	}
	job, _ = job.End(endsOf(0), noon.Add(2*time.Second))
	now := noon.Add(4 * time.Second)
	if left, known := job.Remaining(now); job.Rate(now) != 2.5 || !known || left != 8*time.Second {
		t.Errorf("after 10 of 30 rows in 4 s: got %v rows a second and %v, want 2.5 and 8s", job.Rate(now), left)
	}
	if left, known := job.Remaining(noon.AddDate(200, 0, 0)); known {
		t.Errorf("after 10 of 30 rows in 200 years: got %v, want none, since that is more than a time.Duration holds", left)
	}
	job, _ = job.End(endsOf(1, 2), noon.Add(6*time.Second))
	if left, known := job.Remaining(noon.Add(time.Hour)); job.Rate(noon.Add(time.Hour)) != 5 || known {
		t.Errorf("an hour after 30 rows in 6 s: got %v rows a second and %v, want 5 and no time", job.Rate(noon.Add(time.Hour)), left)
	}
}
