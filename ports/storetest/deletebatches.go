package storetest

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func deleteBatchCases() []storeCase {
	return slices.Concat(
		[]storeCase{{"a batch of deletes of nobody changes nothing", deleteNobody}},
		sized("deletes of a batch of %d remove them and return them as they were, in the order of their ids", deleteMany, 1, 2, 500, 501, 1_000),
		[]storeCase{
			{"in a batch of deletes ids that nobody has, and an id that comes twice, change nothing", deleteStrangers},
			{"a batch of deletes removes those for whom all conditions hold", deleteOnConditions},
			{"a batch of deletes asks about each person as it is, and about nobody else", deleteAsksAll},
			{"an id is not given again after a batch of deletes", deletedIDsAreNotReused},
			{"a batch of deletes is seen whole or not at all while it is made", deleteIsSeenWhole},
			{"a batch of deletes whose ctx ends while it runs is made whole or not at all", canceledDeleteIsWhole},
			{"of many batches of deletes one removes a person", deletedOnce},
			{"nobody changes a person between the question of a batch of deletes and the delete", deleteIsAtomic},
		},
	)
}

// wantDeleted deletes the persons, who come in the order of their ids, as batches of at most 1,000.
func wantDeleted(t *testing.T, store ports.PersonStore, persons []domain.Person) {
	t.Helper()
	for some := range slices.Chunk(persons, 1_000) {
		got, err := store.DeleteBatch(t.Context(), idsOf(some))
		wantCode(t, "DeleteBatch", err, "", "the persons are there")
		wantPersons(t, "DeleteBatch", got, some, "a batch of deletes returns them as they were, in the order of their ids")
	}
}

func idsOf(persons []domain.Person) []int64 {
	ids := make([]int64, len(persons))
	for i, person := range persons {
		ids[i] = person.ID()
	}
	return ids
}

// noIDs are ids that nobody has in a store of few.
func noIDs() []int64 {
	return []int64{0, -1, 1 << 31, 1 << 32, 1<<53 + 1, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64}
}

func deleteNobody(t *testing.T, store ports.PersonStore) {
	for range 2 {
		persons := everybody(t, store)
		for _, ids := range [][]int64{nil, {}, noIDs(), {77}} {
			gone, err := store.DeleteBatch(t.Context(), ids)
			if err != nil || len(gone) != 0 {
				t.Errorf("DeleteBatch(%v): got %d persons and %v, want none and nil: nobody has these ids", ids, len(gone), err)
			}
			wantEverybody(t, store, persons, "ids that nobody has change nothing")
		}
		createMany(t, store, 3)
	}
}

func deleteMany(t *testing.T, store ports.PersonStore, size int) {
	persons := createWithGaps(t, store, size+20)
	if size > 1 {
		changed, err := store.Patch(t.Context(), persons[11].ID(), newAge(t, 77))
		wantCode(t, "Patch", err, "", "the person is there")
		persons[11] = changed
	}
	ids := idsOf(persons[10 : 10+size])
	slices.Reverse(ids)
	asked := slices.Clone(ids)
	got, err := store.DeleteBatch(t.Context(), ids)
	wantCode(t, "DeleteBatch", err, "", "the persons are there")
	wantPersons(t, "DeleteBatch", got, persons[10:10+size], "they are returned as they were, in the order of their ids")
	if !slices.Equal(ids, asked) {
		t.Errorf("DeleteBatch: got the ids in another order, want them as they were handed over")
	}
	for _, person := range got {
		_, err := store.Find(t.Context(), person.ID())
		wantCode(t, "Find", err, domain.CodeNotFound, "the person was deleted")
	}
	wantEverybody(t, store, slices.Concat(persons[:10], persons[10+size:]), "nobody else is deleted")
}

func deleteStrangers(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 6)
	remove(t, store, persons[2].ID())
	a, b := persons[1], persons[4]
	ids := slices.Concat([]int64{b.ID(), persons[2].ID(), a.ID()}, noIDs(), []int64{a.ID(), b.ID(), b.ID(), 7})
	got, err := store.DeleteBatch(t.Context(), ids)
	wantCode(t, "DeleteBatch", err, "", "ids that nobody has are no error")
	wantPersons(t, "DeleteBatch", got, []domain.Person{a, b}, "each person who was there is returned once")
	left := []domain.Person{persons[0], persons[3], persons[5]}
	wantEverybody(t, store, left, "nobody else is deleted")
	got, err = store.DeleteBatch(t.Context(), ids)
	wantCode(t, "DeleteBatch", err, "", "ids that nobody has are no error")
	wantPersons(t, "DeleteBatch", got, nil, "they were deleted before")
	wantEverybody(t, store, left, "nobody is deleted")
}

func deleteOnConditions(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 40) // of the ages 40 to 1
	even := func(person domain.Person) bool { return person.Age()%2 == 0 }
	old := func(person domain.Person) bool { return person.Age() > 30 }
	never := func(domain.Person) bool { return false }
	for _, c := range []struct {
		conditions []domain.Condition
		gone       func(person domain.Person) bool
	}{
		{[]domain.Condition{never, old}, never},
		{[]domain.Condition{old, never}, never},
		{[]domain.Condition{even, old}, func(person domain.Person) bool { return even(person) && old(person) }},
		{[]domain.Condition{old}, old},
		{nil, func(domain.Person) bool { return true }},
	} {
		var want, left []domain.Person
		for _, person := range persons {
			if person.ID() > 3 && c.gone(person) {
				want = append(want, person)
			} else {
				left = append(left, person)
			}
		}
		got, err := store.DeleteBatch(t.Context(), idsOf(persons[min(3, len(persons)):]), c.conditions...)
		wantCode(t, "DeleteBatch", err, "", "for whom a condition does not hold is no error")
		wantPersons(t, "DeleteBatch on conditions", got, want, "those are deleted for whom all conditions hold")
		wantEverybody(t, store, left, "nobody else is deleted")
		persons = left
	}
}

func deleteAsksAll(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 10)
	changed, err := store.Patch(t.Context(), persons[5].ID(), newAge(t, 777))
	wantCode(t, "Patch", err, "", "the person is there")
	remove(t, store, persons[6].ID())
	asked := map[domain.Person]bool{}
	_, err = store.DeleteBatch(t.Context(), idsOf(persons[4:8]), func(person domain.Person) bool {
		asked[person] = true
		return false
	})
	wantCode(t, "DeleteBatch", err, "", "for whom a condition does not hold is no error")
	for _, person := range []domain.Person{persons[4], changed, persons[7]} {
		if !asked[person] {
			t.Errorf("DeleteBatch: got no question about %s, want one about each person as it is", show(person))
		}
		delete(asked, person)
	}
	for person := range asked {
		t.Errorf("DeleteBatch: got a question about %s, want none", show(person))
	}
}

func deletedIDsAreNotReused(t *testing.T, store ports.PersonStore) {
	for range 3 {
		persons := createMany(t, store, 5)
		last := persons[4].ID()
		wantDeleted(t, store, persons)
		for _, next := range []domain.Person{create(t, store, "Ann", 31), createMany(t, store, 1)[0]} {
			if next.ID() <= last {
				t.Errorf("after a batch of deletes: got id %d, want one above %d: an id is never given twice", next.ID(), last)
			}
			last = next.ID()
			wantDeleted(t, store, []domain.Person{next})
		}
	}
}

func deleteIsSeenWhole(t *testing.T, store ports.PersonStore) {
	const size, batches = 700, 12
	persons := createMany(t, store, size*batches)
	var deleted atomic.Bool
	together(2, func(i int) {
		if i == 0 {
			defer deleted.Store(true)
			for some := range slices.Chunk(persons, size) {
				wantDeleted(t, store, some)
			}
			return
		}
		for !deleted.Load() {
			page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10 * size, Backward: true})
			wantCode(t, "Page", err, "", "writers do not stop readers")
			if page.Total%size != 0 || len(page.Persons)%size != 0 {
				t.Errorf("Page while batches of %d are deleted: got %d persons and a total of %d, want multiples: a batch is deleted all at once", size, len(page.Persons), page.Total)
				return
			}
			slice, err := store.Seek(t.Context(), backward(10*size))
			wantCode(t, "Seek", err, "", "writers do not stop readers")
			if len(slice.Persons)%size != 0 {
				t.Errorf("Seek while batches of %d are deleted: got %d persons, want a multiple: a batch is deleted all at once", size, len(slice.Persons))
				return
			}
		}
	})
	wantEverybody(t, store, nil, "every batch was deleted")
}

// canceledDeleteIsWhole ends the ctx at moments spread over the time that a batch takes.
func canceledDeleteIsWhole(t *testing.T, store ports.PersonStore) {
	const size, rounds = 1_000, 16
	persons := createMany(t, store, size*(rounds+1))
	began := time.Now()
	wantDeleted(t, store, persons[:size])
	duration, total := time.Since(began), int64(size*rounds)
	for round := range rounds {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(duration*time.Duration(round)/rounds, cancel)
		gone, err := store.DeleteBatch(ctx, idsOf(persons[size*(round+1):size*(round+2)]))
		cancel()
		before := total
		total = count(t, store)
		switch {
		case err == nil && (len(gone) != size || total != before-size):
			t.Fatalf("DeleteBatch of %d without an error: got %d persons and %d fewer in the store, want all of them", size, len(gone), before-total)
		case err != nil:
			wantCode(t, "DeleteBatch whose ctx ends", err, domain.CodeCanceled, "ctx ended while it ran")
			if len(gone) != 0 || total != before && total != before-size {
				t.Fatalf("DeleteBatch of %d whose ctx ended (%v): got %d persons and %d fewer in the store, want none, and all or none", size, err, len(gone), before-total)
			}
		}
	}
	if got := len(everybody(t, store)); int64(got) != total {
		t.Errorf("a walk after batches whose ctx ended: got %d persons, want %d as Page counts", got, total)
	}
}

// deletedOnce lets many callers delete persons who are also those of others, some by batches in
// another order, some one by one.
func deletedOnce(t *testing.T, store ports.PersonStore) {
	const callers, rounds, size = 8, 6, 120
	for range rounds {
		persons := createMany(t, store, size)
		var (
			mu   sync.Mutex
			gone = map[domain.Person]int{}
		)
		together(callers, func(i int) {
			own := slices.Clone(persons[10*i : 10*i+40])
			if i%2 == 1 {
				slices.Reverse(own)
			}
			deleted, err := store.DeleteBatch(t.Context(), idsOf(own))
			wantCode(t, "DeleteBatch", err, "", "batches that share persons do not stop one another")
			mu.Lock()
			for _, person := range deleted {
				gone[person]++
			}
			mu.Unlock()
			for _, person := range own {
				_, err := store.Find(t.Context(), person.ID())
				wantCode(t, "Find", err, domain.CodeNotFound, "a batch of deletes that has returned is seen")
			}
		})
		for i, person := range persons {
			want := 0
			if i < 10*(callers-1)+40 {
				want = 1
			}
			if gone[person] != want {
				t.Errorf("DeleteBatch by %d callers: got %s %d times, want %d: one of them deletes a person", callers, show(person), gone[person], want)
			}
		}
		wantDeleted(t, store, persons[10*(callers-1)+40:])
	}
	wantEverybody(t, store, nil, "everybody was deleted")
}

// deleteIsAtomic deletes a person on the condition of an age, while another caller changes it.
func deleteIsAtomic(t *testing.T, store ports.PersonStore) {
	const rounds, ages, wanted, patience = 6, 4, 2, 20 * time.Second
	patches := make([]domain.Patch, ages)
	for age := range patches {
		patches[age] = newAge(t, int64(age))
	}
	for range rounds {
		persons := createMany(t, store, 2)
		last := persons[0]
		var gone []domain.Person
		var over atomic.Bool
		together(2, func(i int) {
			for n := 0; i == 0 && !over.Load(); n++ {
				person, err := store.Patch(t.Context(), persons[0].ID(), patches[n%ages])
				if err != nil {
					wantCode(t, "Patch", err, domain.CodeNotFound, "the person was there until it was deleted")
					return
				}
				last = person
			}
			if i == 0 {
				return
			}
			defer over.Store(true)
			for began := time.Now(); len(gone) == 0 && time.Since(began) < patience; {
				var err error
				gone, err = store.DeleteBatch(t.Context(), idsOf(persons[:1]), func(person domain.Person) bool { return person.Age() == wanted })
				if wantCode(t, "DeleteBatch", err, "", "the condition is no error"); err != nil {
					return
				}
			}
		})
		if len(gone) != 1 || gone[0] != last || last.Age() != wanted {
			t.Errorf("DeleteBatch on the age %d: got %v, want %s as the last patch left it, which is of that age", wanted, gone, show(last))
		}
		remove(t, store, persons[1].ID())
	}
}
