package jobtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func endingCases() []storeCase {
	var cases []storeCase
	for _, size := range []int{0, 1, 2, 499, 500, 501, 10_000} {
		cases = append(cases, storeCase{
			fmt.Sprintf("a chunk of %d persons ends with its persons, refusals and counts", size),
			func(t *testing.T, store Store) { endOne(t, store, size) },
		})
	}
	return append(cases, []storeCase{
		{"chunks that end together are saved in their order", endSeveral},
		{"100000 persons of ten chunks are saved together", endMost},
		{"a job is done with its last chunk", endLast},
		{"a dry run counts and saves nobody", endDryRun},
		{"an atomic job with refusals fails and keeps them", endAtomic},
		{"where one of the chunks has ended nothing is saved", endAgain},
		{"chunks of a job that does not run do not end", endUnlessRunning},
		{"a chunk is found until it has ended or its job is over", chunkIsFound},
		{"the chunks that are open are the least that have not ended, in order", openChunks},
	}...)
}

// wantEnded ends chunks, and wants all that this changes.
func wantEnded(t *testing.T, store Store, job domain.Job, before, ends []domain.ChunkEnd) domain.Job {
	t.Helper()
	want, err := job.End(ends, later(1))
	wantCode(t, "Job.End", err, "", "the job runs")
	got, err := store.EndChunks(t.Context(), job.ID, ends, later(1))
	wantJob(t, "EndChunks", got, err, want, "the chunks have ended")
	wantFound(t, store, want, "the chunks have ended")
	var refused []domain.Refusal
	for _, end := range slices.Concat(before, ends) {
		refused = append(refused, end.Refusals...)
	}
	slices.SortFunc(refused, domain.Refusal.Compare)
	wantRefusals(t, store, job.ID, refused, "what was refused is kept")
	wantPersons(t, store, slices.Concat(before, ends), "the persons are saved")
	for _, end := range ends {
		_, err := store.FindChunk(t.Context(), job.ID, end.Number)
		wantCode(t, "FindChunk", err, domain.CodeNotFound, "the chunk has ended")
	}
	return want
}

func endOne(t *testing.T, store Store, size int) {
	total(t, store) // a store that counts persons has counted by then
	job := running(t, store, 1, size+3, size)
	first := []domain.ChunkEnd{ended(t, 0, size, 7, 3, 5)}
	slices.SortFunc(first[0].Refusals, domain.Refusal.Compare)
	job = wantEnded(t, store, job, nil, first)
	wantOpen(t, store, job.ID, []int{1}, "the other chunk has not ended")
	wantEnded(t, store, job, first, []domain.ChunkEnd{ended(t, 1, size)})
}

func endSeveral(t *testing.T, store Store) {
	total(t, store)
	job := running(t, store, 1, alike(5, 700)...)
	ends := []domain.ChunkEnd{ended(t, 3, 700), ended(t, 0, 698, 1, 2), ended(t, 4, 0), ended(t, 1, 1, 9)}
	job = wantEnded(t, store, job, nil, ends)
	wantOpen(t, store, job.ID, []int{2}, "the other chunk has not ended")
}

func endMost(t *testing.T, store Store) {
	job := running(t, store, 1, alike(10, domain.ChunkRows)...)
	var ends []domain.ChunkEnd
	for i := range 10 {
		ends = append(ends, ended(t, i, domain.ChunkRows))
	}
	wantEnded(t, store, job, nil, ends)
}

func endLast(t *testing.T, store Store) {
	job := running(t, store, 1, 5, 5, 5)
	for i, number := range []int{1, 2, 0} {
		got, err := store.EndChunks(t.Context(), job.ID, []domain.ChunkEnd{ended(t, number, 5)}, later(i))
		wantCode(t, "EndChunks", err, "", "the job runs")
		if done := got.State == domain.JobDone; done != (i == 2) || done && !got.Ended.Equal(later(2)) {
			t.Errorf("EndChunks of chunk %d of 3: got state %s, ended %v, want it done with the last", i+1, got.State, got.Ended)
		}
		wantFound(t, store, got, "the chunk has ended")
	}
}

func endDryRun(t *testing.T, store Store) {
	job := domain.NewJob(jobID(1), domain.JobGenerate, noon)
	job.DryRun = true
	job = begin(t, store, submit(t, store, add(t, store, create(t, store, job), chunksOf(10, 10)...)))
	checked := domain.ChunkEnd{Number: 0, Checked: 8, Rejected: 2, Refusals: ended(t, 0, 0, 1, 2).Refusals}
	wantEnded(t, store, job, nil, []domain.ChunkEnd{checked})
}

func endAtomic(t *testing.T, store Store) {
	job := domain.NewJob(jobID(1), domain.JobGenerate, noon)
	job.Atomic = true
	job = begin(t, store, submit(t, store, add(t, store, create(t, store, job), chunksOf(10, 10)...)))
	refused := []domain.ChunkEnd{{Number: 0, Checked: 10}, {Number: 1, Checked: 9, Rejected: 1, Refusals: ended(t, 0, 0, 12).Refusals}}
	wantEnded(t, store, job, nil, refused)
}

func endAgain(t *testing.T, store Store) {
	job := running(t, store, 1, 600, 600, 600)
	first := ended(t, 1, 600)
	job = end(t, store, job, first)
	for _, numbers := range [][]int{{1}, {0, 1}, {1, 0}, {0, 2, 1}, {0, 0}, {0, 3}, {7}, {-1}} {
		var ends []domain.ChunkEnd
		for i, number := range numbers {
			ends = append(ends, ended(t, number, 590, int64(number*10+i+50)))
		}
		_, err := store.EndChunks(t.Context(), job.ID, ends, later(1))
		wantCode(t, fmt.Sprintf("EndChunks of %v", numbers), err, domain.CodeConflict, "one of them has ended, or is none")
		wantFound(t, store, job, "a call that fails changes nothing")
		wantPersons(t, store, []domain.ChunkEnd{first}, "a call that fails changes nothing")
		wantRefusals(t, store, job.ID, nil, "a call that fails changes nothing")
		wantOpen(t, store, job.ID, []int{0, 2}, "a call that fails changes nothing")
	}
	job = wantEnded(t, store, job, []domain.ChunkEnd{first}, []domain.ChunkEnd{ended(t, 0, 600), ended(t, 2, 600)})
	_, err := store.EndChunks(t.Context(), job.ID, []domain.ChunkEnd{ended(t, 2, 600)}, later(1))
	wantCode(t, "EndChunks", err, domain.CodeConflict, "the chunk has ended and the job is done")
}

func endUnlessRunning(t *testing.T, store Store) {
	jobs := []domain.Job{
		receiving(t, store, 1, 5), queued(t, store, 2, 5), cancel(t, store, running(t, store, 3, 5), noon),
		change(t, store, running(t, store, 4, 5), func(job domain.Job) (domain.Job, error) { return job.Fail("because", noon) }),
	}
	for _, job := range jobs {
		_, err := store.EndChunks(t.Context(), job.ID, []domain.ChunkEnd{ended(t, 0, 4, 5)}, later(1))
		wantCode(t, "EndChunks", err, domain.CodeConflict, "the job does not run")
		wantFound(t, store, job, "a call that fails changes nothing")
		wantRefusals(t, store, job.ID, nil, "a call that fails changes nothing")
	}
	_, err := store.EndChunks(t.Context(), jobID(9), []domain.ChunkEnd{ended(t, 0, 4, 5)}, later(1))
	wantCode(t, "EndChunks", err, domain.CodeNotFound, "there is no such job")
	wantPersons(t, store, nil, "a call that fails changes nothing")
}

func chunkIsFound(t *testing.T, store Store) {
	wantMissing := func(job domain.Job, number int, why string) {
		t.Helper()
		_, err := store.FindChunk(t.Context(), job.ID, number)
		wantCode(t, fmt.Sprintf("FindChunk(%d)", number), err, domain.CodeNotFound, why)
	}
	job := running(t, store, 1, 5, 6)
	wantChunk(t, store, job.ID, chunksOf(5, 6)[1], "the chunk has not ended")
	wantMissing(job, 2, "there is no such chunk")
	wantMissing(job, -1, "there is no such chunk")
	job = end(t, store, job, ended(t, 0, 5))
	wantMissing(job, 0, "the chunk has ended")
	wantChunk(t, store, job.ID, chunksOf(5, 6)[1], "the chunk has not ended")
	cancel(t, store, job, noon)
	wantMissing(job, 1, "the job is over")
	failed := change(t, store, running(t, store, 2, 5), func(job domain.Job) (domain.Job, error) { return job.Fail("because", noon) })
	wantMissing(failed, 0, "the job is over")
}

func openChunks(t *testing.T, store Store) {
	job := running(t, store, 1, alike(12, 1)...)
	for _, number := range []int{3, 0, 9} {
		job = end(t, store, job, ended(t, number, 1))
	}
	want := []int{1, 2, 4, 5, 6, 7, 8, 10, 11}
	for size := range 12 {
		got, err := store.OpenChunks(t.Context(), job.ID, size)
		if err != nil || !slices.Equal(got, want[:min(size, len(want))]) {
			t.Errorf("OpenChunks of size %d: got %v and %v, want the first of %v", size, got, err, want)
		}
	}
	cancel(t, store, job, noon)
	wantOpen(t, store, job.ID, nil, "the job is over")
	wantOpen(t, store, jobID(9), nil, "there is no such job")
}
