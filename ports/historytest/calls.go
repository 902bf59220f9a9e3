package historytest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func callCases() []storeCase {
	return []storeCase{
		{"each read answers canceled when ctx was cancelled before", canceledBefore},
		{"each read answers deadline when ctx ran out before", lateBefore},
		{"each read answers unavailable after close", closedBefore},
	}
}

// write is a call that changes a person, or saves those of a job's first chunk.
type write struct {
	name string
	do   func(ctx context.Context, store Store, person domain.Person, job domain.Job) error
}

func writes(t *testing.T) []write {
	t.Helper()
	draft, patch, drafts := newDraft(t, "Bob", 99), newAge(t, 99), newDrafts(t, 3)
	return []write{
		{"Create", func(ctx context.Context, store Store, _ domain.Person, _ domain.Job) error {
			_, err := store.Create(ctx, draft)
			return err
		}},
		{"CreateBatch", func(ctx context.Context, store Store, _ domain.Person, _ domain.Job) error {
			_, err := store.CreateBatch(ctx, drafts)
			return err
		}},
		{"Replace", func(ctx context.Context, store Store, person domain.Person, _ domain.Job) error {
			_, err := store.Replace(ctx, person.ID(), draft)
			return err
		}},
		{"Patch", func(ctx context.Context, store Store, person domain.Person, _ domain.Job) error {
			_, err := store.Patch(ctx, person.ID(), patch)
			return err
		}},
		{"Delete", func(ctx context.Context, store Store, person domain.Person, _ domain.Job) error {
			return store.Delete(ctx, person.ID())
		}},
		{"DeleteBatch", func(ctx context.Context, store Store, person domain.Person, _ domain.Job) error {
			_, err := store.DeleteBatch(ctx, []int64{person.ID()})
			return err
		}},
		{"EndChunks", func(ctx context.Context, store Store, _ domain.Person, job domain.Job) error {
			_, err := store.EndChunks(ctx, job.ID, []domain.ChunkEnd{{Drafts: drafts}}, time.Now())
			return err
		}},
	}
}

// read is a call of a method of ports.HistoryStore.
type read struct {
	name string
	do   func(ctx context.Context, store Store) error
}

func reads(t *testing.T) []read {
	t.Helper()
	later := time.Now().Add(domain.HistoryLifetime + time.Hour)
	noneBeside := func(call string, n int, err error) error {
		if err != nil && n != 0 {
			t.Errorf("%s: got %d beside error %v, want none", call, n, err)
		}
		return err
	}
	return []read{
		{"Changes", func(ctx context.Context, store Store) error {
			got, err := store.Changes(ctx, domain.ChangesQuery{Size: 10})
			return noneBeside("Changes", len(got), err)
		}},
		{"Changes of a person", func(ctx context.Context, store Store) error {
			got, err := store.Changes(ctx, domain.ChangesQuery{Person: 1, Size: 10})
			return noneBeside("Changes", len(got), err)
		}},
		{"TidyHistory", func(ctx context.Context, store Store) error { _, err := store.TidyHistory(ctx, later); return err }},
		{"CountByAge", func(ctx context.Context, store Store) error {
			got, err := store.CountByAge(ctx)
			return noneBeside("CountByAge", len(got), err)
		}},
		{"CreatedPerHour", func(ctx context.Context, store Store) error {
			got, err := store.CreatedPerHour(ctx, time.Now(), 24)
			return noneBeside("CreatedPerHour", len(got), err)
		}},
		{"Size", func(ctx context.Context, store Store) error { _, err := store.Size(ctx); return err }},
	}
}

func canceledBefore(t *testing.T, store Store) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	wantRefused(t, store, ctx, domain.CodeCanceled)
}

func lateBefore(t *testing.T, store Store) {
	ctx, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	wantRefused(t, store, ctx, domain.CodeDeadline)
}

// wantRefused makes each call with a ctx that has ended.
func wantRefused(t *testing.T, store Store, ctx context.Context, want domain.Code) { //nolint:revive // t comes first in a test
	t.Helper()
	all := somebody(t, store)
	for _, c := range reads(t) {
		wantCode(t, c.name, c.do(ctx, store), want, "ctx ended before the call")
	}
	wantSame(t, "Changes", allChanges(t, store), all, "a call that fails forgets nothing")
}

func closedBefore(t *testing.T, store Store) {
	person, job := create(t, store, "Ann", 31), runningJob(t, store, 1, 1)
	wantCode(t, "Close", store.Close(), "", "the store is open")
	for _, c := range reads(t) {
		wantCode(t, c.name, c.do(t.Context(), store), domain.CodeUnavailable, "the store was closed")
	}
	for _, c := range writes(t) {
		wantCode(t, c.name, c.do(t.Context(), store, person, job), domain.CodeUnavailable, "the store was closed")
	}
}
