package storetest

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// abandonedCases are those of a durable store that is never closed: it stays open
// until the test ends, unused, and another is opened on the same data.
func abandonedCases() []reopenCase {
	return []reopenCase{
		{"what was answered as saved is there for another opening though the store was never closed", answersOutlastAbandoning},
		{"what many were answered is there for another opening though the store was never closed", crowdOutlastsAbandoning},
		{"an id is not given again by another opening though the store was never closed", idsOutlastAbandoning},
	}
}

const whyDurable = "what a durable store answered as saved does not depend on Close"

func answersOutlastAbandoning(t *testing.T, open func() ports.PersonStore) {
	store := open()
	ann := create(t, store, "Ann", 31)
	want := []domain.Person{ann}
	// The store of before is not used any more, but stays open.
	look := func() {
		t.Helper()
		store = open()
		wantEverybody(t, store, want, whyDurable)
	}
	look()
	want = append(want, createMany(t, store, 700)...)
	look()
	patched, err := store.Patch(t.Context(), ann.ID(), newAge(t, 32))
	wantCode(t, "Patch", err, "", "the person is there")
	want[0] = patched
	look()
	want[1], err = store.Replace(t.Context(), want[1].ID(), newDraft(t, "replaced", 1))
	wantCode(t, "Replace", err, "", "the person is there")
	look()
	remove(t, store, want[2].ID())
	want = append(want[:2], want[3:]...)
	look()
	wantDeleted(t, store, want[300:500])
	want = slices.Delete(want, 300, 500)
	look()
}

func crowdOutlastsAbandoning(t *testing.T, open func() ports.PersonStore) {
	const callers, rounds = 16, 5
	store, drafts := open(), newDrafts(t, 5)
	renamed := newName(t, "renamed")
	var saved [callers][]domain.Person
	together(callers, func(i int) {
		var err error
		if saved[i], err = mixedWork(t.Context(), store, drafts, renamed, rounds); err != nil {
			t.Errorf("caller %d: got %v, want no error", i, err)
		}
	})
	wantEverybody(t, open(), inOrder(saved[:]...), whyDurable)
}

func idsOutlastAbandoning(t *testing.T, open func() ports.PersonStore) {
	store := open()
	persons := createMany(t, store, 10)
	last := persons[9].ID()
	remove(t, store, last)
	store = open()
	next := create(t, store, "Ann", 31)
	if next.ID() <= last {
		t.Errorf("Create by another opening: got id %d, want one above %d, which was given before: a durable store keeps used ids", next.ID(), last)
	}
	for _, person := range append(persons[:9], next) {
		last = person.ID()
		remove(t, store, last)
	}
	if next := createMany(t, open(), 2)[0].ID(); next <= last {
		t.Errorf("CreateBatch by another opening: got id %d, want one above %d, which was given before: a durable store keeps used ids", next, last)
	}
}
