package jobtest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func callCases() []storeCase {
	return []storeCase{
		{"every method that takes an id answers not found where there is no such job", notFound},
		{"every method answers canceled when ctx was cancelled before, and changes nothing", canceledBefore},
		{"every method answers deadline when ctx ran out before, and changes nothing", lateBefore},
		{"every method answers unavailable after close", closedBefore},
	}
}

// call is a call of one method about a job.
type call struct {
	name string
	do   func(ctx context.Context, store Store, id domain.JobID) error
}

// aboutOne are the methods that answer domain.CodeNotFound for a job that there is not.
func aboutOne(t *testing.T) []call {
	t.Helper()
	claim := newClaim(t, "key", "request", noon)
	chunk := []domain.ChunkEnd{ended(t, 0, 5)}
	same := func(job domain.Job) (domain.Job, error) { return job.Fail("because", noon) }
	return []call{
		{"AddChunks", func(ctx context.Context, store Store, id domain.JobID) error {
			return store.AddChunks(ctx, id, []domain.Chunk{{Number: 7, Rows: 1}}, noon)
		}},
		{"SubmitJob", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.SubmitJob(ctx, id, nil, noon)
			return err
		}},
		{"SubmitJob with a claim", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.SubmitJob(ctx, id, claim, noon)
			return err
		}},
		{"FindJob", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.FindJob(ctx, id)
			return err
		}},
		{"AwaitJob", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.AwaitJob(ctx, domain.Job{ID: id})
			return err
		}},
		{"ChangeJob", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.ChangeJob(ctx, id, same)
			return err
		}},
		{"FindChunk", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.FindChunk(ctx, id, 0)
			return err
		}},
		{"EndChunks", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.EndChunks(ctx, id, chunk, noon)
			return err
		}},
		{"EndChunks of none", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.EndChunks(ctx, id, nil, noon)
			return err
		}},
		{"Refusals", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.Refusals(ctx, id, domain.Refusal{}, 10)
			return err
		}},
	}
}

// aboutAny are the other methods.
func aboutAny() []call {
	return []call{
		{"CreateJob", func(ctx context.Context, store Store, _ domain.JobID) error {
			return store.CreateJob(ctx, domain.NewJob(jobID(77), domain.JobGenerate, noon))
		}},
		{"DropJob", func(ctx context.Context, store Store, id domain.JobID) error { return store.DropJob(ctx, id) }},
		{"ListJobs", func(ctx context.Context, store Store, _ domain.JobID) error {
			_, err := store.ListJobs(ctx, "", 10)
			return err
		}},
		{"OpenJobs", func(ctx context.Context, store Store, _ domain.JobID) error {
			_, err := store.OpenJobs(ctx, 10)
			return err
		}},
		{"OpenChunks", func(ctx context.Context, store Store, id domain.JobID) error {
			_, err := store.OpenChunks(ctx, id, 10)
			return err
		}},
		{"TidyJobs", func(ctx context.Context, store Store, _ domain.JobID) error {
			return store.TidyJobs(ctx, noon.Add(10*domain.JobLifetime))
		}},
	}
}

func notFound(t *testing.T, store Store) {
	receiving(t, store, 1, 5)
	for _, c := range aboutOne(t) {
		wantCode(t, c.name, c.do(t.Context(), store, jobID(2)), domain.CodeNotFound, "there is no such job")
	}
	wantPersons(t, store, nil, "nobody was saved")
	list, err := store.ListJobs(t.Context(), "", 10)
	if err != nil || len(list) != 1 {
		t.Errorf("ListJobs: got %v and %v, want one job: no other was made", list, err)
	}
}

func canceledBefore(t *testing.T, store Store) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	wantUnchanged(t, store, ctx, domain.CodeCanceled)
}

func lateBefore(t *testing.T, store Store) {
	ctx, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	wantUnchanged(t, store, ctx, domain.CodeDeadline)
}

// wantUnchanged makes each call with a ctx that has ended, about jobs that it would change.
func wantUnchanged(t *testing.T, store Store, ctx context.Context, want domain.Code) { //nolint:revive // t comes first in a test
	t.Helper()
	jobs := []domain.Job{receiving(t, store, 1, 5), running(t, store, 2, 5), cancel(t, store, running(t, store, 3, 5), noon)}
	for _, job := range jobs {
		for _, c := range append(aboutOne(t), aboutAny()...) {
			wantCode(t, c.name, c.do(ctx, store, job.ID), want, "ctx ended before the call")
		}
	}
	for _, job := range jobs {
		wantFound(t, store, job, "a call that fails changes nothing")
	}
	wantOpen(t, store, jobs[0].ID, []int{0}, "a call that fails changes nothing")
	wantOpen(t, store, jobs[1].ID, []int{0}, "a call that fails changes nothing")
	wantGone(t, store, jobID(77), "a call that fails changes nothing")
	wantPersons(t, store, nil, "a call that fails changes nothing")
}

func closedBefore(t *testing.T, store Store) {
	job := running(t, store, 1, 5)
	wantCode(t, "Close", store.Close(), "", "the store is open")
	for _, id := range []domain.JobID{job.ID, jobID(9)} {
		for _, c := range append(aboutOne(t), aboutAny()...) {
			wantCode(t, c.name, c.do(t.Context(), store, id), domain.CodeUnavailable, "the store was closed")
		}
	}
}
