package usecasetest

import (
	"errors"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func registryCases() []testCase {
	return []testCase{
		{name: "a person who was created is got as they are", body: createdIsGot},
		{name: "who is not there is not found", body: missingIsNotFound},
		{name: "the zero draft is refused and saves nobody", body: zeroDraftIsRefused},
		{name: "a draft with a claim is saved once", body: claimSavesOnce},
		{name: "a call whose ctx has ended does nothing", body: endedDoesNothing},
	}
}

// names are such as a way over a wire or into a database may harm.
var names = []string{
	"Ann", "O'Hara & Söhne <b>\"x\"</b>", "日本 😀 \u2028\u2029\u202e", "a\nb\tc\r\nd", "\\u0041\\", "=1+1", `,;"`, "\u0001\x7f", "%41+&?#/", "null",
}

func createdIsGot(t *testing.T, with UseCases) {
	var want []domain.Person
	for i, name := range names {
		age := int64(i)
		if i == 0 {
			age = domain.MaxAge
		}
		made := create(t, with, name, age)
		if made.Name() != name || int64(made.Age()) != age {
			t.Errorf("Create(%q, %d): got %v, want who was asked for", name, age, made)
		}
		got, err := with.Registry.Get(t.Context(), made.ID())
		if err != nil || got != made {
			t.Errorf("Get(%d): got %v and %v, want %v", made.ID(), got, err, made)
		}
		want = append(want, made)
	}
	wantEverybody(t, "each was created once, and has an id greater than those before", with, want...)
}

func missingIsNotFound(t *testing.T, with UseCases) {
	there := create(t, with, "Ann", 1)
	for _, id := range []int64{there.ID() + 1, 0, -1, 1<<63 - 2} {
		_, err := with.Registry.Get(t.Context(), id)
		wantCode(t, "Get", err, domain.CodeNotFound)
		_, err = with.Registry.Replace(t.Context(), id, draft(t, "Bob", 2))
		wantCode(t, "Replace", err, domain.CodeNotFound)
		_, err = with.Registry.Patch(t.Context(), id, patch(t, nil, new(int64(2))))
		wantCode(t, "Patch", err, domain.CodeNotFound)
		wantCode(t, "Delete", with.Registry.Delete(t.Context(), id), domain.CodeNotFound)
		never := func(domain.Person) bool { return false }
		_, err = with.Registry.Patch(t.Context(), id, patch(t, nil, new(int64(2))), never)
		wantCode(t, "Patch on a condition", err, domain.CodeNotFound)
		wantCode(t, "Delete on a condition", with.Registry.Delete(t.Context(), id, never), domain.CodeNotFound)
	}
	wantEverybody(t, "nobody was changed", with, there)
}

func zeroDraftIsRefused(t *testing.T, with UseCases) {
	there := create(t, with, "Ann", 1)
	blank := domain.Problem{Field: domain.FieldName, Code: domain.ProblemBlank}
	_, err := with.Registry.Create(t.Context(), domain.Draft{})
	wantProblems(t, "Create", err, blank)
	_, err = with.Registry.Replace(t.Context(), there.ID(), domain.Draft{})
	wantProblems(t, "Replace", err, blank)
	wantEverybody(t, "the zero draft is nobody", with, there)
}

func claimSavesOnce(t *testing.T, with UseCases) {
	const key = `a "key" \ of` // with what a header has to escape
	mine := claim(t, key, "create Ann")
	made, err := with.Registry.Create(t.Context(), mine.On(draft(t, "Ann", 1))[0])
	if err != nil {
		t.Fatalf("Create with a claim: got %v, want a person", err)
	}
	for range 3 {
		again, err := with.Registry.Create(t.Context(), claim(t, key, "create Ann").On(draft(t, "Ann", 1))[0])
		if err != nil || again != made {
			t.Errorf("the same again: got %v and %v, want %v", again, err, made)
		}
	}
	_, err = with.Registry.Create(t.Context(), claim(t, key, "create Bob").On(draft(t, "Bob", 2))[0])
	wantCode(t, "another with the key", err, domain.CodeKeyReused)
	other := create(t, with, "Ann", 1)
	wantEverybody(t, "one with the key, and one without", with, made, other)
}

func endedDoesNothing(t *testing.T, with UseCases) {
	there := create(t, with, "Ann", 1)
	ctx := ended()
	calls := map[string]func() error{
		"Create":  func() error { _, err := with.Registry.Create(ctx, draft(t, "Bob", 2)); return err },
		"Get":     func() error { _, err := with.Registry.Get(ctx, there.ID()); return err },
		"List":    func() error { _, err := with.Registry.List(ctx, 1); return err },
		"After":   func() error { _, err := with.Registry.After(ctx, 0); return err },
		"Before":  func() error { _, err := with.Registry.Before(ctx, 0); return err },
		"Replace": func() error { _, err := with.Registry.Replace(ctx, there.ID(), draft(t, "Bob", 2)); return err },
		"Patch":   func() error { _, err := with.Registry.Patch(ctx, there.ID(), patch(t, nil, new(int64(2)))); return err },
		"Delete":  func() error { return with.Registry.Delete(ctx, there.ID()) },
		"All": func() error {
			for _, err := range with.Registry.All(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	for name, call := range calls {
		err := call()
		wantCode(t, name, err, domain.CodeCanceled)
		if !errors.Is(err, ctx.Err()) {
			t.Errorf("%s: got %v, want an error that wraps that of the context", name, err)
		}
	}
	wantEverybody(t, "the calls were canceled", with, there)
}
