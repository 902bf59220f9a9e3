package storetest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func walkCases() []storeCase {
	return slices.Concat(
		sized("a walk meets %d persons, with deleted ones between them, once each in the order of their ids", walkInOrder, 0, 1, 2, 10_000),
		[]storeCase{
			{"a walk can be left early and walked again", walkAgain},
			{"a walk meets whoever is there throughout exactly once while the walker writes", walkerWrites},
			{"a walk meets whoever is there throughout exactly once while others write", othersWrite},
			{"a walk whose ctx ends yields the error next and nothing after it", walkEnds},
		},
	)
}

// walk goes through all persons and returns the error that ends the walk. It
// fails the test where an error is not the last thing.
func walk(t *testing.T, all iter.Seq2[domain.Person, error], meet func(domain.Person)) error {
	t.Helper()
	var end error
	for person, err := range all {
		if end != nil {
			t.Errorf("All: got %s and error %v after error %v, want nothing: an error is the last thing it yields", show(person), err, end)
			break
		}
		if end = alone(t, "All", person, err); end == nil {
			meet(person)
		}
	}
	return end
}

func walkInOrder(t *testing.T, store ports.PersonStore, size int) {
	persons := createWithGaps(t, store, size)
	wantEverybody(t, store, persons, "a walk meets everybody once, in the order of their ids")
}

func walkAgain(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 1100)
	all := store.All(t.Context())
	for _, steps := range []int{1, 2, 600} {
		var met []domain.Person
		for person, err := range all {
			wantCode(t, "All", err, "", "nothing is wrong")
			met = append(met, person)
			if len(met) == steps {
				break
			}
		}
		wantPersons(t, fmt.Sprintf("All left after %d", steps), met, persons[:steps], "every walk starts at the first person")
		persons = append(persons, create(t, store, "created after a walk was left", 1))
	}
	var met []domain.Person
	wantCode(t, "All", walk(t, all, func(p domain.Person) { met = append(met, p) }), "", "nothing is wrong")
	wantPersons(t, "All walked again", met, persons, "every walk tells who is there when it is walked")
}

// encounters checks the persons that one walk meets.
type encounters struct {
	lastID int64
	met    map[int64]bool
}

func (e *encounters) meet(t *testing.T, person domain.Person) {
	t.Helper()
	if person.ID() <= e.lastID {
		t.Errorf("All: got id %d after %d, want a greater one: a walk goes in the order of the ids and meets nobody twice", person.ID(), e.lastID)
	}
	if e.met == nil {
		e.met = map[int64]bool{}
	}
	e.lastID, e.met[person.ID()] = person.ID(), true
}

func (e *encounters) wantMet(t *testing.T, persons []domain.Person) {
	t.Helper()
	for _, person := range persons {
		if !e.met[person.ID()] {
			t.Errorf("All: got no %s among %d persons, want every person who was there during the whole walk", show(person), len(e.met))
			return
		}
	}
}

func walkerWrites(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 1200)
	var throughout []domain.Person
	position := map[int64]int{}
	for i, person := range persons {
		position[person.ID()] = i
		if i%20 != 0 && i%20 != 3 {
			throughout = append(throughout, person)
		}
	}
	var walked encounters
	err := walk(t, store.All(t.Context()), func(person domain.Person) {
		walked.meet(t, person)
		i, known := position[person.ID()]
		if !known || i%20 != 0 {
			return
		}
		remove(t, store, person.ID())
		remove(t, store, persons[i+3].ID())
		create(t, store, "created during the walk", 1)
		person = persons[i+5]
		patched, err := store.Patch(t.Context(), person.ID(), newAge(t, 77))
		wantPerson(t, "Patch during a walk", patched, err, person.With(newAge(t, 77)), "the walker may write")
		wantFound(t, store, patched, "the walker may read")
	})
	wantCode(t, "All", err, "", "writing during a walk is no error")
	walked.wantMet(t, throughout)
}

// othersWrite has somebody behind the walker deleted at each stretch of the walk,
// from another goroutine, while visitors come and go.
func othersWrite(t *testing.T, store ports.PersonStore) {
	const stretch, visits, patience = 15, 300, 5 * time.Second
	var throughout, leaving []domain.Person
	for i, person := range createMany(t, store, 1200) {
		if i%stretch == 7 {
			leaving = append(leaving, person)
		} else {
			throughout = append(throughout, person)
		}
	}
	deleteNext := func() {
		deleted, id := make(chan error, 1), leaving[0].ID()
		leaving = leaving[1:]
		go func() { deleted <- store.Delete(t.Context(), id) }()
		select {
		case err := <-deleted:
			wantCode(t, "Delete during a walk", err, "", "walkers do not stop writers")
		case <-time.After(patience):
			t.Errorf("Delete during a walk: got no answer in %v, want persons written during a walk", patience)
		}
	}
	var (
		draft  = newDraft(t, "visitor", 1)
		walked encounters
		ended  atomic.Bool
	)
	together(2, func(i int) {
		if i == 0 {
			defer ended.Store(true)
			err := walk(t, store.All(t.Context()), func(person domain.Person) {
				if walked.meet(t, person); len(walked.met)%stretch == 0 && len(leaving) > 0 {
					deleteNext()
				}
			})
			wantCode(t, "All", err, "", "writers do not stop walkers")
			return
		}
		for n := 0; n < visits && !ended.Load(); n++ {
			person, err := store.Create(t.Context(), draft)
			wantCode(t, "Create", err, "", "walkers do not stop writers")
			wantCode(t, "Delete", store.Delete(t.Context(), person.ID()), "", "walkers do not stop writers")
		}
	})
	walked.wantMet(t, throughout)
}

func walkEnds(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 1100)
	for _, steps := range []int{1, 3, 999, len(persons)} {
		ctx, cancel := context.WithCancel(t.Context())
		var met []domain.Person
		err := walk(t, store.All(ctx), func(person domain.Person) {
			if met = append(met, person); len(met) == steps {
				cancel()
			}
		})
		cancel()
		wantCode(t, fmt.Sprintf("All whose ctx ends after %d", steps), err, domain.CodeCanceled, "ctx ended during the walk")
		wantPersons(t, fmt.Sprintf("All whose ctx ends after %d", steps), met, persons[:steps], "the error comes next")
	}
}
