package jobtest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func tendingCases() []storeCase {
	return []storeCase{
		{"open jobs are those under way, first those that did not change for longest", openJobs},
		{"jobs that receive no more are removed by the time that is given", tidyReceiving},
		{"jobs that have long been over are removed with all that is theirs, and persons stay", tidyOver},
		{"tidying leaves what is needed", tidyLeaves},
	}
}

// tidy tidies as often as it may take to remove all.
func tidy(t *testing.T, store Store, now time.Time) {
	t.Helper()
	for range 20 {
		if err := store.TidyJobs(t.Context(), now); err != nil {
			t.Fatalf("TidyJobs: got %v, want nil", err)
		}
	}
}

func openJobs(t *testing.T, store Store) {
	at := func(job domain.Job, seconds int) domain.Job {
		return change(t, store, job, func(job domain.Job) (domain.Job, error) {
			job.Changed = later(seconds)
			return job, nil
		})
	}
	at(receiving(t, store, 1, 5), 1)
	at(cancel(t, store, running(t, store, 2, 5), noon), 1)
	at(end(t, store, running(t, store, 3, 5), ended(t, 0, 5)), 1)
	want := []domain.Job{
		at(queued(t, store, 9, 5), 2), at(running(t, store, 4, 5), 3), at(running(t, store, 8, 5), 5),
		at(queued(t, store, 5, 5), 7), at(running(t, store, 6, 5), 8),
	}
	for _, size := range []int{10, 5, 4, 1} {
		got, err := store.OpenJobs(t.Context(), size)
		wantJobs(t, "OpenJobs", got, err, want[:min(size, len(want))], "the longest unchanged first")
	}
}

func tidyReceiving(t *testing.T, store Store) {
	gone, stays := receiving(t, store, 1, 5), receiving(t, store, 2)
	wantCode(t, "AddChunks", store.AddChunks(t.Context(), stays.ID, chunksOf(6), later(10)), "", "the job receives")
	stays = find(t, store, stays.ID)
	tidy(t, store, noon.Add(domain.ReceivingLifetime-time.Second))
	wantFound(t, store, gone, "its rows may still come")
	wantChunk(t, store, gone.ID, chunksOf(5)[0], "its rows may still come")
	tidy(t, store, noon.Add(domain.ReceivingLifetime+time.Second))
	wantGone(t, store, gone.ID, "its rows come no further")
	wantFound(t, store, stays, "its last rows came later")
	wantChunk(t, store, stays.ID, chunksOf(6)[0], "its last rows came later")
}

func tidyOver(t *testing.T, store Store) {
	done := end(t, store, running(t, store, 1, 10), ended(t, 0, 8, 1, 2))
	canceled := cancel(t, store, end(t, store, running(t, store, 2, 10, 10), ended(t, 0, 8, 1, 2)), noon)
	failed := change(t, store, queued(t, store, 3, 5), func(job domain.Job) (domain.Job, error) { return job.Fail("because", noon) })
	lately := cancel(t, store, end(t, store, running(t, store, 4, 10, 10), ended(t, 0, 8, 1, 2)), later(10))
	over := []domain.Job{done, canceled, failed}
	tidy(t, store, noon.Add(domain.JobLifetime-time.Second))
	for _, job := range append(over, lately) {
		wantFound(t, store, job, "it is remembered for its lifetime")
	}
	wantRefusals(t, store, canceled.ID, ended(t, 0, 0, 1, 2).Refusals, "it is remembered for its lifetime")
	tidy(t, store, noon.Add(domain.JobLifetime+time.Second))
	for _, job := range over {
		wantGone(t, store, job.ID, "it has been over for long")
	}
	wantFound(t, store, lately, "it was over later")
	wantRefusals(t, store, lately.ID, ended(t, 0, 0, 1, 2).Refusals, "it was over later")
	wantPersons(t, store, []domain.ChunkEnd{ended(t, 0, 8), ended(t, 0, 8), ended(t, 0, 8)}, "persons are no matter of their job")
	again := running(t, store, 1, 10)
	wantRefusals(t, store, again.ID, nil, "what was of the job before is gone")
}

func tidyLeaves(t *testing.T, store Store) {
	works := end(t, store, running(t, store, 1, 10, 11), ended(t, 0, 8, 1, 2))
	waits := queued(t, store, 2, 5)
	over := cancel(t, store, end(t, store, running(t, store, 3, 10, 10), ended(t, 0, 8, 1, 2)), noon)
	tidy(t, store, noon.Add(domain.JobLifetime-time.Second))
	for _, job := range []domain.Job{works, waits, over} {
		wantFound(t, store, job, "nothing of it is past")
	}
	tidy(t, store, noon.Add(10*domain.JobLifetime))
	for _, job := range []domain.Job{works, waits} {
		wantFound(t, store, job, "a job under way is never forgotten")
	}
	wantChunk(t, store, works.ID, chunksOf(10, 11)[1], "a job under way is never forgotten")
	wantChunk(t, store, waits.ID, chunksOf(5)[0], "a job under way is never forgotten")
	wantRefusals(t, store, works.ID, ended(t, 0, 0, 1, 2).Refusals, "a job under way is never forgotten")
}
