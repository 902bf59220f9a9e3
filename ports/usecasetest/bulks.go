package usecasetest

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func hasBulk(with UseCases) bool { return with.Bulk != nil }

func bulkCases() []testCase {
	return []testCase{
		{name: "a bulk is saved and answered in its order", has: hasBulk, body: bulkInOrder},
		{name: "a bulk of nobody or of too many is refused and saves nobody", has: hasBulk, body: bulkOfTooMany},
		{name: "a bulk with the zero draft saves nobody", has: hasBulk, body: bulkWithZeroDraft},
		{name: "made-up persons are those of the numbers from 0", has: hasBulk, body: madeUpPersons},
		{name: "drafts with a claim are saved once", has: hasBulk, body: bulkOnce},
		{name: "GenerateOnce saves once", has: hasBulk, body: generateOnce},
		{name: "a bulk whose ctx has ended saves nobody", has: hasBulk, body: bulkEnded},
	}
}

// drafts returns so many drafts, of ages that go down.
func drafts(tb testing.TB, count int) []domain.Draft {
	tb.Helper()
	all := make([]domain.Draft, count)
	for i := range all {
		all[i] = draft(tb, names[i%len(names)], int64(count-i))
	}
	return all
}

// saved returns the persons of outcomes, all of whom have to have been saved.
func saved(tb testing.TB, outcomes []domain.Outcome[domain.Person], err error) []domain.Person {
	tb.Helper()
	persons := make([]domain.Person, len(outcomes))
	for i, outcome := range outcomes {
		if outcome.Err != nil {
			tb.Fatalf("outcome %d: got %v, want a person", i, outcome.Err)
		}
		persons[i] = outcome.Value
	}
	if err != nil {
		tb.Fatalf("Create: got %v, want outcomes", err)
	}
	return persons
}

func bulkInOrder(t *testing.T, with UseCases) {
	wanted := drafts(t, BulkMax)
	outcomes, err := with.Bulk.Create(t.Context(), wanted)
	persons := saved(t, outcomes, err)
	if len(persons) != len(wanted) {
		t.Fatalf("got %d outcomes, want %d", len(persons), len(wanted))
	}
	for i, person := range persons {
		if person != wanted[i].Person(person.ID()) || i > 0 && person.ID() <= persons[i-1].ID() {
			t.Errorf("outcome %d: got %v, want %q of %d with an id greater than those before", i, person, wanted[i].Name(), wanted[i].Age())
		}
	}
	wantEverybody(t, "the bulk was saved", with, persons...)
}

func bulkOfTooMany(t *testing.T, with UseCases) {
	tooSmall := domain.Problem{Field: domain.FieldCount, Code: domain.ProblemTooSmall, Limit: 1}
	tooBig := domain.Problem{Field: domain.FieldCount, Code: domain.ProblemTooBig, Limit: BulkMax}
	for count, want := range map[int]domain.Problem{-1: tooSmall, 0: tooSmall, BulkMax + 1: tooBig} {
		wantProblems(t, "CheckCount", with.Bulk.CheckCount(count), want)
		_, err := with.Bulk.Generate(t.Context(), count)
		wantProblems(t, "Generate", err, want)
		_, err = with.Bulk.GenerateOnce(t.Context(), claim(t, "key", "generate"), count)
		wantProblems(t, "GenerateOnce", err, want)
		if count >= 0 {
			outcomes, err := with.Bulk.Create(t.Context(), drafts(t, count))
			wantProblems(t, "Create", err, want)
			if outcomes != nil {
				t.Errorf("Create of %d: got the outcomes %v beside an error, want none", count, outcomes)
			}
		}
	}
	for _, count := range []int{1, BulkMax} {
		wantCode(t, "CheckCount of a bulk", with.Bulk.CheckCount(count), "")
	}
	wantEverybody(t, "no bulk was one", with)
}

func bulkWithZeroDraft(t *testing.T, with UseCases) {
	_, err := with.Bulk.Create(t.Context(), []domain.Draft{draft(t, "Ann", 1), {}, draft(t, "Bob", 2)})
	wantProblems(t, "Create", err, domain.Problem{Field: domain.FieldName, Code: domain.ProblemBlank})
	wantEverybody(t, "one of them was nobody", with)
}

func madeUpPersons(t *testing.T, with UseCases) {
	count, err := with.Bulk.Generate(t.Context(), BulkMax)
	if err != nil || count != BulkMax {
		t.Fatalf("Generate: got %d and %v, want %d", count, err, BulkMax)
	}
	got := everybody(t, with)
	if len(got) != BulkMax {
		t.Fatalf("got %d persons, want %d", len(got), BulkMax)
	}
	for i, person := range got {
		if want := domain.GeneratedDraft(uint(i)).Person(person.ID()); person != want {
			t.Errorf("person %d: got %v, want %v", i, person, want)
		}
	}
}

func bulkOnce(t *testing.T, with UseCases) {
	outcomes, err := with.Bulk.Create(t.Context(), claim(t, "key", "three").On(drafts(t, 3)...))
	first := saved(t, outcomes, err)
	for range 2 {
		outcomes, err := with.Bulk.Create(t.Context(), claim(t, "key", "three").On(drafts(t, 3)...))
		wantPersons(t, "the same again", saved(t, outcomes, err), first)
	}
	outcomes, err = with.Bulk.Create(t.Context(), claim(t, "key", "two").On(drafts(t, 2)...))
	if err != nil || len(outcomes) != 2 {
		t.Fatalf("another with the key: got %v and %v, want an outcome for each", outcomes, err)
	}
	for _, outcome := range outcomes {
		wantCode(t, "another with the key", outcome.Err, domain.CodeKeyReused)
	}
	wantEverybody(t, "the bulk was saved once", with, first...)
}

func generateOnce(t *testing.T, with UseCases) {
	for range 3 {
		count, err := with.Bulk.GenerateOnce(t.Context(), claim(t, "key", "generate 7"), 7)
		if err != nil || count != 7 {
			t.Errorf("GenerateOnce: got %d and %v, want 7 each time", count, err)
		}
	}
	_, err := with.Bulk.GenerateOnce(t.Context(), claim(t, "key", "generate 8"), 8)
	wantCode(t, "another with the key", err, domain.CodeKeyReused)
	if got := len(everybody(t, with)); got != 7 {
		t.Errorf("got %d persons, want 7", got)
	}
}

func bulkEnded(t *testing.T, with UseCases) {
	_, err := with.Bulk.Generate(ended(), 3)
	wantCode(t, "Generate", err, domain.CodeCanceled)
	outcomes, err := with.Bulk.Create(ended(), drafts(t, 3))
	if err != nil || len(outcomes) != 3 {
		t.Fatalf("Create: got %v and %v, want an outcome for each", outcomes, err)
	}
	for _, outcome := range outcomes {
		wantCode(t, "Create", outcome.Err, domain.CodeCanceled)
	}
	wantEverybody(t, "the calls were canceled", with)
}
