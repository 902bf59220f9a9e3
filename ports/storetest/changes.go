package storetest

import (
	"math"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func changeCases() []storeCase {
	return []storeCase{
		{"find, replace, patch and delete answer not found for an id that nobody has", nobodyIsNotFound},
		{"a deleted person is not found by any method", deletedIsNotFound},
		{"a call that fails changes nothing", failureChangesNothing},
		{"replace sets name and age, keeps the id and returns what is saved", replaceSetsBoth},
		{"patch sets the given fields only, keeps the id and returns what is saved", patchSetsGiven},
		{"the zero patch changes nothing and returns the person", zeroPatch},
		{"delete removes the person and nobody else", deleteRemovesOne},
	}
}

func nobodyIsNotFound(t *testing.T, store ports.PersonStore) {
	strangers := []int64{0, -1, 1 << 31, 1 << 32, 1<<53 + 1, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64}
	const why = "nobody has this id"
	wantNotFound(t, store, why, append(strangers, 1)...)
	persons := createMany(t, store, 3)
	wantNotFound(t, store, why, append(strangers, persons[2].ID()+1)...)
	wantEverybody(t, store, persons, "a call that finds nobody changes nothing")
}

func deletedIsNotFound(t *testing.T, store ports.PersonStore) {
	for _, person := range createMany(t, store, 3) {
		remove(t, store, person.ID())
		wantNotFound(t, store, "the person was deleted", person.ID())
	}
	wantEverybody(t, store, nil, "everybody was deleted")
}

func wantNotFound(t *testing.T, store ports.PersonStore, why string, ids ...int64) {
	t.Helper()
	calls := callsByID(t)
	for _, id := range ids {
		for _, c := range calls {
			wantCode(t, c.on(id), c.do(t.Context(), store, id), domain.CodeNotFound, why)
		}
	}
}

func failureChangesNothing(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 3)
	for _, c := range callsByID(t) {
		id := persons[2].ID() + 1
		wantCode(t, c.on(id), c.do(t.Context(), store, id), domain.CodeNotFound, "nobody has this id")
		wantEverybody(t, store, persons, c.name+" failed, and a call that fails changes nothing")
	}
	for _, query := range []domain.PageQuery{{Number: 2, Size: 3}, {Number: 1, Size: 0}} {
		if _, err := store.Page(t.Context(), query); err == nil {
			t.Errorf("Page(%+v): got a page, want an error", query)
		}
		wantEverybody(t, store, persons, "Page failed, and a call that fails changes nothing")
	}
}

func replaceSetsBoth(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 3)
	draft := newDraft(t, strings.Repeat("é", domain.MaxNameLength), domain.MaxAge)
	for range 2 {
		want := draft.Person(persons[1].ID())
		got, err := store.Replace(t.Context(), want.ID(), draft)
		wantPerson(t, "Replace", got, err, want, "replace sets name and age and keeps the id")
		persons[1] = want
		wantEverybody(t, store, persons, "replace changes that person only")
		wantFound(t, store, want, "replace saves what it returns")
		draft = newDraft(t, "0", 0)
	}
}

func patchSetsGiven(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 3)
	name, age := "both", int64(0)
	both, err := domain.NewPatch(&name, &age)
	if err != nil {
		t.Fatalf("domain.NewPatch: got %v, want a patch", err)
	}
	for _, patch := range []domain.Patch{newName(t, "only the name"), newAge(t, domain.MaxAge), newAge(t, 0), newName(t, "O'Brien"), both} {
		want := persons[1].With(patch)
		got, err := store.Patch(t.Context(), want.ID(), patch)
		wantPerson(t, "Patch", got, err, want, "patch sets the given fields only and keeps the id")
		persons[1] = want
		wantEverybody(t, store, persons, "patch changes the given fields of that person only")
		wantFound(t, store, want, "patch saves what it returns")
	}
}

func zeroPatch(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 3)
	got, err := store.Patch(t.Context(), persons[1].ID(), domain.Patch{})
	wantPerson(t, "Patch of nothing", got, err, persons[1], "the zero patch returns the person")
	wantEverybody(t, store, persons, "the zero patch changes nothing")
}

func deleteRemovesOne(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 5)
	for _, i := range []int{2, 3, 0} {
		remove(t, store, persons[i].ID())
		persons = append(persons[:i], persons[i+1:]...)
		wantEverybody(t, store, persons, "delete removes the person and nobody else")
	}
}
