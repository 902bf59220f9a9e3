package jobtest

import (
	"bytes"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func durableCases() []openingCase {
	return []openingCase{
		{"jobs and all that is theirs are there when the store is opened again", func(t *testing.T, open func() Store) {
			wantKept(t, open, func(store Store) { wantCode(t, "Close", store.Close(), "", "the store is open") })
		}},
		{"jobs and all that is theirs are there for another opening though the store was never closed", func(t *testing.T, open func() Store) {
			wantKept(t, open, func(Store) {})
		}},
	}
}

func twoOpeningsCases() []openingCase {
	return []openingCase{
		{"who awaits a job is answered when another opening changes it", func(t *testing.T, open func() Store) { watchChanges(t, open(), open()) }},
		{"a chunk ends once however many end it through two openings", func(t *testing.T, open func() Store) { endAtOnce(t, open(), open()) }},
		{"after a cancel was answered nobody is saved through another opening", func(t *testing.T, open func() Store) { cancelWins(t, open(), open()) }},
		{"of many jobs with one claim in two openings one is submitted", claimsInTwo},
		{"changes of a job through two openings follow one another", changesInTwo},
	}
}

// wantKept leaves each kind of thing in a store, and looks for it in the next.
func wantKept(t *testing.T, open func() Store, leave func(Store)) {
	t.Helper()
	store := open()
	text := domain.Chunk{Number: 3, First: 40, Rows: 4, Text: bytes.Repeat([]byte("a row\n"), 10_000)}
	receives := add(t, store, receiving(t, store, 1, 5), text)
	waits := receiving(t, store, 2, 5)
	waits, err := store.SubmitJob(t.Context(), waits.ID, newClaim(t, "key", "request", noon), noon)
	wantCode(t, "SubmitJob", err, "", "nobody used the key before")
	ends := []domain.ChunkEnd{ended(t, 0, 700, 1, 2), ended(t, 2, 700, 5)}
	works := end(t, store, running(t, store, 3, 702, 701, 701), ends...)
	over := cancel(t, store, running(t, store, 4, 5), later(3))
	receiving(t, store, 5, 5)
	wantCode(t, "DropJob", store.DropJob(t.Context(), jobID(5)), "", "the job receives")

	leave(store)
	store = open()
	list, err := store.ListJobs(t.Context(), "", 10)
	wantJobs(t, "ListJobs", list, err, []domain.Job{over, works, waits, receives}, "a durable store keeps jobs")
	wantChunk(t, store, receives.ID, chunksOf(5)[0], "a durable store keeps chunks")
	wantChunk(t, store, receives.ID, text, "a durable store keeps chunks")
	wantOpen(t, store, works.ID, []int{1}, "a durable store keeps which chunks have ended")
	wantRefusals(t, store, works.ID, ended(t, 0, 0, 1, 2, 5).Refusals, "a durable store keeps refusals")
	wantPersons(t, store, ends, "a durable store keeps persons")
	other := receiving(t, store, 6, 5)
	got, err := store.SubmitJob(t.Context(), other.ID, newClaim(t, "key", "request", noon), noon)
	wantJob(t, "SubmitJob with the claim of an earlier job", got, err, waits, "a durable store keeps claims")
	wantGone(t, store, other.ID, "it would be the same job twice")
	_, err = store.EndChunks(t.Context(), works.ID, ends[1:], noon)
	wantCode(t, "EndChunks", err, domain.CodeConflict, "the chunk has ended before")
	end(t, store, works, ended(t, 1, 701))
}

func claimsInTwo(t *testing.T, open func() Store) {
	const callers = 10
	stores := []Store{open(), open()}
	for i := range callers {
		receiving(t, stores[0], i, 5)
	}
	claim := newClaim(t, "key", "request", noon)
	var got [callers]domain.Job
	together(callers, func(i int) {
		var err error
		got[i], err = stores[i%2].SubmitJob(t.Context(), jobID(i), claim, noon)
		wantCode(t, "SubmitJob", err, "", "all make the same request")
	})
	for i := range got {
		wantJob(t, "SubmitJob", got[i], nil, got[0], "all are answered the same job")
	}
	for _, store := range stores {
		list, err := store.ListJobs(t.Context(), "", 10)
		wantJobs(t, "ListJobs", list, err, got[:1], "one job was submitted")
	}
}

func changesInTwo(t *testing.T, open func() Store) {
	const callers, rounds = 6, 20
	stores := []Store{open(), open()}
	job := running(t, stores[0], 1, 5)
	together(callers, func(i int) {
		for range rounds {
			_, err := stores[i%2].ChangeJob(t.Context(), job.ID, func(now domain.Job) (domain.Job, error) {
				now.Done++
				return now, nil
			})
			wantCode(t, "ChangeJob", err, "", "the change is allowed")
		}
	})
	job.Done = callers * rounds
	for _, store := range stores {
		wantFound(t, store, job, "no change is lost")
	}
}
