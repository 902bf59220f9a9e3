package storetest

import (
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func idCases() []storeCase {
	return []storeCase{
		{"the first person has id 1", firstIDIsOne},
		{"the first person of a batch has id 1 when nobody came before", firstBatchIDIsOne},
		{"ids grow in the order of saving", idsGrow},
		{"an id is not given again after the last person is deleted", lastIDIsNotReused},
		{"an id is not given again after everybody is deleted", noIDIsReused},
		{"persons created at the same time have different ids", concurrentIDsDiffer},
	}
}

func firstIDIsOne(t *testing.T, store ports.PersonStore) {
	if got := create(t, store, "Ann", 31).ID(); got != 1 {
		t.Errorf("Create in a new store: got id %d, want 1: ids start at 1", got)
	}
}

func firstBatchIDIsOne(t *testing.T, store ports.PersonStore) {
	if got := createMany(t, store, 2)[0].ID(); got != 1 {
		t.Errorf("CreateBatch in a new store: got id %d for the first person, want 1: ids start at 1", got)
	}
}

func idsGrow(t *testing.T, store ports.PersonStore) {
	var last int64
	saved := func(call string, persons ...domain.Person) {
		for _, person := range persons {
			if person.ID() <= last {
				t.Errorf("%s: got id %d after %d, want a greater one: ids grow in the order of saving", call, person.ID(), last)
			}
			last = person.ID()
		}
	}
	for range 3 {
		saved("Create", create(t, store, "Ann", 31))
		saved("CreateBatch", createMany(t, store, 3)...)
		remove(t, store, last-1)
		saved("Create after a Delete", create(t, store, "Bob", 32))
	}
}

func lastIDIsNotReused(t *testing.T, store ports.PersonStore) {
	last := createMany(t, store, 3)[2].ID()
	for range 3 {
		remove(t, store, last)
		next := create(t, store, "Ann", 31).ID()
		if next <= last {
			t.Errorf("Create: got id %d after the person with id %d was deleted, want a greater one: an id is never given twice", next, last)
		}
		remove(t, store, next)
		last = createMany(t, store, 1)[0].ID()
		if last <= next {
			t.Errorf("CreateBatch: got id %d after the person with id %d was deleted, want a greater one: an id is never given twice", last, next)
		}
	}
}

func noIDIsReused(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 20)
	for _, person := range persons {
		remove(t, store, person.ID())
	}
	last := persons[len(persons)-1].ID()
	if next := create(t, store, "Ann", 31).ID(); next <= last {
		t.Errorf("Create: got id %d after ids up to %d were given and deleted, want a greater one: an id is never given twice", next, last)
	}
}

func concurrentIDsDiffer(t *testing.T, store ports.PersonStore) {
	var (
		mu   sync.Mutex
		seen = map[int64]domain.Person{}
	)
	saved := func(persons ...domain.Person) {
		mu.Lock()
		defer mu.Unlock()
		for _, person := range persons {
			if other, taken := seen[person.ID()]; taken {
				t.Errorf("id %d: got it for both %s and %s, want different ids", person.ID(), show(other), show(person))
			}
			seen[person.ID()] = person
		}
	}
	drafts := newDrafts(t, 16)
	together(len(drafts), func(i int) {
		for range 5 {
			person, err := store.Create(t.Context(), drafts[i])
			wantPerson(t, "Create", person, err, drafts[i].Person(person.ID()), "creating is safe for concurrent use")
			persons, err := store.CreateBatch(t.Context(), drafts[:3])
			wantCode(t, "CreateBatch", err, "", "creating is safe for concurrent use")
			saved(append(persons, person)...)
		}
	})
	if got, want := count(t, store), int64(len(drafts)*5*4); got != want || len(seen) != int(want) {
		t.Errorf("after concurrent creates: got %d persons with %d ids, want %d of each", got, len(seen), want)
	}
}
