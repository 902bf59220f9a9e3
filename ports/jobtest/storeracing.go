package jobtest

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func racingCases() []storeCase {
	return []storeCase{
		{"a chunk ends once however many end it at the same time", func(t *testing.T, store Store) { endAtOnce(t, store, store) }},
		{"chunks that end at the same time all count", endApart},
		{"nobody sees a part of what ends together", endUnseen},
		{"after a cancel was answered nobody is saved", func(t *testing.T, store Store) { cancelWins(t, store, store) }},
		{"chunks whose ctx ends while they end have ended as a whole or not at all", endOutOfTime},
	}
}

// endAtOnce has callers end the same chunks, half of them through each store.
func endAtOnce(t *testing.T, one, other Store) {
	const callers, chunks = 8, 12
	job := running(t, one, 1, alike(chunks, 21)...)
	var want []domain.ChunkEnd
	for number := range chunks {
		end := ended(t, number, 20, int64(number+1))
		var won atomic.Int32
		together(callers, func(i int) {
			store := one
			if i%2 == 1 {
				store = other
			}
			_, err := store.EndChunks(t.Context(), job.ID, []domain.ChunkEnd{end}, noon)
			if err == nil {
				won.Add(1)
				return
			}
			wantCode(t, "EndChunks", err, domain.CodeConflict, "somebody else ended the chunk")
		})
		if got := won.Load(); got != 1 {
			t.Errorf("EndChunks of one chunk by %d: got %d who ended it, want 1", callers, got)
		}
		want = append(want, end)
	}
	wantPersons(t, one, want, "each chunk is saved once")
	if got := find(t, one, job.ID); got.Done != 20*chunks || got.Rejected != chunks || got.Left != 0 || got.State != domain.JobDone {
		t.Errorf("FindJob: got %+v, want each chunk counted once", got)
	}
}

func endApart(t *testing.T, store Store) {
	const callers, rounds = 6, 8
	job := running(t, store, 1, alike(callers*rounds, 12)...)
	together(callers, func(i int) {
		for round := range rounds {
			number := round*callers + i
			_, err := store.EndChunks(t.Context(), job.ID, []domain.ChunkEnd{ended(t, number, 10, int64(2*number+1), int64(2*number+2))}, noon)
			wantCode(t, "EndChunks", err, "", "nobody else ends the chunk")
		}
	})
	got := find(t, store, job.ID)
	if got.Done != 10*callers*rounds || got.Rejected != 2*callers*rounds || got.Left != 0 || got.State != domain.JobDone {
		t.Errorf("FindJob: got %+v, want every chunk counted and the job done", got)
	}
	if got := total(t, store); got != 10*callers*rounds {
		t.Errorf("Page: got a total of %d, want %d: every chunk was saved", got, 10*callers*rounds)
	}
	refusals, err := store.Refusals(t.Context(), job.ID, domain.Refusal{}, 1000)
	if err != nil || len(refusals) != 2*callers*rounds {
		t.Errorf("Refusals: got %d and %v, want %d", len(refusals), err, 2*callers*rounds)
	}
}

// endUnseen reads the job, then persons and refusals, then the job again, while chunks end.
func endUnseen(t *testing.T, store Store) {
	const chunks, drafts, refused = 30, 600, 3
	job := running(t, store, 1, alike(chunks, drafts+refused)...)
	ctx, stop := context.WithTimeout(t.Context(), longest)
	defer stop()
	together(3, func(i int) {
		if i == 0 {
			for number := range chunks {
				line := int64(refused * number)
				_, err := store.EndChunks(ctx, job.ID, []domain.ChunkEnd{ended(t, number, drafts, line+1, line+2, line+3)}, noon)
				wantCode(t, "EndChunks", err, "", "nobody else ends the chunk")
			}
			return
		}
		for !t.Failed() {
			before, err := store.FindJob(ctx, job.ID)
			wantCode(t, "FindJob", err, "", "the job is there")
			persons := total(t, store)
			refusals, err := store.Refusals(ctx, job.ID, domain.Refusal{}, chunks*refused)
			wantCode(t, "Refusals", err, "", "the job is there")
			after, err := store.FindJob(ctx, job.ID)
			wantCode(t, "FindJob", err, "", "the job is there")
			if persons%drafts != 0 || persons < before.Done || persons > after.Done {
				t.Errorf("Page: got a total of %d where the job said %d and then %d, want chunks of %d that are counted as they appear", persons, before.Done, after.Done, drafts)
			}
			if n := int64(len(refusals)); n%refused != 0 || n < before.Rejected || n > after.Rejected {
				t.Errorf("Refusals: got %d where the job said %d and then %d, want chunks of %d that are counted as they appear", n, before.Rejected, after.Rejected, refused)
			}
			if before.IsOver() {
				return
			}
		}
	})
}

// cancelWins cancels through one store what workers end through the other.
func cancelWins(t *testing.T, canceling, ending Store) {
	const workers, chunks, drafts = 4, 600, 5
	for round := range 3 {
		persons := total(t, canceling)
		job := running(t, canceling, round, alike(chunks, drafts)...)
		var next atomic.Int32
		begun, canceled := make(chan struct{}), make(chan struct{})
		id := job.ID
		together(workers+1, func(i int) {
			if i == workers {
				defer close(canceled)
				<-begun
				var err error
				job, err = canceling.ChangeJob(t.Context(), id, func(now domain.Job) (domain.Job, error) { return now.Cancel(noon) })
				wantCode(t, "ChangeJob", err, "", "the job runs")
				if got := total(t, canceling) - persons; got != job.Done {
					t.Errorf("Page after the cancel: got %d persons of the job, want %d: the counts stay", got, job.Done)
				}
				return
			}
			for {
				number := int(next.Add(1)) - 1
				if number == 10 {
					close(begun)
				}
				if number >= chunks/2 {
					<-canceled // so that chunks are left to be ended
				}
				_, err := ending.EndChunks(t.Context(), id, []domain.ChunkEnd{ended(t, number, drafts)}, noon)
				if err != nil {
					wantCode(t, "EndChunks", err, domain.CodeConflict, "only the cancel may be in its way")
					return
				}
			}
		})
		wantFound(t, canceling, job, "no chunk ends after the cancel")
		if got := total(t, canceling) - persons; got != job.Done {
			t.Errorf("Page at the end: got %d persons of the job, want %d: nobody is saved after the cancel", got, job.Done)
		}
	}
}

func endOutOfTime(t *testing.T, store Store) {
	const rounds, drafts = 30, 2000
	begun := time.Now()
	end(t, store, running(t, store, 1000, drafts), ended(t, 0, drafts))
	usual := time.Since(begun)
	random := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // moments, no secrets
	want, jobs := int64(drafts), []domain.Job{}
	for n := range rounds {
		job := running(t, store, n, drafts+1)
		ctx, stop := context.WithTimeout(t.Context(), time.Duration(random.Int64N(int64(usual)+1)))
		_, err := store.EndChunks(ctx, job.ID, []domain.ChunkEnd{ended(t, 0, drafts, 1)}, noon)
		if err == nil {
			want += drafts
		} else {
			wantCode(t, "EndChunks", err, domain.CodeDeadline, "nothing else is in its way")
		}
		stop()
		if now := find(t, store, job.ID); err == nil && now.State != domain.JobDone {
			t.Errorf("EndChunks: got no error and the state %s, want done", now.State)
		} else if err != nil && now.State == domain.JobDone {
			want += drafts
		}
		jobs = append(jobs, job)
	}
	for _, job := range jobs {
		now := find(t, store, job.ID)
		refusals, err := store.Refusals(t.Context(), job.ID, domain.Refusal{}, 10)
		wantCode(t, "Refusals", err, "", "the job is there")
		if now.State == domain.JobDone && (now.Done != drafts || now.Rejected != 1 || len(refusals) != 1) {
			t.Errorf("a job that is done: got %d done, %d rejected and %d refusals, want all", now.Done, now.Rejected, len(refusals))
		}
		if now.State != domain.JobDone {
			wantFound(t, store, job, "the chunk did not end")
			wantRefusals(t, store, job.ID, nil, "the chunk did not end")
			wantOpen(t, store, job.ID, []int{0}, "the chunk did not end")
		}
	}
	if got := total(t, store); got != want {
		t.Errorf("Page: got a total of %d, want %d: the persons of the jobs that are done", got, want)
	}
}
