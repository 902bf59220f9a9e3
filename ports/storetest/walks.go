package storetest

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func walkCases() []storeCase {
	return slices.Concat(
		sized("a walk meets %d persons, with deleted ones between them, once each in the order of their ids, and back", walkInOrder, 0, 1, 2, 10_000),
		[]storeCase{
			{"a walk can be left early and walked again", walkAgain},
			{"a walk meets whoever is there throughout exactly once while the walker writes", walkerWrites},
			{"a walk meets whoever is there throughout exactly once while others write", othersWrite},
		},
	)
}

// forward asks for the first persons.
func forward(size int) domain.SeekQuery { return domain.SeekQuery{From: math.MinInt64, Size: size} }

// backward asks for the last persons.
func backward(size int) domain.SeekQuery {
	return domain.SeekQuery{From: math.MaxInt64, Backward: true, Size: size}
}

// walk meets one person after the other by asking the query, and again from the
// last person met, until there are no more. It fails the test where that does not
// come nearer to the end.
func walk(t *testing.T, store ports.PersonStore, query domain.SeekQuery, meet func(domain.Person)) {
	t.Helper()
	for {
		slice, err := store.Seek(t.Context(), query)
		if err != nil {
			t.Errorf("Seek(%+v): got %v, want a slice", query, err)
			return
		}
		if query.Backward {
			slices.Reverse(slice.Persons)
		}
		for _, person := range slice.Persons {
			meet(person)
		}
		if !slice.More {
			return
		}
		last := query.From
		for _, person := range slice.Persons {
			query.From = person.ID()
		}
		if query.From == last || query.From > last == query.Backward {
			t.Errorf("Seek(%+v): got %d persons that end with id %d, and more, want to come nearer to the end", query, len(slice.Persons), query.From)
			return
		}
	}
}

func walkInOrder(t *testing.T, store ports.PersonStore, size int) {
	persons := createWithGaps(t, store, size)
	wantEverybody(t, store, persons, "a walk meets everybody once, in the order of their ids")
	for _, sliceSize := range []int{60, 500} {
		var met []domain.Person
		walk(t, store, backward(sliceSize), func(person domain.Person) { met = append(met, person) })
		slices.Reverse(met)
		wantPersons(t, "a walk back", met, persons, "a walk back meets everybody once, the last first")
	}
}

func walkAgain(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 1100)
	for _, size := range []int{1, 2, 600} {
		slice, err := store.Seek(t.Context(), forward(size))
		wantCode(t, "Seek", err, "", "nothing is wrong")
		wantPersons(t, fmt.Sprintf("a walk left after %d", size), slice.Persons, persons[:size], "every walk starts at the first person")
		persons = append(persons, create(t, store, "created after a walk was left", 1))
	}
	wantEverybody(t, store, persons, "every walk meets who is there when it is walked")
	remove(t, store, persons[0].ID())
	wantEverybody(t, store, persons[1:], "every walk meets who is there when it is walked")
}

// encounters checks the persons that one walk meets.
type encounters struct {
	backward bool
	lastID   int64
	met      map[int64]bool
}

func (e *encounters) meet(t *testing.T, person domain.Person) {
	t.Helper()
	if len(e.met) > 0 && (person.ID() == e.lastID || person.ID() < e.lastID != e.backward) {
		t.Errorf("a walk (backward: %t): got id %d after %d, want none nearer to the start: a walk goes in the order of the ids and meets nobody twice", e.backward, person.ID(), e.lastID)
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
			t.Errorf("a walk (backward: %t): got no %s among %d persons, want every person who was there during the whole walk", e.backward, show(person), len(e.met))
			return
		}
	}
}

// walkerWrites has a walker delete whom it has just met and somebody further on,
// create somebody, and change and read another.
func walkerWrites(t *testing.T, store ports.PersonStore) {
	for _, query := range []domain.SeekQuery{forward(7), forward(100), backward(7), backward(100)} {
		persons := createMany(t, store, 400)
		ahead := 1
		if query.Backward {
			ahead = -1
		}
		var throughout []domain.Person
		position := map[int64]int{}
		isMet, isAhead := func(i int) bool { return i%20 == 10 }, func(i int) bool { return i%20 == 10+3*ahead }
		for i, person := range persons {
			position[person.ID()] = i
			if !isMet(i) && !isAhead(i) {
				throughout = append(throughout, person)
			}
		}
		walked := encounters{backward: query.Backward}
		walk(t, store, query, func(person domain.Person) {
			walked.meet(t, person)
			i, known := position[person.ID()]
			if !known || !isMet(i) {
				return
			}
			remove(t, store, person.ID())
			remove(t, store, persons[i+3*ahead].ID())
			create(t, store, "created during the walk", 1)
			person = persons[i+5*ahead]
			patched, err := store.Patch(t.Context(), person.ID(), newAge(t, 77))
			wantPerson(t, "Patch during a walk", patched, err, person.With(newAge(t, 77)), "the walker may write")
			wantFound(t, store, patched, "the walker may read")
		})
		walked.wantMet(t, throughout)
	}
}

// othersWrite has somebody behind the walker deleted at each stretch of the walk,
// from another goroutine, while visitors come and go.
func othersWrite(t *testing.T, store ports.PersonStore) {
	for _, query := range []domain.SeekQuery{forward(10), backward(10)} {
		othersWriteDuring(t, store, query)
	}
}

func othersWriteDuring(t *testing.T, store ports.PersonStore, query domain.SeekQuery) {
	t.Helper()
	const stretch, visits, patience = 15, 300, 5 * time.Second
	var throughout, leaving []domain.Person
	for i, person := range createMany(t, store, 600) {
		if i%stretch == 7 {
			leaving = append(leaving, person)
		} else {
			throughout = append(throughout, person)
		}
	}
	if query.Backward {
		slices.Reverse(leaving)
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
		walked = encounters{backward: query.Backward}
		ended  atomic.Bool
	)
	together(2, func(i int) {
		if i == 0 {
			defer ended.Store(true)
			walk(t, store, query, func(person domain.Person) {
				if walked.meet(t, person); len(walked.met)%stretch == 0 && len(leaving) > 0 {
					deleteNext()
				}
			})
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
