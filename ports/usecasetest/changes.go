package usecasetest

import (
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func changeCases() []testCase {
	return []testCase{
		{name: "Replace gives all fields", body: replaceGivesAll},
		{name: "Patch gives the fields that it has and leaves the others", body: patchLeavesOthers},
		{name: "who was deleted is gone", body: deletedIsGone},
		{name: "a change is made where all conditions hold for the person as it is", body: conditionsHold},
		{name: "where a condition does not hold nothing is changed", body: conditionFails},
		{name: "of many changes on the condition that nothing changed one is made", body: oneOfMany},
	}
}

func replaceGivesAll(t *testing.T, with UseCases) {
	ann, bob := create(t, with, "Ann", 1), create(t, with, "Bob", 2)
	got, err := with.Registry.Replace(t.Context(), ann.ID(), draft(t, "Zoe", 0))
	want := domain.StoredPerson(ann.ID(), "Zoe", 0)
	if err != nil || got != want {
		t.Errorf("Replace: got %v and %v, want %v", got, err, want)
	}
	wantEverybody(t, "one of them was replaced", with, want, bob)
}

func patchLeavesOthers(t *testing.T, with UseCases) {
	ann, bob := create(t, with, "Ann", 1), create(t, with, "Bob", 2)
	for _, step := range []struct {
		patch domain.Patch
		want  domain.Person
	}{
		{patch(t, new("Zoe"), nil), domain.StoredPerson(ann.ID(), "Zoe", 1)},
		{patch(t, nil, new(int64(0))), domain.StoredPerson(ann.ID(), "Zoe", 0)},
		{domain.Patch{}, domain.StoredPerson(ann.ID(), "Zoe", 0)},
		{patch(t, new("Eve"), new(int64(9))), domain.StoredPerson(ann.ID(), "Eve", 9)},
	} {
		if got, err := with.Registry.Patch(t.Context(), ann.ID(), step.patch); err != nil || got != step.want {
			t.Errorf("Patch: got %v and %v, want %v", got, err, step.want)
		}
		wantEverybody(t, "one of them was patched", with, step.want, bob)
	}
}

func deletedIsGone(t *testing.T, with UseCases) {
	ann, bob := create(t, with, "Ann", 1), create(t, with, "Bob", 2)
	wantCode(t, "Delete", with.Registry.Delete(t.Context(), ann.ID()), "")
	_, err := with.Registry.Get(t.Context(), ann.ID())
	wantCode(t, "Get of who was deleted", err, domain.CodeNotFound)
	wantCode(t, "Delete again", with.Registry.Delete(t.Context(), ann.ID()), domain.CodeNotFound)
	wantEverybody(t, "one of them was deleted", with, bob)
}

func conditionsHold(t *testing.T, with UseCases) {
	now := create(t, with, "Ann", 1)
	current := func(person domain.Person) bool { return person == now }
	always := func(domain.Person) bool { return true }
	changed, err := with.Registry.Replace(t.Context(), now.ID(), draft(t, "Zoe", 2), current, always, domain.Unchanged(now))
	if want := domain.StoredPerson(now.ID(), "Zoe", 2); err != nil || changed != want {
		t.Fatalf("Replace: got %v and %v, want %v", changed, err, want)
	}
	now = changed
	changed, err = with.Registry.Patch(t.Context(), now.ID(), patch(t, nil, new(int64(3))), always, current)
	if want := domain.StoredPerson(now.ID(), "Zoe", 3); err != nil || changed != want {
		t.Fatalf("Patch: got %v and %v, want %v", changed, err, want)
	}
	now = changed
	wantCode(t, "Delete", with.Registry.Delete(t.Context(), now.ID(), current), "")
	wantEverybody(t, "the condition held", with)
}

func conditionFails(t *testing.T, with UseCases) {
	there := create(t, with, "Ann", 1)
	always, never := func(domain.Person) bool { return true }, func(domain.Person) bool { return false }
	before := domain.StoredPerson(there.ID(), "Ann", 0)
	for name, conditions := range map[string][]domain.Condition{
		"one": {never}, "the second": {always, never}, "the first": {never, always}, "that of who read it before": {domain.Unchanged(before)},
	} {
		_, err := with.Registry.Replace(t.Context(), there.ID(), draft(t, "Zoe", 2), conditions...)
		wantCode(t, "Replace on "+name, err, domain.CodePrecondition)
		_, err = with.Registry.Patch(t.Context(), there.ID(), patch(t, nil, new(int64(2))), conditions...)
		wantCode(t, "Patch on "+name, err, domain.CodePrecondition)
		wantCode(t, "Delete on "+name, with.Registry.Delete(t.Context(), there.ID(), conditions...), domain.CodePrecondition)
	}
	wantEverybody(t, "no condition held", with, there)
}

func oneOfMany(t *testing.T, with UseCases) {
	const rounds, many = 10, 4
	there := create(t, with, "Ann", 0)
	for range rounds {
		codes := make([]domain.Code, many)
		made := make([]domain.Person, many)
		var calls sync.WaitGroup
		for i := range codes {
			calls.Go(func() {
				var err error
				made[i], err = with.Registry.Patch(t.Context(), there.ID(), patch(t, nil, new(int64(there.Age()+1+i))), domain.Unchanged(there))
				codes[i] = domain.CodeOf(err)
			})
		}
		calls.Wait()
		now, err := with.Registry.Get(t.Context(), there.ID())
		if err != nil {
			t.Fatal(err)
		}
		served := 0
		for i, code := range codes {
			switch {
			case code == "" && made[i] == now:
				served++
			case code != domain.CodePrecondition:
				t.Fatalf("got %v of code %q, want one of %d that is %v and %q for the others", made[i], code, many, now, domain.CodePrecondition)
			}
		}
		if served != 1 {
			t.Fatalf("got %d of %d changes, want one", served, many)
		}
		there = now
	}
}
