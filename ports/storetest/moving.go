package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// movingCases are for a store that is a ports.PersonSource or a ports.PersonKeeper too;
// others skip them.
func movingCases() []storeCase {
	var cases []storeCase
	for _, c := range []struct {
		name  string
		check func(t *testing.T, store ports.PersonStore, source ports.PersonSource)
	}{
		{"the last id of a source is the greatest that was ever given", lastIDIsTold},
		{"a source answers canceled, deadline or unavailable", sourceEnds},
	} {
		cases = append(cases, storeCase{c.name, func(t *testing.T, store ports.PersonStore) {
			source, ok := store.(ports.PersonSource)
			if !ok {
				t.Skip("the store is no ports.PersonSource")
			}
			c.check(t, store, source)
		}})
	}
	return append(cases, keeperCases()...)
}

func keeperCases() []storeCase {
	var cases []storeCase
	for _, c := range []struct {
		name  string
		check func(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper)
	}{
		{"persons are kept under their ids, with what they are", personsAreKept},
		{"as many as 10000 persons are kept together", manyAreKept},
		{"persons who are there already are kept again", keptAgain},
		{"where another person has an id, nobody is kept", takenKeepsNobody},
		{"ids of persons who were kept are not given", keptIDsAreNotGiven},
		{"ids up to one that was given elsewhere are not given", lastIDIsKept},
		{"persons may be kept by many at once, beside creates", keptAtOnce},
		{"a keeper answers canceled, deadline or unavailable", keeperEnds},
	} {
		cases = append(cases, storeCase{c.name, func(t *testing.T, store ports.PersonStore) {
			keeper, ok := store.(ports.PersonKeeper)
			if !ok {
				t.Skip("the store is no ports.PersonKeeper")
			}
			c.check(t, store, keeper)
		}})
	}
	return cases
}

func lastIDIsTold(t *testing.T, store ports.PersonStore, source ports.PersonSource) {
	want := func(want int64, why string) {
		t.Helper()
		if got, err := source.LastID(t.Context()); err != nil || got != want {
			t.Errorf("LastID: got %d and %v, want %d: %s", got, err, want, why)
		}
	}
	want(0, "nobody was ever there")
	createMany(t, store, 3)
	want(3, "three were created")
	remove(t, store, 2)
	remove(t, store, 3)
	want(3, "an id counts after its person is deleted")
	remove(t, store, 1)
	want(3, "ids count after everybody is deleted")
	want(create(t, store, "Ann", 31).ID(), "one more was created")
}

func sourceEnds(t *testing.T, store ports.PersonStore, source ports.PersonSource) {
	wantEnds(t, store, map[string]func(context.Context) error{
		"LastID": func(ctx context.Context) error { _, err := source.LastID(ctx); return err },
	})
}

func keeperEnds(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	ann := []domain.Person{newDraft(t, "Ann", 31).Person(7)}
	wantEnds(t, store, map[string]func(context.Context) error{
		"KeepPersons": func(ctx context.Context) error { return keeper.KeepPersons(ctx, ann) },
		"KeepLastID":  func(ctx context.Context) error { return keeper.KeepLastID(ctx, 7) },
	})
}

// wantEnds fails the test unless calls answer a ctx that has ended, change nothing then, and
// answer that the store is closed.
func wantEnds(t *testing.T, store ports.PersonStore, calls map[string]func(ctx context.Context) error) {
	t.Helper()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	for name, call := range calls {
		wantCode(t, name, call(cancelled), domain.CodeCanceled, "ctx was cancelled before")
		wantCode(t, name, call(late), domain.CodeDeadline, "ctx ran out before")
	}
	wantEverybody(t, store, nil, "a call that returns an error has changed nothing")
	if got := create(t, store, "Ann", 31).ID(); got != 1 {
		t.Errorf("Create: got id %d, want 1: a call that returns an error has changed nothing", got)
	}
	wantClosed(t, store)
	for name, call := range calls {
		wantCode(t, name, call(t.Context()), domain.CodeUnavailable, "the store was closed")
	}
}

// strangers returns persons with gaps between their ids, who were saved by another store.
func strangers(t *testing.T, n int) []domain.Person {
	t.Helper()
	persons := make([]domain.Person, n)
	for i, draft := range newDrafts(t, n) {
		persons[i] = draft.Person(int64(i)*3 + 5)
	}
	return persons
}

func keep(t *testing.T, keeper ports.PersonKeeper, persons []domain.Person, why string) {
	t.Helper()
	wantCode(t, fmt.Sprintf("KeepPersons of %d", len(persons)), keeper.KeepPersons(t.Context(), persons), "", why)
}

func personsAreKept(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	keep(t, keeper, nil, "no persons are no error")
	wantEverybody(t, store, nil, "nobody was kept")
	persons := strangers(t, 5)
	persons[1] = newDraft(t, "\u202eé e\u0301 \"'\\\t\r\n, \U0001f9d1\u200d\U0001f680", domain.MaxAge).Person(persons[1].ID())
	persons[2] = domain.StoredPerson(persons[2].ID(), "", 0) // an older program may have let it through
	persons[4] = newDraft(t, "far", 1).Person(1 << 40)
	backwards := slices.Clone(persons)
	slices.Reverse(backwards)
	keep(t, keeper, backwards[:2], "persons are kept in whatever order they are")
	keep(t, keeper, backwards[2:], "there is room before others")
	wantEverybody(t, store, persons, "persons are kept with id, name and age")
	for _, person := range persons {
		wantFound(t, store, person, "who was kept is found")
	}
	remove(t, store, persons[0].ID())
	wantEverybody(t, store, persons[1:], "who was kept can be deleted")
}

func manyAreKept(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	persons := strangers(t, 10_000)
	keep(t, keeper, persons, "10,000 are served")
	wantEverybody(t, store, persons, "all or none are kept")
}

func keptAgain(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	persons := strangers(t, 10)
	for _, part := range [][]domain.Person{persons[:4], persons[:4], persons[2:7], persons, persons[9:], persons} {
		keep(t, keeper, part, "who is there the same is passed over")
	}
	wantEverybody(t, store, persons, "who is kept twice is there once")
}

func takenKeepsNobody(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	persons := strangers(t, 5)
	keep(t, keeper, persons[2:3], "nobody is there")
	for _, other := range []domain.Person{
		newDraft(t, "another", int64(persons[2].Age())).Person(persons[2].ID()),
		newDraft(t, persons[2].Name(), 77).Person(persons[2].ID()),
	} {
		batch := slices.Clone(persons)
		batch[2] = other
		wantCode(t, "KeepPersons with an id that another person has", keeper.KeepPersons(t.Context(), batch), domain.CodeConflict, "nobody is overwritten")
		wantEverybody(t, store, persons[2:3], "all or none are kept")
	}
	twins := []domain.Person{persons[0], newDraft(t, "twin", 1).Person(persons[0].ID())}
	wantCode(t, "KeepPersons with two of one id", keeper.KeepPersons(t.Context(), twins), domain.CodeConflict, "only one of them can have it")
	wantEverybody(t, store, persons[2:3], "all or none are kept")
}

func keptIDsAreNotGiven(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	persons := strangers(t, 3)
	slices.Reverse(persons)
	keep(t, keeper, persons, "nobody is there")
	remove(t, store, persons[0].ID())
	if got := create(t, store, "Ann", 31).ID(); got <= persons[0].ID() {
		t.Errorf("Create: got id %d after persons up to id %d were kept, want a greater one: their ids are not given", got, persons[0].ID())
	}
}

func lastIDIsKept(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	next := int64(1)
	for _, id := range []int64{0, -5, 9, 4, 9, 20, 2} {
		wantCode(t, fmt.Sprintf("KeepLastID(%d)", id), keeper.KeepLastID(t.Context(), id), "", "any id may be kept")
		next = max(next, id+1)
		got := create(t, store, "Ann", 31).ID()
		if got < next {
			t.Errorf("Create after KeepLastID(%d): got id %d, want %d or more: ids up to the greatest are not given", id, got, next)
		}
		next = got + 1
	}
	wantCode(t, "KeepLastID(100)", keeper.KeepLastID(t.Context(), 100), "", "any id may be kept")
	keep(t, keeper, []domain.Person{newDraft(t, "Bob", 1).Person(50)}, "persons may have ids that are not given")
	if got := createMany(t, store, 2)[0].ID(); got <= 100 {
		t.Errorf("CreateBatch after KeepLastID(100): got id %d, want a greater one: ids up to it are not given", got)
	}
}

func keptAtOnce(t *testing.T, store ports.PersonStore, keeper ports.PersonKeeper) {
	persons := strangers(t, 60)
	const creators, creates = 2, 10
	last := persons[len(persons)-1].ID()
	wantCode(t, "KeepLastID", keeper.KeepLastID(t.Context(), last), "", "nobody is there")
	draft := newDraft(t, "Ann", 31)
	together(4+creators, func(i int) {
		if i < creators {
			for range creates {
				person, err := store.Create(t.Context(), draft)
				if err != nil || person.ID() <= last {
					t.Errorf("Create: got id %d and %v, want one above %d: creates go on while persons are kept", person.ID(), err, last)
				}
			}
			return
		}
		for part := range slices.Chunk(persons, 10+i) {
			wantCode(t, "KeepPersons", keeper.KeepPersons(t.Context(), part), "", "others keep the same persons")
			wantCode(t, "KeepLastID", keeper.KeepLastID(t.Context(), last-1), "", "others keep greater ids")
		}
	})
	all := everybody(t, store)
	if want := len(persons) + creators*creates; len(all) != want || count(t, store) != int64(want) {
		t.Fatalf("got %d persons, and a total of %d, want %d of both", len(all), count(t, store), want)
	}
	wantPersons(t, "a walk", all[:len(persons)], persons, "who was kept by many is there once")
}
