package usecasetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// draft returns a draft that is valid.
func draft(tb testing.TB, name string, age int64) domain.Draft {
	tb.Helper()
	made, err := domain.NewDraft(name, age)
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// patch returns a patch of the fields that are not nil.
func patch(tb testing.TB, name *string, age *int64) domain.Patch {
	tb.Helper()
	made, err := domain.NewPatch(name, age)
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// claim returns a claim of now.
func claim(tb testing.TB, key, request string) domain.Claim {
	tb.Helper()
	made, err := domain.NewClaim(key, []byte(request), time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// create saves a person.
func create(tb testing.TB, with UseCases, name string, age int64) domain.Person {
	tb.Helper()
	person, err := with.Registry.Create(tb.Context(), draft(tb, name, age))
	if err != nil {
		tb.Fatalf("Create: got %v, want a person", err)
	}
	return person
}

// createMany saves persons of the ages from 0 and returns them in the order of their ids.
func createMany(tb testing.TB, with UseCases, count int) []domain.Person {
	tb.Helper()
	persons := make([]domain.Person, count)
	for i := range persons {
		persons[i] = create(tb, with, "Ann", int64(i))
	}
	slices.SortFunc(persons, func(a, b domain.Person) int { return int(a.ID() - b.ID()) })
	return persons
}

// everybody returns all persons, as the registry walks to them.
func everybody(tb testing.TB, with UseCases) []domain.Person {
	tb.Helper()
	var persons []domain.Person
	for person, err := range with.Registry.All(tb.Context()) {
		if err != nil {
			tb.Fatalf("All: got %v, want everybody", err)
		}
		persons = append(persons, person)
	}
	return persons
}

// wantCode fails the test unless err is a *domain.Error of the code with a message for anybody.
func wantCode(tb testing.TB, what string, err error, want domain.Code) {
	tb.Helper()
	if got := domain.CodeOf(err); got != want {
		tb.Errorf("%s: got %v of code %q, want code %q", what, err, got, want)
		return
	}
	if _, known := errors.AsType[*domain.Error](err); want != "" && (!known || domain.MessageOf(err) == "") {
		tb.Errorf("%s: got %#v, want an error that was understood, with a message", what, err)
	}
}

// wantProblems fails the test unless err is domain.CodeInvalid with just these problems.
func wantProblems(tb testing.TB, what string, err error, want ...domain.Problem) {
	tb.Helper()
	wantCode(tb, what, err, domain.CodeInvalid)
	if got := domain.ProblemsOf(err); !slices.Equal(got, want) {
		tb.Errorf("%s: got the problems %v, want %v", what, got, want)
	}
}

// wantPersons fails the test unless got are the wanted persons in their order.
func wantPersons(tb testing.TB, what string, got, want []domain.Person) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// wantEverybody fails the test unless these are all persons that there are.
func wantEverybody(tb testing.TB, why string, with UseCases, want ...domain.Person) {
	tb.Helper()
	if got := everybody(tb, with); !slices.Equal(got, want) {
		tb.Errorf("the registry: got %v, want %v: %s", got, want, why)
	}
}

// ended returns a context that is over.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
