package historytest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func readingCases() []storeCase {
	return []storeCase{
		{"a new store has no changes", noChanges},
		{"changes are listed the latest first, and no more than asked for", latestFirst},
		{"changes are read on before a number", readOn},
		{"changes of one person are found, and nobody else's", ofOnePerson},
		{"a person of a batch has the change of the batch", inTheMiddle},
		{"changes of a person who was deleted long ago are found", ofTheDeleted},
		{"a person whom nobody changed has no changes", ofNobody},
		{"a number of changes below 1 is invalid", sizeBelowOne},
	}
}

func noChanges(t *testing.T, store Store) {
	for _, query := range []domain.ChangesQuery{{Size: 1}, {Size: math.MaxInt}, {Person: 1, Size: 1}, {Before: 1, Size: 1}} {
		got, err := store.Changes(t.Context(), query)
		if err != nil || len(got) != 0 {
			t.Errorf("Changes(%+v): got %d and %v, want none: nothing was done", query, len(got), err)
		}
	}
}

// somebody makes changes of each kind and returns all, the earliest first.
func somebody(t *testing.T, store Store) []domain.Change {
	t.Helper()
	for range 4 {
		persons := createMany(t, store, 10)
		persons[3] = setAge(t, store, persons[3], 7777)
		remove(t, store, persons[2], persons[3])
		create(t, store, "Ann", 31)
	}
	all := allChanges(t, store)
	if len(all) < 20 {
		t.Fatalf("Changes: got %d, want at least 20", len(all))
	}
	return all
}

func latestFirst(t *testing.T, store Store) {
	all := somebody(t, store)
	slices.Reverse(all)
	for i := 1; i < len(all); i++ {
		if all[i].Number >= all[i-1].Number {
			t.Errorf("Changes: got number %d after %d, want a lesser one: the latest comes first", all[i].Number, all[i-1].Number)
		}
	}
	for _, size := range []int{1, 2, len(all) - 1, len(all), len(all) + 1, math.MaxInt32, math.MaxInt} {
		got, err := store.Changes(t.Context(), domain.ChangesQuery{Size: size})
		wantCode(t, "Changes", err, "", "nothing is wrong")
		wantSame(t, fmt.Sprintf("Changes by %d", size), got, all[:min(size, len(all))], "the latest come first, and no more than asked for")
	}
}

func readOn(t *testing.T, store Store) {
	all := somebody(t, store)
	create(t, store, "later", 1)
	for i, change := range all {
		want := slices.Clone(all[:i])
		slices.Reverse(want)
		got, err := store.Changes(t.Context(), domain.ChangesQuery{Before: change.Number, Size: 3})
		wantCode(t, "Changes", err, "", "nothing is wrong")
		wantSame(t, fmt.Sprintf("Changes before %d", change.Number), got, want[:min(3, i)], "numbers are less than Before")
	}
	for _, before := range []int64{1, -1, math.MinInt64} {
		got, err := store.Changes(t.Context(), domain.ChangesQuery{Before: before, Size: 3})
		wantCode(t, "Changes", err, "", "nothing is wrong")
		wantSame(t, fmt.Sprintf("Changes before %d", before), got, nil, "numbers begin at 1")
	}
	got, err := store.Changes(t.Context(), domain.ChangesQuery{Before: math.MaxInt64, Size: 100})
	wantCode(t, "Changes", err, "", "nothing is wrong")
	if len(got) != len(all)+1 {
		t.Errorf("Changes before the greatest number: got %d, want all %d", len(got), len(all)+1)
	}
}

// ofOnePerson compares the store with a look at all changes, for each person, in pages of all sizes.
func ofOnePerson(t *testing.T, store Store) {
	all := somebody(t, store)
	for id := int64(1); id <= 50; id++ {
		want := slices.DeleteFunc(slices.Clone(all), func(change domain.Change) bool { return !change.Concerns(id) })
		for _, size := range []int{1, 2, 100} {
			got := changes(t, store, domain.ChangesQuery{Person: id, Size: size})
			wantSame(t, fmt.Sprintf("Changes of person %d by %d", id, size), got, want, "the changes of this person, and no others")
		}
		for _, change := range want {
			got := changes(t, store, domain.ChangesQuery{Person: id, Before: change.Number, Size: 2})
			before := slices.DeleteFunc(slices.Clone(want), func(other domain.Change) bool { return other.Number >= change.Number })
			wantSame(t, fmt.Sprintf("Changes of person %d before %d", id, change.Number), got, before, "both the person and the number count")
		}
	}
}

func inTheMiddle(t *testing.T, store Store) {
	createMany(t, store, 10)
	persons := createMany(t, store, 5_000)
	createMany(t, store, 10)
	created := runs(persons)
	for _, i := range []int{0, 1, 2_500, 4_998, 4_999} {
		person := persons[i]
		want := []domain.Change{created[slices.IndexFunc(created, func(change domain.Change) bool { return change.Concerns(person.ID()) })]}
		check := func() {
			t.Helper()
			got := changes(t, store, domain.ChangesQuery{Person: person.ID(), Size: 10})
			wantChanges(t, fmt.Sprintf("Changes of person %d", person.ID()), got, want, "a change of many persons is a change of each")
		}
		check()
		old := setAge(t, store, person, 7777)
		want = append(want, edited(person, old)...)
		check()
		remove(t, store, old)
		want = append(want, removed(old)...)
		check()
	}
}

func ofTheDeleted(t *testing.T, store Store) {
	person := createMany(t, store, 3)[2]
	remove(t, store, person)
	for range 3 {
		remove(t, store, createMany(t, store, 1_000)...)
	}
	got := changes(t, store, domain.ChangesQuery{Person: person.ID(), Size: 1})
	if len(got) != 2 || got[0].Kind != domain.ChangeCreated || got[1].Kind != domain.ChangeDeleted {
		t.Errorf("Changes of person %d, deleted 3,000 changes ago: got %+v, want the creation and the deletion", person.ID(), got)
	}
}

func ofNobody(t *testing.T, store Store) {
	last := createMany(t, store, 5)[4].ID()
	for _, id := range []int64{last + 1, -1, -last, math.MaxInt64, math.MinInt64} {
		got, err := store.Changes(t.Context(), domain.ChangesQuery{Person: id, Size: 10})
		if err != nil || len(got) != 0 {
			t.Errorf("Changes of person %d: got %d and %v, want none: there was never such a person", id, len(got), err)
		}
	}
}

func sizeBelowOne(t *testing.T, store Store) {
	create(t, store, "Ann", 31)
	for _, size := range []int{0, -1, math.MinInt} {
		for _, query := range []domain.ChangesQuery{{Size: size}, {Person: 1, Size: size}, {Before: 1, Size: size}} {
			got, err := store.Changes(t.Context(), query)
			wantCode(t, fmt.Sprintf("Changes(%+v)", query), err, domain.CodeInvalid, "at least one change is asked for")
			if len(got) != 0 {
				t.Errorf("Changes(%+v): got %d changes beside the error, want none", query, len(got))
			}
		}
	}
}
