package jobtest_test

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of ending chunks, and of tending jobs.

// ending plants another way to end chunks.
func ending(how func(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error)) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.EndChunksFunc = func(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
			return how(ctx, store, id, ends, now)
		}
	}
}

// changeEnds ends chunks otherwise than they should.
func changeEnds(change func([]domain.ChunkEnd)) plant {
	return ending(func(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
		ends = slices.Clone(ends)
		change(ends)
		return store.EndChunks(ctx, id, ends, now)
	})
}

func loseRefusals(ends []domain.ChunkEnd) {
	for i := range ends {
		ends[i].Refusals = nil
	}
}

func loseLimits(ends []domain.ChunkEnd) {
	for i := range ends {
		ends[i].Refusals = slices.Clone(ends[i].Refusals)
		for j := range ends[i].Refusals {
			ends[i].Refusals[j].Limit = 0
		}
	}
}

func reverseDrafts(ends []domain.ChunkEnd) {
	for i := range ends {
		ends[i].Drafts = slices.Clone(ends[i].Drafts)
		slices.Reverse(ends[i].Drafts)
	}
}

func sortEnds(ends []domain.ChunkEnd) {
	slices.SortFunc(ends, func(a, b domain.ChunkEnd) int { return cmp.Compare(a.Number, b.Number) })
}

// loseDrafts counts all drafts and saves no more than a number.
func loseDrafts(most int) plant {
	return changeEnds(func(ends []domain.ChunkEnd) {
		for i := range ends {
			lost := max(0, len(ends[i].Drafts)-most)
			ends[i].Drafts = ends[i].Drafts[:len(ends[i].Drafts)-lost]
			ends[i].Checked += lost
		}
	})
}

// failOverTwins ends no chunk of which something is refused twice for the same.
func failOverTwins(mock *portmock.JobStoreMock, store *memstore.Store) {
	ending(func(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
		for _, end := range ends {
			seen := map[domain.Refusal]bool{}
			for _, refusal := range end.Refusals {
				if seen[refusal] {
					return domain.Job{}, &domain.Error{Code: domain.CodeInternal, Message: "a key is there twice"}
				}
				seen[refusal] = true
			}
		}
		return store.EndChunks(ctx, id, ends, now)
	})(mock, store)
}

// refuseMany refuses more than a number of drafts.
func refuseMany(most int) plant {
	return ending(func(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
		if len(draftsOf(ends)) > most {
			return domain.Job{}, &domain.Error{Code: domain.CodeTooLarge}
		}
		return store.EndChunks(ctx, id, ends, now)
	})
}

func answerOld(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	job, err := store.FindJob(ctx, id)
	if err == nil {
		_, err = store.EndChunks(ctx, id, ends, now)
	}
	return job, err
}

func staysRunning(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	if _, err := store.EndChunks(ctx, id, ends, now); err != nil {
		return domain.Job{}, err
	}
	return store.ChangeJob(ctx, id, func(job domain.Job) (domain.Job, error) {
		job.State, job.Ended = domain.JobRunning, time.Time{}
		return job, nil
	})
}

func saveChecked(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	job, err := store.EndChunks(ctx, id, ends, now)
	if err == nil {
		for _, end := range ends {
			for i := range end.Checked {
				_, _ = store.Create(ctx, domain.GeneratedDraft(uint(i)))
			}
		}
	}
	return job, err
}

func endOneByOne(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (job domain.Job, err error) {
	for i := range ends {
		if job, err = store.EndChunks(ctx, id, ends[i:i+1], now); err != nil {
			return domain.Job{}, err
		}
	}
	return job, nil
}

func beginByItself(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	_, _ = store.ChangeJob(ctx, id, func(job domain.Job) (domain.Job, error) { return job.Begin(now) })
	return store.EndChunks(ctx, id, ends, now)
}

func saveAgain(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	job, err := store.EndChunks(ctx, id, ends, now)
	if domain.CodeOf(err) == domain.CodeConflict {
		_, _ = store.CreateBatch(ctx, draftsOf(ends))
	}
	return job, err
}

// endMostly answers each tenth end without making it.
func endMostly() plant {
	var calls atomic.Int32
	return ending(func(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
		if calls.Add(1)%10 == 0 {
			return store.FindJob(ctx, id)
		}
		return store.EndChunks(ctx, id, ends, now)
	})
}

// saveBefore saves the persons, and then ends the chunks.
func saveBefore(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	_, _ = store.CreateBatch(ctx, draftsOf(ends))
	time.Sleep(time.Millisecond)
	return store.EndChunks(ctx, id, withoutDrafts(ends), now)
}

// refuseAfter ends the chunks, and tells of refusals later.
func refuseAfter(mock *portmock.JobStoreMock, store *memstore.Store) {
	var hidden atomic.Int64
	mock.EndChunksFunc = func(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
		hidden.Add(1)
		defer hidden.Add(-1)
		job, err := store.EndChunks(ctx, id, ends, now)
		time.Sleep(time.Millisecond)
		return job, err
	}
	mock.RefusalsFunc = func(ctx context.Context, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error) {
		refusals, err := store.Refusals(ctx, id, after, size)
		return refusals[:max(0, len(refusals)-3*int(hidden.Load()))], err
	}
}

func withoutDrafts(ends []domain.ChunkEnd) []domain.ChunkEnd {
	ends = slices.Clone(ends)
	for i := range ends {
		ends[i].Checked, ends[i].Drafts = ends[i].Accepted(), nil
	}
	return ends
}

// lookBefore looks whether the job runs, and then saves.
func lookBefore(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	job, err := store.FindJob(ctx, id)
	if err != nil || job.State != domain.JobRunning {
		return domain.Job{}, &domain.Error{Code: domain.CodeConflict}
	}
	time.Sleep(100 * time.Microsecond)
	if _, err := store.CreateBatch(ctx, draftsOf(ends)); err != nil {
		return domain.Job{}, err
	}
	return store.EndChunks(ctx, id, withoutDrafts(ends), now)
}

// saveHalf looks at ctx when half of the persons are saved.
func saveHalf(ctx context.Context, store *memstore.Store, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	drafts := draftsOf(ends)
	_, _ = store.CreateBatch(context.WithoutCancel(ctx), drafts[:len(drafts)/2])
	time.Sleep(time.Millisecond)
	if err := domain.ContextError(ctx); err != nil {
		return domain.Job{}, err
	}
	_, _ = store.CreateBatch(ctx, drafts[len(drafts)/2:])
	return store.EndChunks(ctx, id, withoutDrafts(ends), now)
}

// changeRefusals reads other refusals.
func changeRefusals(how func(ctx context.Context, store *memstore.Store, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error)) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.RefusalsFunc = func(ctx context.Context, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error) {
			return how(ctx, store, id, after, size)
		}
	}
}

func refusalsByLine(ctx context.Context, store *memstore.Store, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error) {
	if after.Line > 0 {
		after.Field = "\xff"
	}
	return store.Refusals(ctx, id, after, size)
}

func refusalsOfAll(ctx context.Context, store *memstore.Store, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error) {
	list, err := store.ListJobs(ctx, "", 100)
	for _, job := range list {
		if more, _ := store.Refusals(ctx, job.ID, after, size); len(more) > 0 {
			return more, err
		}
	}
	return store.Refusals(ctx, id, after, size)
}

func refusalsOfFailed(ctx context.Context, store *memstore.Store, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error) {
	job, err := store.FindJob(ctx, id)
	if err != nil || job.State == domain.JobFailed {
		return nil, err
	}
	return store.Refusals(ctx, id, after, size)
}

func refusalsOfNobody(ctx context.Context, store *memstore.Store, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error) {
	refusals, err := store.Refusals(ctx, id, after, size)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil
	}
	return refusals, err
}

func openBackward(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.OpenChunksFunc = func(ctx context.Context, id domain.JobID, size int) ([]int, error) {
		numbers, err := store.OpenChunks(ctx, id, 1000)
		slices.Reverse(numbers)
		return numbers[:min(size, len(numbers))], err
	}
}

func openJobsBackward(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.OpenJobsFunc = func(ctx context.Context, size int) ([]domain.Job, error) {
		jobs, err := store.OpenJobs(ctx, 1000)
		slices.Reverse(jobs)
		return jobs[:min(size, len(jobs))], err
	}
}

func openInAnyState(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.OpenJobsFunc = func(ctx context.Context, size int) ([]domain.Job, error) {
		jobs, err := store.ListJobs(ctx, "", 1000)
		slices.SortFunc(jobs, func(a, b domain.Job) int { return a.Changed.Compare(b.Changed) })
		return jobs[:min(size, len(jobs))], err
	}
}

// tidying plants another way to tidy.
func tidying(how func(ctx context.Context, store *memstore.Store, now time.Time) error) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.TidyJobsFunc = func(ctx context.Context, now time.Time) error { return how(ctx, store, now) }
	}
}

func tidyByItsClock(ctx context.Context, store *memstore.Store, _ time.Time) error {
	return store.TidyJobs(ctx, time.Now())
}

func tidyNothing(ctx context.Context, store *memstore.Store, _ time.Time) error {
	_, err := store.ListJobs(ctx, "", 1)
	return err
}

func tidyIdle(ctx context.Context, store *memstore.Store, now time.Time) error {
	open, err := store.OpenJobs(ctx, 100)
	for _, job := range open {
		if job.Changed.After(now.Add(-domain.JobLifetime)) {
			continue
		}
		_, _ = store.ChangeJob(ctx, job.ID, func(job domain.Job) (domain.Job, error) { return job.Cancel(now) })
	}
	return err
}

func deadlineIsCanceled(ctx context.Context, store *memstore.Store, now time.Time) error {
	err := store.TidyJobs(ctx, now)
	if domain.CodeOf(err) == domain.CodeDeadline {
		return &domain.Error{Code: domain.CodeCanceled}
	}
	return err
}

func dropAfterClose(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.DropJobFunc = func(ctx context.Context, id domain.JobID) error {
		if err := store.DropJob(ctx, id); domain.CodeOf(err) != domain.CodeUnavailable {
			return err
		}
		return nil
	}
}
