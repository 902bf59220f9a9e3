package storetest

import (
	"context"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func conditionCases() []storeCase {
	return []storeCase{
		{"a change whose conditions hold is made", holdingConditions},
		{"a change of which one condition does not hold is not made", brokenConditions},
		{"conditions are asked about the person as it is, and not about nobody", conditionsSeeThePerson},
		{"of changes on the condition that nothing changed, none undoes another", conditionsAreAtomic},
	}
}

// conditionalCall is a call that takes conditions.
type conditionalCall struct {
	name string
	do   func(ctx context.Context, store ports.PersonStore, id int64, conditions ...domain.Condition) error
}

func conditionalCalls(t *testing.T) []conditionalCall {
	t.Helper()
	draft, patch := newDraft(t, "intruder", 99), newAge(t, 99)
	return []conditionalCall{
		{"Replace", func(ctx context.Context, store ports.PersonStore, id int64, conditions ...domain.Condition) error {
			person, err := store.Replace(ctx, id, draft, conditions...)
			return alone(t, "Replace", person, err)
		}},
		{"Patch", func(ctx context.Context, store ports.PersonStore, id int64, conditions ...domain.Condition) error {
			person, err := store.Patch(ctx, id, patch, conditions...)
			return alone(t, "Patch", person, err)
		}},
		{"Patch of nothing", func(ctx context.Context, store ports.PersonStore, id int64, conditions ...domain.Condition) error {
			person, err := store.Patch(ctx, id, domain.Patch{}, conditions...)
			return alone(t, "Patch of nothing", person, err)
		}},
		{"Delete", func(ctx context.Context, store ports.PersonStore, id int64, conditions ...domain.Condition) error {
			return store.Delete(ctx, id, conditions...)
		}},
	}
}

func holdingConditions(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 3)
	draft, patch := newDraft(t, "replaced", 1), newAge(t, 2)
	person, err := store.Replace(t.Context(), persons[0].ID(), draft, domain.Unchanged(persons[0]), domain.Unchanged(persons[0]))
	wantPerson(t, "Replace", person, err, draft.Person(persons[0].ID()), "both conditions hold")
	patched, err := store.Patch(t.Context(), person.ID(), patch, domain.Unchanged(person))
	wantPerson(t, "Patch", patched, err, person.With(patch), "the condition holds")
	wantCode(t, "Delete", store.Delete(t.Context(), persons[1].ID(), domain.Unchanged(persons[1])), "", "the condition holds")
	wantEverybody(t, store, []domain.Person{patched, persons[2]}, "the changes were made, each to one person")
}

func brokenConditions(t *testing.T, store ports.PersonStore) {
	persons := createMany(t, store, 3)
	current := persons[1]
	other := newDraft(t, "somebody else", 1).Person(current.ID())
	for _, c := range conditionalCalls(t) {
		for _, conditions := range [][]domain.Condition{
			{domain.Unchanged(other)},
			{domain.Unchanged(current), domain.Unchanged(other)},
			{domain.Unchanged(other), domain.Unchanged(current)},
		} {
			err := c.do(t.Context(), store, current.ID(), conditions...)
			wantCode(t, c.name, err, domain.CodePrecondition, "one of the conditions does not hold")
			wantEverybody(t, store, persons, "where a condition does not hold, nothing is changed")
		}
	}
}

func conditionsSeeThePerson(t *testing.T, store ports.PersonStore) {
	person := createMany(t, store, 3)[1]
	for _, c := range conditionalCalls(t) {
		var seen []domain.Person
		look := func(current domain.Person) bool { seen = append(seen, current); return false }
		err := c.do(t.Context(), store, person.ID(), look)
		wantCode(t, c.name, err, domain.CodePrecondition, "the condition does not hold")
		if len(seen) == 0 || seen[0] != person {
			t.Errorf("%s: the condition was asked about %v, want %s: the person as it is", c.name, seen, show(person))
		}
		seen = nil
		err = c.do(t.Context(), store, person.ID()+100, look)
		wantCode(t, c.name+" of nobody", err, domain.CodeNotFound, "who is not there cannot be asked about")
		if len(seen) > 0 {
			t.Errorf("%s of nobody: the condition was asked about %v, want no question", c.name, seen)
		}
	}
}

// conditionsAreAtomic has many callers count one person's age up. Each reads, adds
// one and writes on the condition that nothing changed; so no step is lost.
func conditionsAreAtomic(t *testing.T, store ports.PersonStore) {
	const callers, steps = 8, 25
	id := create(t, store, "Ann", 0).ID()
	drafts := make([]domain.Draft, callers*steps+1)
	for age := range drafts {
		drafts[age] = newDraft(t, "Ann", int64(age))
	}
	together(callers, func(i int) {
		for made := 0; made < steps && !t.Failed(); {
			read, err := store.Find(t.Context(), id)
			if err != nil || read.Age()+1 >= len(drafts) {
				t.Errorf("Find: got %s and %v, want an age below %d: the callers make no more steps than that", show(read), err, len(drafts)-1)
				return
			}
			next := drafts[read.Age()+1]
			if i%2 == 0 {
				_, err = store.Replace(t.Context(), id, next, domain.Unchanged(read))
			} else {
				_, err = store.Patch(t.Context(), id, ageOf(next), domain.Unchanged(read))
			}
			switch domain.CodeOf(err) {
			case "":
				made++
			case domain.CodePrecondition: // somebody was faster
			default:
				wantCode(t, "a conditional change", err, "", "the person is there")
				return
			}
		}
	})
	wantFound(t, store, drafts[callers*steps].Person(id), "each caller made all its steps, and no change undid another")
}

// ageOf returns a patch of a draft's age. The draft was checked, so the patch is valid.
func ageOf(draft domain.Draft) domain.Patch {
	patch, _ := domain.NewPatch(nil, new(int64(draft.Age())))
	return patch
}
