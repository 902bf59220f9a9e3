package domain_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

var (
	nameBlank    = domain.Problem{Field: domain.FieldName, Code: domain.ProblemBlank}
	nameRequired = domain.Problem{Field: domain.FieldName, Code: domain.ProblemRequired}
	ageRequired  = domain.Problem{Field: domain.FieldAge, Code: domain.ProblemRequired}
	ageTooSmall  = domain.Problem{Field: domain.FieldAge, Code: domain.ProblemTooSmall, Limit: 0}
	ageTooBig    = domain.Problem{Field: domain.FieldAge, Code: domain.ProblemTooBig, Limit: 2147483647}
)

func TestAgeRules(t *testing.T) {
	t.Parallel()
	for age, want := range map[int64][]domain.Problem{
		math.MinInt64: {ageTooSmall},
		-1 << 32:      {ageTooSmall},
		-1:            {ageTooSmall},
		0:             nil,
		1:             nil,
		2147483646:    nil,
		2147483647:    nil,
		2147483648:    {ageTooBig},
		1 << 32:       {ageTooBig},
		math.MaxInt64: {ageTooBig},
	} {
		t.Run(fmt.Sprint(age), func(t *testing.T) {
			t.Parallel()
			draft, err := domain.NewDraft("Ann", age)
			wantProblems(t, err, want...)
			if err == nil && int64(draft.Age()) != age {
				t.Errorf("got the age %d, want %d", draft.Age(), age)
			}
		})
	}
}

func TestDraftTellsEveryBrokenRuleNameFirst(t *testing.T) {
	t.Parallel()
	_, err := domain.NewDraft(" ", -1)
	wantProblems(t, err, nameBlank, ageTooSmall)
}

func TestPatchChecksTheFieldsThatItGives(t *testing.T) {
	t.Parallel()
	for name, patch := range map[string]struct {
		name *string
		age  *int64
		want []domain.Problem
	}{
		"neither field":   {nil, nil, nil},
		"a good name":     {new(" Ann "), nil, nil},
		"a bad name":      {new(" "), nil, []domain.Problem{nameBlank}},
		"a good age":      {nil, new(int64(7)), nil},
		"a bad age":       {nil, new(int64(-1)), []domain.Problem{ageTooSmall}},
		"two good fields": {new("Ann"), new(int64(7)), nil},
		"two bad fields":  {new(""), new(int64(1 << 31)), []domain.Problem{nameBlank, ageTooBig}},
		"one bad of two":  {new("Ann"), new(int64(1 << 31)), []domain.Problem{ageTooBig}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := domain.NewPatch(patch.name, patch.age)
			wantProblems(t, err, patch.want...)
			if err != nil {
				if got != (domain.Patch{}) {
					t.Errorf("got %+v beside an error, want the zero Patch", got)
				}
				return
			}
			if newName, has := got.Name(); has != (patch.name != nil) || has && newName != "Ann" {
				t.Errorf("Name: got %q, %t, want Ann where a name was given", newName, has)
			}
			if age, has := got.Age(); has != (patch.age != nil) || has && age != 7 {
				t.Errorf("Age: got %d, %t, want 7 where an age was given", age, has)
			}
		})
	}
}

func TestPatchBecomesDraftWhenItIsWhole(t *testing.T) {
	t.Parallel()
	for name, patch := range map[string]struct {
		patch domain.Patch
		want  []domain.Problem
	}{
		"nothing is given":     {newPatch(t, nil, nil), []domain.Problem{nameRequired, ageRequired}},
		"the name is missing":  {newPatch(t, nil, new(int64(7))), []domain.Problem{nameRequired}},
		"the age is missing":   {newPatch(t, new("Ann"), nil), []domain.Problem{ageRequired}},
		"everything is given":  {newPatch(t, new("Ann"), new(int64(7))), nil},
		"an age of 0 is given": {newPatch(t, new("Ann"), new(int64(0))), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draft, err := patch.patch.Draft()
			wantProblems(t, err, patch.want...)
			age, _ := patch.patch.Age()
			if err == nil && draft != newDraft(t, "Ann", int64(age)) {
				t.Errorf("got %+v, want the draft of the same fields", draft)
			}
			if err != nil && draft != (domain.Draft{}) {
				t.Errorf("got %+v beside an error, want the zero Draft: half a person is nobody", draft)
			}
		})
	}
}

func TestPersonWithPatch(t *testing.T) {
	t.Parallel()
	before := domain.StoredPerson(7, "Ann", 31)
	for name, change := range map[string]struct {
		patch domain.Patch
		want  domain.Person
	}{
		"the zero Patch changes nothing": {domain.Patch{}, before},
		"a name leaves the age":          {newPatch(t, new("Bea"), nil), domain.StoredPerson(7, "Bea", 31)},
		"an age leaves the name":         {newPatch(t, nil, new(int64(0))), domain.StoredPerson(7, "Ann", 0)},
		"both change both":               {newPatch(t, new("Bea"), new(int64(1))), domain.StoredPerson(7, "Bea", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := before.With(change.patch); got != change.want {
				t.Errorf("got %v, want %v", got, change.want)
			}
			if before != domain.StoredPerson(7, "Ann", 31) {
				t.Errorf("With changed its receiver to %v, want it as it was", before)
			}
		})
	}
}

func TestDraftBecomesPersonWithAnID(t *testing.T) {
	t.Parallel()
	got := newDraft(t, " Ann ", 31).Person(7)
	if want := domain.StoredPerson(7, "Ann", 31); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got.ID() != 7 || got.Name() != "Ann" || got.Age() != 31 {
		t.Errorf("got the fields %d, %q, %d, want 7, Ann, 31", got.ID(), got.Name(), got.Age())
	}
}

func TestStoredPersonIsServedAsItIs(t *testing.T) {
	t.Parallel()
	if got := domain.StoredPerson(-1, " \x00", -5); got.ID() != -1 || got.Name() != " \x00" || got.Age() != -5 {
		t.Errorf("got %v, want the fields as they were stored, whatever today's rules say", got)
	}
}

func newDraft(t *testing.T, name string, age int64) domain.Draft {
	t.Helper()
	draft, err := domain.NewDraft(name, age)
	if err != nil {
		t.Fatalf("NewDraft(%q, %d): got %v, want a draft", name, age, err)
	}
	return draft
}

func newPatch(t *testing.T, name *string, age *int64) domain.Patch {
	t.Helper()
	patch, err := domain.NewPatch(name, age)
	if err != nil {
		t.Fatalf("NewPatch: got %v, want a patch", err)
	}
	return patch
}
