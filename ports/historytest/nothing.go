package historytest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func nothingCases() []storeCase {
	return []storeCase{
		{"a claim that was answered before leaves no change", claimAgain},
		{"a replace and a patch that change nothing leave no change", equalLeavesNone},
		{"a batch of nobody, and a delete of nobody, leave no change", nobodyLeavesNone},
		{"chunks that end without persons leave no change", dryRunLeavesNone},
		{"a call that is refused leaves no change", refusedLeavesNone},
		{"a call whose ctx ended before it leaves no change", endedLeavesNone},
	}
}

// leavesNone makes a call and fails the test unless it has the code and leaves no change.
func leavesNone(t *testing.T, store Store, call string, do func() error, want domain.Code, why string) {
	t.Helper()
	left := watch(t, store, func() { wantCode(t, call, do(), want, why) })
	wantChanges(t, call, left, nil, why)
}

func claimAgain(t *testing.T, store Store) {
	claim := newClaim(t, "key", "request")
	one, several := claim.On(newDraft(t, "Ann", 31)), newClaim(t, "batch", "request").On(newDrafts(t, 20)...)
	for i := range 3 {
		left := watch(t, store, func() {
			_, err := store.Create(t.Context(), one[0])
			wantCode(t, "Create with a claim", err, "", "the claim is new, or repeats")
			_, err = store.CreateBatch(t.Context(), several)
			wantCode(t, "CreateBatch with a claim", err, "", "the claim is new, or repeats")
		})
		if i > 0 {
			wantChanges(t, "a claim that repeats", left, nil, "nobody is saved")
		}
	}
	remove(t, store, everybody(t, store)...)
	leavesNone(t, store, "Create", func() error { _, err := store.Create(t.Context(), one[0]); return err }, "",
		"nobody is saved, whatever became of the persons")
}

func equalLeavesNone(t *testing.T, store Store) {
	person := create(t, store, "Ann", 31)
	for name, do := range map[string]func() error{
		"Replace":          func() error { _, err := store.Replace(t.Context(), person.ID(), newDraft(t, "Ann", 31)); return err },
		"Patch":            func() error { _, err := store.Patch(t.Context(), person.ID(), newAge(t, 31)); return err },
		"Patch of nothing": func() error { _, err := store.Patch(t.Context(), person.ID(), domain.Patch{}); return err },
	} {
		leavesNone(t, store, name, do, "", "the person is the same before and after")
	}
}

func nobodyLeavesNone(t *testing.T, store Store) {
	person := create(t, store, "Ann", 31)
	never := func(domain.Person) bool { return false }
	for name, do := range map[string]func() error{
		"CreateBatch of nobody":        func() error { _, err := store.CreateBatch(t.Context(), nil); return err },
		"DeleteBatch of nobody":        func() error { _, err := store.DeleteBatch(t.Context(), nil); return err },
		"DeleteBatch of a stranger":    func() error { _, err := store.DeleteBatch(t.Context(), []int64{77}); return err },
		"DeleteBatch on one condition": func() error { _, err := store.DeleteBatch(t.Context(), []int64{person.ID()}, never); return err },
	} {
		leavesNone(t, store, name, do, "", "nobody is changed")
	}
}

func dryRunLeavesNone(t *testing.T, store Store) {
	job := runningJob(t, store, 1, 2)
	leavesNone(t, store, "EndChunks", func() error {
		_, err := store.EndChunks(t.Context(), job.ID, []domain.ChunkEnd{{Number: 0, Checked: 1000}, {Number: 1, Rejected: 1000}}, time.Now())
		return err
	}, "", "nobody is saved")
}

func refusedLeavesNone(t *testing.T, store Store) {
	person := create(t, store, "Ann", 31)
	never := func(domain.Person) bool { return false }
	job := runningJob(t, store, 1, 2)
	end := []domain.ChunkEnd{{Number: 0, Drafts: newDrafts(t, 5)}}
	_, err := store.EndChunks(t.Context(), job.ID, end, time.Now())
	wantCode(t, "EndChunks", err, "", "the job runs")
	_, err = store.CreateBatch(t.Context(), newClaim(t, "key", "request").On(newDrafts(t, 2)...))
	wantCode(t, "CreateBatch", err, "", "the key is new")
	for _, c := range []struct {
		name string
		do   func(ctx context.Context) error
		want domain.Code
	}{
		{"Replace", func(ctx context.Context) error { _, err := store.Replace(ctx, 77, newDraft(t, "Bob", 1)); return err }, domain.CodeNotFound},
		{"Patch", func(ctx context.Context) error { _, err := store.Patch(ctx, 77, newAge(t, 1)); return err }, domain.CodeNotFound},
		{"Delete", func(ctx context.Context) error { return store.Delete(ctx, 77) }, domain.CodeNotFound},
		{"Replace on a condition", func(ctx context.Context) error {
			_, err := store.Replace(ctx, person.ID(), newDraft(t, "Bob", 1), never)
			return err
		}, domain.CodePrecondition},
		{"Patch on a condition", func(ctx context.Context) error {
			_, err := store.Patch(ctx, person.ID(), newAge(t, 1), never)
			return err
		}, domain.CodePrecondition},
		{"Delete on a condition", func(ctx context.Context) error { return store.Delete(ctx, person.ID(), never) }, domain.CodePrecondition},
		{"CreateBatch with a used key", func(ctx context.Context) error {
			_, err := store.CreateBatch(ctx, newClaim(t, "key", "another request").On(newDrafts(t, 2)...))
			return err
		}, domain.CodeKeyReused},
		{"CreateBatch with a part of a claim", func(ctx context.Context) error {
			_, err := store.CreateBatch(ctx, newClaim(t, "part", "request").On(newDrafts(t, 3)...)[:2])
			return err
		}, domain.CodeInvalid},
		{"EndChunks of a chunk that has ended", func(ctx context.Context) error {
			_, err := store.EndChunks(ctx, job.ID, append(end[:1:1], domain.ChunkEnd{Number: 1, Drafts: newDrafts(t, 5)}), time.Now())
			return err
		}, domain.CodeConflict},
	} {
		leavesNone(t, store, c.name, func() error { return c.do(t.Context()) }, c.want, "a call that returns an error leaves none")
	}
}

func endedLeavesNone(t *testing.T, store Store) {
	person, job := create(t, store, "Ann", 31), runningJob(t, store, 1, 1)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range writes(t) {
		leavesNone(t, store, c.name, func() error { return c.do(ctx, store, person, job) }, domain.CodeCanceled, "ctx ended before the call")
	}
}
