package jobtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func claimCases() []storeCase {
	return []storeCase{
		{"a claim that repeats an earlier job's is answered that job as it is now, and the other is removed", claimRepeated},
		{"a key that stands for another request is refused, and the job is removed", claimReused},
		{"of many jobs with one claim at once one is submitted", claimsAtOnce},
		{"a claim that comes too late submits as the first", claimExpires},
		{"claims of different keys leave each other alone", claimsAreApart},
		{"a claim is remembered as long as its job", claimIsForgotten},
	}
}

func claimRepeated(t *testing.T, store Store) {
	first := receiving(t, store, 1, 5, 5)
	submitted, err := first.Submit(later(1))
	wantCode(t, "Job.Submit", err, "", "the job receives")
	got, err := store.SubmitJob(t.Context(), first.ID, newClaim(t, "key", "request", noon), later(1))
	wantJob(t, "SubmitJob", got, err, submitted, "nobody used the key before")
	now := end(t, store, begin(t, store, got), ended(t, 0, 5))
	for i := range 4 {
		if i == 2 {
			now = cancel(t, store, now, later(5))
		}
		other := receiving(t, store, 2+i%2, 7)
		got, err := store.SubmitJob(t.Context(), other.ID, newClaim(t, "key", "request", later(i)), later(i))
		wantJob(t, "SubmitJob with the claim of an earlier job", got, err, now, "it is answered that job as it is now")
		wantGone(t, store, other.ID, "it would be the same job twice")
		wantFound(t, store, now, "a repeated request changes nothing")
	}
	list, err := store.ListJobs(t.Context(), "", 10)
	wantJobs(t, "ListJobs", list, err, []domain.Job{now}, "one job was submitted")
}

func claimReused(t *testing.T, store Store) {
	first := receiving(t, store, 1, 5)
	first, err := store.SubmitJob(t.Context(), first.ID, newClaim(t, "key", "request", noon), noon)
	wantCode(t, "SubmitJob", err, "", "nobody used the key before")
	for range 2 {
		other := receiving(t, store, 2, 7)
		_, err = store.SubmitJob(t.Context(), other.ID, newClaim(t, "key", "another request", noon), noon)
		wantCode(t, "SubmitJob", err, domain.CodeKeyReused, "the key stands for another request")
		wantGone(t, store, other.ID, "a job that cannot be submitted is removed")
		wantFound(t, store, first, "nothing else is changed")
		wantChunk(t, store, first.ID, chunksOf(5)[0], "nothing else is changed")
	}
}

func claimsAtOnce(t *testing.T, store Store) {
	const callers, rounds = 16, 6
	for round := range rounds {
		claim := newClaim(t, fmt.Sprintf("key %d", round), "request", noon)
		for i := range callers {
			receiving(t, store, round*callers+i, 5)
		}
		var got [callers]domain.Job
		together(callers, func(i int) {
			var err error
			got[i], err = store.SubmitJob(t.Context(), jobID(round*callers+i), claim, noon)
			wantCode(t, "SubmitJob", err, "", "all make the same request")
		})
		for i := range got {
			wantJob(t, "SubmitJob", got[i], nil, got[0], "all are answered the same job")
		}
		list, err := store.ListJobs(t.Context(), "", callers)
		wantJobs(t, "ListJobs", list[:min(len(list), 1)], err, got[:1], "one job was submitted")
		if len(list) != round+1 {
			t.Errorf("ListJobs: got %d jobs, want %d: the others are removed", len(list), round+1)
		}
	}
}

func claimExpires(t *testing.T, store Store) {
	made := noon
	for i := range 3 {
		job := receiving(t, store, i, 5)
		want, err := job.Submit(made)
		wantCode(t, "Job.Submit", err, "", "the job receives")
		got, err := store.SubmitJob(t.Context(), job.ID, newClaim(t, "key", fmt.Sprintf("request %d", i/2), made), made)
		wantJob(t, "SubmitJob", got, err, want, "an earlier claim of the key has expired")
		again := receiving(t, store, 10+i, 5)
		last := newClaim(t, "key", fmt.Sprintf("request %d", i/2), made.Add(domain.ClaimLifetime-time.Second))
		got, err = store.SubmitJob(t.Context(), again.ID, last, made)
		wantJob(t, "SubmitJob a second before a claim expires", got, err, want, "a claim is remembered for its lifetime")
		made = made.Add(domain.ClaimLifetime)
	}
}

func claimsAreApart(t *testing.T, store Store) {
	keys := []string{"key", "Key", "key ", " key", "k", "'); --", "%", "_"}
	_, err := store.CreateBatch(t.Context(), newClaim(t, "key", "persons", noon).On(ended(t, 0, 2).Drafts...))
	wantCode(t, "CreateBatch with a claim", err, "", "nobody used the key before")
	var want []domain.Job
	for i, key := range keys {
		job := receiving(t, store, i, 5)
		submitted, err := job.Submit(noon)
		wantCode(t, "Job.Submit", err, "", "the job receives")
		job, err = store.SubmitJob(t.Context(), job.ID, newClaim(t, key, "request", noon), noon)
		wantJob(t, "SubmitJob", job, err, submitted, "no job has this key, whatever persons have")
		want = append(want, job)
	}
	for i, key := range keys {
		job := receiving(t, store, 10+i, 5)
		got, err := store.SubmitJob(t.Context(), job.ID, newClaim(t, key, "request", noon), noon)
		wantJob(t, fmt.Sprintf("SubmitJob with the key %q", key), got, err, want[i], "keys are different to the byte")
	}
}

func claimIsForgotten(t *testing.T, store Store) {
	claim := newClaim(t, "key", "request", noon)
	job := receiving(t, store, 1, 5)
	job, err := store.SubmitJob(t.Context(), job.ID, claim, noon)
	wantCode(t, "SubmitJob", err, "", "nobody used the key before")
	cancel(t, store, job, noon)
	tidy(t, store, noon.Add(domain.JobLifetime+time.Second))
	wantGone(t, store, job.ID, "it has been over for long")
	next := receiving(t, store, 2, 5)
	want, err := next.Submit(noon)
	wantCode(t, "Job.Submit", err, "", "the job receives")
	got, err := store.SubmitJob(t.Context(), next.ID, claim, noon)
	wantJob(t, "SubmitJob", got, err, want, "the job of the claim is gone")
}
