package jobtest

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func receivingCases() []storeCase {
	return []storeCase{
		{"a job with an id that is taken conflicts", takenID},
		{"chunks that are received are counted and found", chunksAreReceived},
		{"chunks that a job does not receive are not saved", chunksAreRefused},
		{"of chunks with a number that the job has none is saved", chunkNumberTaken},
		{"chunks that are received at the same time are all counted", chunksAtOnce},
		{"a job is submitted once", submittedOnce},
		{"a job that receives is dropped with its chunks, and its id is free", dropped},
		{"a job that does not receive is not dropped, and dropping nothing is no error", notDropped},
	}
}

func takenID(t *testing.T, store Store) {
	job := receiving(t, store, 1, 5)
	other := domain.NewJob(job.ID, domain.JobImport, later(1))
	wantCode(t, "CreateJob", store.CreateJob(t.Context(), other), domain.CodeConflict, "the id is taken")
	wantFound(t, store, job, "a call that fails changes nothing")
	wantChunk(t, store, job.ID, chunksOf(5)[0], "a call that fails changes nothing")
}

func chunksAreReceived(t *testing.T, store Store) {
	job := receiving(t, store, 1)
	chunks := chunksOf(alike(1500, 7)...)
	for i, part := range [][]domain.Chunk{chunks[:1], chunks[1:1001], chunks[1001:], nil} {
		want, err := job.Receive(part, later(i))
		wantCode(t, "Job.Receive", err, "", "the job receives")
		wantCode(t, "AddChunks", store.AddChunks(t.Context(), job.ID, part, later(i)), "", "the job receives")
		wantFound(t, store, want, "chunks are counted as they are received")
		job = want
	}
	for _, number := range []int{0, 1, 500, 1000, 1001, 1499} {
		wantChunk(t, store, job.ID, chunks[number], "the chunk was received")
	}
}

func chunksAreRefused(t *testing.T, store Store) {
	job := queued(t, store, 1, 5)
	err := store.AddChunks(t.Context(), job.ID, []domain.Chunk{{Number: 1, Rows: 1}}, later(1))
	wantCode(t, "AddChunks", err, domain.CodeConflict, "the job was submitted")
	atomic := domain.NewJob(jobID(2), domain.JobGenerate, noon)
	atomic.Atomic = true
	create(t, store, atomic)
	err = store.AddChunks(t.Context(), atomic.ID, chunksOf(alike(11, domain.ChunkRows)...), later(1))
	wantCode(t, "AddChunks", err, domain.CodeTooLarge, "an atomic job has less rows")
	for _, want := range []domain.Job{job, atomic} {
		wantFound(t, store, want, "a call that fails changes nothing")
		_, err := store.FindChunk(t.Context(), want.ID, 1)
		wantCode(t, "FindChunk", err, domain.CodeNotFound, "a call that fails changes nothing")
	}
}

func chunkNumberTaken(t *testing.T, store Store) {
	job := receiving(t, store, 1, 5, 5, 5)
	for _, numbers := range [][]int{{3, 4, 1}, {2, 3, 4}, {3, 4, 3}} {
		var chunks []domain.Chunk
		for _, number := range numbers {
			chunks = append(chunks, domain.Chunk{Number: number, First: 99, Rows: 1})
		}
		err := store.AddChunks(t.Context(), job.ID, chunks, later(1))
		wantCode(t, "AddChunks", err, domain.CodeConflict, "the job has a chunk of that number")
		wantFound(t, store, job, "a call that fails changes nothing")
		wantOpen(t, store, job.ID, []int{0, 1, 2}, "a call that fails changes nothing")
		for _, chunk := range chunksOf(5, 5, 5) {
			wantChunk(t, store, job.ID, chunk, "a call that fails changes nothing")
		}
	}
	other := receiving(t, store, 2, 6, 6)
	wantChunk(t, store, other.ID, chunksOf(6, 6)[1], "each job has numbers of its own")
}

func chunksAtOnce(t *testing.T, store Store) {
	const callers, rounds = 8, 10
	job := receiving(t, store, 1)
	together(callers, func(i int) {
		for round := range rounds {
			chunk := domain.Chunk{Number: round*callers + i, Rows: 3}
			wantCode(t, "AddChunks", store.AddChunks(t.Context(), job.ID, []domain.Chunk{chunk}, noon), "", "the job receives")
		}
	})
	job.Total, job.Chunks, job.Left = 3*callers*rounds, callers*rounds, callers*rounds
	wantFound(t, store, job, "every chunk is counted")
	open, err := store.OpenChunks(t.Context(), job.ID, callers*rounds+1)
	if err != nil || len(open) != callers*rounds || !slices.IsSorted(open) {
		t.Errorf("OpenChunks: got %v and %v, want all %d numbers in order", open, err, callers*rounds)
	}
}

func submittedOnce(t *testing.T, store Store) {
	job := receiving(t, store, 1, 5)
	want, err := job.Submit(later(1))
	wantCode(t, "Job.Submit", err, "", "the job receives")
	got, err := store.SubmitJob(t.Context(), job.ID, nil, later(1))
	wantJob(t, "SubmitJob", got, err, want, "the job was submitted")
	wantFound(t, store, want, "the job was submitted")
	wantChunk(t, store, job.ID, chunksOf(5)[0], "the chunks are there")
	for _, claim := range []*domain.Claim{nil, newClaim(t, "key", "request", noon)} {
		_, err = store.SubmitJob(t.Context(), job.ID, claim, later(2))
		wantCode(t, "SubmitJob again", err, domain.CodeConflict, "the job was submitted before")
		wantFound(t, store, want, "a call that fails changes nothing")
	}
}

func dropped(t *testing.T, store Store) {
	stays := receiving(t, store, 1, 6)
	for range 2 {
		job := receiving(t, store, 2, 5, 5)
		wantCode(t, "DropJob", store.DropJob(t.Context(), job.ID), "", "the job receives")
		wantGone(t, store, job.ID, "the job was dropped")
	}
	again := receiving(t, store, 2)
	wantOpen(t, store, again.ID, nil, "the chunks of the job before are gone")
	wantFound(t, store, stays, "nothing else was dropped")
	wantChunk(t, store, stays.ID, chunksOf(6)[0], "nothing else was dropped")
}

func notDropped(t *testing.T, store Store) {
	wantCode(t, "DropJob", store.DropJob(t.Context(), jobID(9)), "", "there is nothing to drop")
	jobs := []domain.Job{queued(t, store, 1, 5), running(t, store, 2, 5), cancel(t, store, receiving(t, store, 3, 5), noon)}
	for _, job := range jobs {
		wantCode(t, "DropJob", store.DropJob(t.Context(), job.ID), "", "the job does not receive")
		wantFound(t, store, job, "only what receives is dropped")
		if !job.IsOver() {
			wantChunk(t, store, job.ID, chunksOf(5)[0], "only what receives is dropped")
		}
	}
}
