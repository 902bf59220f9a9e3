package historytest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func manyCases() []storeCase {
	return []storeCase{
		{"of many who write at once each change is there once, with its own origin", eachOnce},
		{"the changes of a person whom many edit follow one another", chain},
		{"later changes of one person have greater numbers", numbersGrow},
	}
}

// eachOnce lets each caller work on persons of its own, and compares what it did with what was left.
func eachOnce(t *testing.T, store Store) {
	const callers, rounds = 8, 12
	var want [callers][]domain.Change
	drafts, age := newDrafts(t, 3), newAge(t, 77)
	together(callers, func(i int) {
		origin := domain.Origin{Via: domain.ViaAdmin, Who: fmt.Sprint("caller ", i)}
		for range rounds {
			did, err := oneRound(t, store, origin, drafts, age)
			if want[i] = append(want[i], did...); err != nil {
				t.Errorf("%s: got %v, want no error: every method is safe for concurrent use", origin.Who, err)
				return
			}
		}
	})
	got := map[string][]domain.Change{}
	numbers := map[int64]bool{}
	for _, change := range allChanges(t, store) {
		got[change.Origin.Who] = append(got[change.Origin.Who], change)
		if numbers[change.Number] {
			t.Errorf("Changes: got number %d twice, want it once: it tells changes apart", change.Number)
		}
		numbers[change.Number] = true
	}
	for i, did := range want {
		who := fmt.Sprint("caller ", i)
		slices.SortFunc(did, byPerson)
		left := got[who]
		slices.SortStableFunc(left, byPerson)
		wantChanges(t, who, left, did, "each change is there once, with the origin of its call")
	}
}

// byPerson compares changes by whom they concern and by what was done: a person is created
// before it is edited, and deleted at last.
func byPerson(a, b domain.Change) int {
	at := func(kind domain.ChangeKind) int {
		return slices.Index([]domain.ChangeKind{domain.ChangeCreated, domain.ChangeEdited, domain.ChangeDeleted}, kind)
	}
	if a.First != b.First {
		return int(a.First - b.First)
	}
	return at(a.Kind) - at(b.Kind)
}

// oneRound makes each kind of change and returns what has to be left of it.
func oneRound(t *testing.T, store Store, origin domain.Origin, drafts []domain.Draft, age domain.Patch) ([]domain.Change, error) {
	t.Helper()
	ctx := domain.WithOrigin(t.Context(), origin)
	persons, err := store.CreateBatch(ctx, drafts)
	if err != nil {
		return nil, err
	}
	did := runs(persons)
	alone, err := store.Create(ctx, drafts[0])
	if err != nil {
		return did, err
	}
	did = append(did, runs([]domain.Person{alone})...)
	after, err := store.Patch(ctx, persons[1].ID(), age)
	if err != nil {
		return did, err
	}
	did = append(did, edited(persons[1], after)...)
	if err := store.Delete(ctx, alone.ID()); err != nil {
		return did, err
	}
	if _, err := store.DeleteBatch(ctx, []int64{persons[2].ID(), after.ID()}); err != nil {
		return did, err
	}
	did = append(did, removed(alone, after, persons[2])...)
	for i := range did {
		did[i].Origin = origin
	}
	return did, nil
}

func chain(t *testing.T, store Store) {
	const callers, rounds = 8, 20
	person := createMany(t, store, 3)[1]
	var patches [callers][rounds]domain.Patch
	for i := range callers {
		for n := range rounds {
			patches[i][n] = newAge(t, int64(1000*(i+1)+n))
		}
	}
	together(callers, func(i int) {
		for n := range rounds {
			_, err := store.Patch(t.Context(), person.ID(), patches[i][n])
			wantCode(t, "Patch", err, "", "the person is there")
		}
	})
	got := changes(t, store, domain.ChangesQuery{Person: person.ID(), Size: 7})
	if len(got) != 1+callers*rounds {
		t.Errorf("Changes of person %d: got %d, want the creation and %d edits", person.ID(), len(got), callers*rounds)
		return
	}
	for _, change := range got[1:] {
		if change.Before != person {
			t.Errorf("Changes: got the %s, want it to begin with %v, as the one before it ended: greater numbers are later", show(change), person)
			return
		}
		person = change.After
	}
	if found, err := store.Find(t.Context(), person.ID()); err != nil || found != person {
		t.Errorf("Find(%d): got %v and %v, want %v as the last change left it", person.ID(), found, err, person)
	}
}

func numbersGrow(t *testing.T, store Store) {
	person := createMany(t, store, 3)[1]
	for age := range int64(20) {
		person = setAge(t, store, person, 100+age)
		createMany(t, store, 2)
	}
	remove(t, store, person)
	got, last := changes(t, store, domain.ChangesQuery{Person: person.ID(), Size: 100}), int64(0)
	if len(got) != 22 {
		t.Errorf("Changes of person %d: got %d, want 22", person.ID(), len(got))
	}
	for i, change := range got {
		if change.Number <= last {
			t.Errorf("Changes of person %d: got number %d after %d, want a greater one: a later change has a greater number", person.ID(), change.Number, last)
		}
		if last = change.Number; i > 0 && i < 21 && change.After.Age() != 99+i {
			t.Errorf("Changes of person %d: got the age %d at index %d, want %d: they were made in this order", person.ID(), change.After.Age(), i, 99+i)
		}
	}
}
