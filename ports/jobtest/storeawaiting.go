package jobtest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// longest is after what time a case takes a call for one that hangs.
const longest = 10 * time.Second

func awaitingCases() []storeCase {
	return []storeCase{
		{"who awaits a job is answered at once where it is another", awaitOther},
		{"who awaits a job is answered when it changes", awaitChanges},
		{"who awaits a job that stays as it is waits until ctx ends", awaitNothing},
		{"who awaits a job that is removed is told so", awaitRemoval},
		{"who awaits a job when the store is closed is answered unavailable", awaitClose},
	}
}

func awaitOther(t *testing.T, store Store) {
	seen := receiving(t, store, 1, 5)
	job := submit(t, store, seen)
	ctx, stop := context.WithTimeout(t.Context(), longest)
	defer stop()
	got, err := store.AwaitJob(ctx, seen)
	wantJob(t, "AwaitJob", got, err, job, "the job is another")
}

// A change is one of each method that makes one.
func awaitChanges(t *testing.T, store Store) {
	watchChanges(t, store, store)
}

// watchChanges watches a job through one store while it is changed through the other.
func watchChanges(t *testing.T, watched, changed Store) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), longest)
	defer stop()
	job := receiving(t, changed, 1)
	changes := []func() domain.Job{
		func() domain.Job { return add(t, changed, job, chunksOf(5, 5)...) },
		func() domain.Job { return submit(t, changed, job) },
		func() domain.Job { return begin(t, changed, job) },
		func() domain.Job { return end(t, changed, job, ended(t, 0, 5)) },
		func() domain.Job { return cancel(t, changed, job, later(9)) },
	}
	type answer struct {
		job domain.Job
		err error
	}
	for _, change := range changes {
		const watchers = 5
		answers := make(chan answer, watchers)
		for range watchers {
			go func() {
				got, err := watched.AwaitJob(ctx, job)
				answers <- answer{got, err}
			}()
		}
		time.Sleep(20 * time.Millisecond) // most often they wait by then; it is right if they do not, too
		job = change()
		for range watchers {
			got := <-answers
			wantJob(t, "AwaitJob", got.job, got.err, job, "the job has changed")
		}
		wantInTime(t, ctx)
	}
}

// wantInTime fails the test where an answer came because ctx ended.
func wantInTime(t *testing.T, ctx context.Context) { //nolint:revive // t comes first in a test
	t.Helper()
	if ctx.Err() != nil {
		t.Errorf("AwaitJob: got an answer after %v, want one half a second later at most", longest)
	}
}

func awaitNothing(t *testing.T, store Store) {
	job := running(t, store, 1, 5)
	receiving(t, store, 2)
	other := job
	for _, moment := range []*time.Time{&other.Created, &other.Changed, &other.Started} {
		*moment = moment.Add(999).In(time.FixedZone("east", 5*3600))
	}
	const watchers = 4
	together(watchers+1, func(i int) {
		ctx, stop := context.WithTimeout(t.Context(), 700*time.Millisecond)
		defer stop()
		switch i {
		case watchers:
			wantCode(t, "AddChunks", store.AddChunks(ctx, jobID(2), chunksOf(5), noon), "", "the job receives")
		case 0:
			_, err := store.AwaitJob(ctx, other)
			wantCode(t, "AwaitJob", err, domain.CodeDeadline, "times that are the same to the microsecond are no change")
		case 1:
			stop()
			_, err := store.AwaitJob(ctx, job)
			wantCode(t, "AwaitJob", err, domain.CodeCanceled, "ctx was cancelled")
		default:
			_, err := store.AwaitJob(ctx, job)
			wantCode(t, "AwaitJob", err, domain.CodeDeadline, "the job did not change")
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop)
	_, err := store.AwaitJob(ctx, job)
	wantCode(t, "AwaitJob", err, domain.CodeCanceled, "ctx was cancelled meanwhile")
}

func awaitRemoval(t *testing.T, store Store) {
	job := receiving(t, store, 1, 5)
	awaitEnd(t, store, job, domain.CodeNotFound, func() {
		wantCode(t, "DropJob", store.DropJob(t.Context(), job.ID), "", "the job receives")
	})
}

func awaitClose(t *testing.T, store Store) {
	awaitEnd(t, store, running(t, store, 1, 5), domain.CodeUnavailable, func() {
		wantCode(t, "Close", store.Close(), "", "the store is open")
	})
}

// awaitEnd wants those who await a job to be answered with a code after something.
func awaitEnd(t *testing.T, store Store, job domain.Job, want domain.Code, something func()) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), longest)
	defer stop()
	together(4, func(i int) {
		if i == 0 {
			time.Sleep(20 * time.Millisecond) // most often they wait by then
			something()
			return
		}
		_, err := store.AwaitJob(ctx, job)
		wantCode(t, "AwaitJob", err, want, "there is nothing to await any more")
		wantInTime(t, ctx)
	})
}
