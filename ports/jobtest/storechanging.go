package jobtest

import (
	"errors"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func changingCases() []storeCase {
	return []storeCase{
		{"a change of a job is saved and answered", changeSaved},
		{"a change of a job that fails changes nothing, and its error comes back", changeFails},
		{"changes of a job at the same time follow one another", changesAtOnce},
	}
}

func changeSaved(t *testing.T, store Store) {
	others := []domain.Job{receiving(t, store, 1, 5), running(t, store, 3, 5)}
	job := queued(t, store, 2, 5)
	want, err := job.Begin(later(1))
	wantCode(t, "Job.Begin", err, "", "the job is queued")
	got, err := store.ChangeJob(t.Context(), job.ID, func(now domain.Job) (domain.Job, error) {
		wantJob(t, "the job that is to be changed", now, nil, job, "it is changed as it is")
		return now.Begin(later(1))
	})
	wantJob(t, "ChangeJob", got, err, want, "the change was made")
	wantFound(t, store, want, "the change was made")
	want, err = want.Fail("'); -- \u2603", later(2))
	wantCode(t, "Job.Fail", err, "", "the job runs")
	got, err = store.ChangeJob(t.Context(), job.ID, func(now domain.Job) (domain.Job, error) { return now.Fail("'); -- \u2603", later(2)) })
	wantJob(t, "ChangeJob", got, err, want, "the change was made")
	wantFound(t, store, want, "the change was made")
	for _, other := range others {
		wantFound(t, store, other, "nothing else is changed")
	}
}

func changeFails(t *testing.T, store Store) {
	job := running(t, store, 1, 5)
	for _, code := range []domain.Code{domain.CodeConflict, domain.CodeInvalid, domain.CodeNotFound, domain.CodePrecondition, domain.CodeTooLarge} {
		reason := &domain.Error{Code: code, Message: "no"}
		_, err := store.ChangeJob(t.Context(), job.ID, func(now domain.Job) (domain.Job, error) {
			now.Done++
			return now, reason
		})
		if !errors.Is(err, reason) {
			t.Errorf("ChangeJob: got error %v, want the one that the change returned, of code %s", err, code)
		}
		wantFound(t, store, job, "a call that fails changes nothing")
	}
	called := false
	_, err := store.ChangeJob(t.Context(), jobID(9), func(now domain.Job) (domain.Job, error) {
		called = true
		return now, nil
	})
	wantCode(t, "ChangeJob", err, domain.CodeNotFound, "there is no such job")
	if called {
		t.Error("ChangeJob of no job: got the change called, want it not: there is nothing to change")
	}
}

func changesAtOnce(t *testing.T, store Store) {
	const callers, rounds = 8, 25
	job, other := running(t, store, 1, 5), running(t, store, 2, 5)
	together(callers, func(i int) {
		for range rounds {
			id := job.ID
			if i%4 == 3 {
				id = other.ID
			}
			_, err := store.ChangeJob(t.Context(), id, func(now domain.Job) (domain.Job, error) {
				now.Done++
				return now, nil
			})
			wantCode(t, "ChangeJob", err, "", "the change is allowed")
		}
	})
	job.Done, other.Done = callers*rounds*3/4, callers*rounds/4
	wantFound(t, store, job, "no change is lost")
	wantFound(t, store, other, "no change is lost")
}
