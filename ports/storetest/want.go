package storetest

import (
	"fmt"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// wantCode fails the test unless err has the code.
func wantCode(t *testing.T, call string, err error, want domain.Code, why string) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("%s: got code %q (%v), want %q: %s", call, got, err, want, why)
	}
}

// wantPerson fails the test unless a call answered exactly the person.
func wantPerson(t *testing.T, call string, got domain.Person, err error, want domain.Person, why string) {
	t.Helper()
	if err != nil || got != want {
		t.Errorf("%s: got %s and error %v, want %s: %s", call, show(got), err, show(want), why)
	}
}

// wantFound fails the test unless Find answers the person.
func wantFound(t *testing.T, store ports.PersonStore, want domain.Person, why string) {
	t.Helper()
	got, err := store.Find(t.Context(), want.ID())
	wantPerson(t, fmt.Sprintf("Find(%d)", want.ID()), got, err, want, why)
}

// wantPersons fails the test unless both lists are the same, in order.
func wantPersons(t *testing.T, call string, got, want []domain.Person, why string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("%s: got %s at index %d, want %s: %s", call, show(got[i]), i, show(want[i]), why)
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: got %d persons, want %d: %s", call, len(got), len(want), why)
	}
}

// wantEverybody fails the test unless the store holds exactly these persons.
func wantEverybody(t *testing.T, store ports.PersonStore, want []domain.Person, why string) {
	t.Helper()
	wantPersons(t, "a walk", everybody(t, store), want, why)
	if got := count(t, store); got != int64(len(want)) {
		t.Errorf("Page: got a total of %d, want %d: %s", got, len(want), why)
	}
}

// show returns a person so that look-alike names can be told apart.
func show(p domain.Person) string {
	return fmt.Sprintf("{id %d, name %+q, age %d}", p.ID(), p.Name(), p.Age())
}
