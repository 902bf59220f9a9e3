package storetest

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// reopenCase is one promise of a durable store. open opens the same data each
// time; the case closes the store in between.
type reopenCase struct {
	name  string
	check func(t *testing.T, open func() ports.PersonStore)
}

func reopenCases() []reopenCase {
	return []reopenCase{
		{"persons are there as they were when the store is opened again", personsOutlastClose},
		{"10000 persons of a batch are there when the store is opened again", batchOutlastsClose},
		{"an id is not given again when the store is opened again after the last person was deleted", lastIDOutlastsClose},
		{"an id is not given again when the store is opened again after everybody was deleted", allIDsOutlastClose},
		{"whoever was answered as saved while the store was being closed is there when it is opened again", answersOutlastClose},
	}
}

func personsOutlastClose(t *testing.T, open func() ports.PersonStore) {
	store := open()
	var want []domain.Person
	for i, name := range names() {
		want = append(want, create(t, store, name, int64(i)))
	}
	remove(t, store, want[1].ID())
	changed, err := store.Patch(t.Context(), want[2].ID(), newAge(t, domain.MaxAge))
	wantCode(t, "Patch", err, "", "the person is there")
	want = append([]domain.Person{want[0], changed}, want[3:]...)
	wantDeleted(t, store, want[2:4])
	want = slices.Delete(want, 2, 4)
	for range 2 {
		wantClosed(t, store)
		store = open()
		wantEverybody(t, store, want, "a durable store keeps persons through Close and a new opening")
		want = append(want, create(t, store, "created after the opening", 1))
	}
}

func batchOutlastsClose(t *testing.T, open func() ports.PersonStore) {
	store := open()
	want := createMany(t, store, 10_000)
	wantClosed(t, store)
	wantEverybody(t, open(), want, "a durable store keeps persons through Close and a new opening")
}

func lastIDOutlastsClose(t *testing.T, open func() ports.PersonStore) {
	store := open()
	persons := createMany(t, store, 3)
	last := persons[2].ID()
	remove(t, store, last)
	wantClosed(t, store)

	store = open()
	next := create(t, store, "Ann", 31)
	if next.ID() <= last {
		t.Errorf("Create after Close and a new opening: got id %d, want one above %d, which was given before: a durable store keeps used ids", next.ID(), last)
	}
	wantEverybody(t, store, []domain.Person{persons[0], persons[1], next}, "nobody else was touched")
}

func allIDsOutlastClose(t *testing.T, open func() ports.PersonStore) {
	store := open()
	var last int64
	for _, person := range createMany(t, store, 10) {
		last = person.ID()
		remove(t, store, last)
	}
	wantClosed(t, store)
	if next := createMany(t, open(), 2)[0]; next.ID() <= last {
		t.Errorf("CreateBatch after Close and a new opening: got id %d, want one above %d, which was given before: a durable store keeps used ids", next.ID(), last)
	}
}

func answersOutlastClose(t *testing.T, open func() ports.PersonStore) {
	store := open()
	first := create(t, store, "Ann", 31)
	want := append([]domain.Person{first}, workUntilClosed(t, store)...)
	wantEverybody(t, open(), want, "what was answered as saved is kept, and what was answered as failed changed nothing")
}
