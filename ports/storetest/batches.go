package storetest

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func batchCases() []storeCase {
	return slices.Concat(
		[]storeCase{{"a batch of nobody is nobody and no error", emptyBatch}},
		sized("a batch of %d comes back in the order of its drafts with growing ids", batchInOrder, 1, 2, 499, 500, 501, 10_000),
		[]storeCase{
			{"a batch whose ctx ended before it saves nobody", endedBatchSavesNobody},
			{"a batch whose ctx ends while it runs is saved whole or not at all", canceledBatchIsWhole},
			{"a batch is seen whole or not at all while it is saved", batchIsSeenWhole},
		},
	)
}

func emptyBatch(t *testing.T, store ports.PersonStore) {
	for _, drafts := range [][]domain.Draft{nil, {}} {
		persons, err := store.CreateBatch(t.Context(), drafts)
		if err != nil || len(persons) != 0 {
			t.Errorf("CreateBatch of nobody: got %d persons and %v, want none and nil", len(persons), err)
		}
	}
	wantEverybody(t, store, nil, "a batch of nobody saves nobody")
}

func batchInOrder(t *testing.T, store ports.PersonStore, size int) {
	before := create(t, store, "Ann", 31)
	drafts := newDrafts(t, size)
	persons, err := store.CreateBatch(t.Context(), drafts)
	if err != nil || len(persons) != size {
		t.Fatalf("CreateBatch of %d: got %d persons and %v, want all and nil", size, len(persons), err)
	}
	last := before.ID()
	for i, person := range persons {
		if person != drafts[i].Person(person.ID()) || person.ID() <= last {
			t.Fatalf("CreateBatch: got %s at index %d, want the draft's %q with an id above %d: persons come in the order of the drafts, with growing ids",
				show(person), i, drafts[i].Name(), last)
		}
		last = person.ID()
	}
	const why = "what a batch returns is what was saved"
	for i := 0; i < size; i += 1 + size/500 {
		wantFound(t, store, persons[i], why)
	}
	wantEverybody(t, store, append([]domain.Person{before}, persons...), why)
	if next := create(t, store, "Bob", 32).ID(); next <= last {
		t.Errorf("Create after CreateBatch: got id %d, want one above %d: ids grow in the order of saving", next, last)
	}
}

func endedBatchSavesNobody(t *testing.T, store ports.PersonStore) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	persons, err := store.CreateBatch(ctx, newDrafts(t, 1000))
	wantCode(t, "CreateBatch with a ctx that was cancelled", err, domain.CodeCanceled, "ctx had ended")
	if len(persons) != 0 {
		t.Errorf("CreateBatch with a ctx that was cancelled: got %d persons, want none", len(persons))
	}
	wantEverybody(t, store, nil, "a call whose ctx had ended changes nothing")
}

// canceledBatchIsWhole ends the ctx at moments spread over the time that a batch takes.
func canceledBatchIsWhole(t *testing.T, store ports.PersonStore) {
	const size, rounds = 2_000, 16
	drafts := newDrafts(t, size)
	start := time.Now()
	createMany(t, store, size)
	duration, total := time.Since(start), int64(size)

	for round := range rounds {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(duration*time.Duration(round)/rounds, cancel)
		persons, err := store.CreateBatch(ctx, drafts)
		cancel()
		before := total
		total = count(t, store)
		if err == nil {
			if total != before+size || len(persons) != size {
				t.Fatalf("CreateBatch of %d without an error: got %d persons and %d more in the store, want all of them", size, len(persons), total-before)
			}
			continue
		}
		wantCode(t, "CreateBatch whose ctx ends", err, domain.CodeCanceled, "ctx ended while it ran")
		if total != before && total != before+size {
			t.Fatalf("CreateBatch of %d whose ctx ended (%v): got %d more persons in the store, want all or none", size, err, total-before)
		}
	}
	if got := len(everybody(t, store)); int64(got) != total {
		t.Errorf("a walk after batches whose ctx ended: got %d persons, want %d as Page counts", got, total)
	}
}

func batchIsSeenWhole(t *testing.T, store ports.PersonStore) {
	const size, batches = 700, 12
	drafts := newDrafts(t, size)
	var saved atomic.Bool
	together(2, func(i int) {
		if i == 0 {
			defer saved.Store(true)
			for range batches {
				_, err := store.CreateBatch(t.Context(), drafts)
				wantCode(t, "CreateBatch", err, "", "readers do not stop writers")
			}
			return
		}
		for !saved.Load() {
			page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
			wantCode(t, "Page", err, "", "writers do not stop readers")
			if page.Total%size != 0 {
				t.Errorf("Page while batches of %d are saved: got a total of %d, want a multiple: a batch is saved whole or not at all", size, page.Total)
				return
			}
		}
	})
	if got, want := count(t, store), int64(size*batches); got != want {
		t.Errorf("Page after the batches: got a total of %d, want %d: every batch was saved", got, want)
	}
}
