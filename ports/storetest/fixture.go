package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// newDraft returns a draft that the domain has checked.
func newDraft(t *testing.T, name string, age int64) domain.Draft {
	t.Helper()
	draft, err := domain.NewDraft(name, age)
	if err != nil {
		t.Fatalf("domain.NewDraft(%+q, %d): got %v, want a draft", name, age, err)
	}
	return draft
}

// newDrafts returns n drafts that differ from one another, the oldest first, so
// that the order of the ids is not that of anything else.
func newDrafts(t *testing.T, n int) []domain.Draft {
	t.Helper()
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		drafts[i] = newDraft(t, fmt.Sprintf("Draft %05d", n-i), int64(n-i))
	}
	return drafts
}

// newName returns a patch that changes the name only.
func newName(t *testing.T, name string) domain.Patch {
	t.Helper()
	patch, err := domain.NewPatch(&name, nil)
	if err != nil {
		t.Fatalf("domain.NewPatch(%+q, nil): got %v, want a patch", name, err)
	}
	return patch
}

// newAge returns a patch that changes the age only.
func newAge(t *testing.T, age int64) domain.Patch {
	t.Helper()
	patch, err := domain.NewPatch(nil, &age)
	if err != nil {
		t.Fatalf("domain.NewPatch(nil, %d): got %v, want a patch", age, err)
	}
	return patch
}

// create saves one person that the case needs.
func create(t *testing.T, store ports.PersonStore, name string, age int64) domain.Person {
	t.Helper()
	person, err := store.Create(t.Context(), newDraft(t, name, age))
	if err != nil {
		t.Fatalf("Create(%+q, %d): got %v, want a person", name, age, err)
	}
	return person
}

// createMany saves n persons that the case needs.
func createMany(t *testing.T, store ports.PersonStore, n int) []domain.Person {
	t.Helper()
	persons, err := store.CreateBatch(t.Context(), newDrafts(t, n))
	if err != nil || len(persons) != n {
		t.Fatalf("CreateBatch of %d: got %d persons and %v, want all and nil", n, len(persons), err)
	}
	return persons
}

// createWithGaps leaves n persons in the store, with deleted ones before,
// between and after them, and returns those n.
func createWithGaps(t *testing.T, store ports.PersonStore, n int) []domain.Person {
	t.Helper()
	const gap = 60
	var kept []domain.Person
	for i, person := range createMany(t, store, n+n/gap+2) {
		if i%(gap+1) != 0 && len(kept) < n {
			kept = append(kept, person)
			continue
		}
		remove(t, store, person.ID())
	}
	return kept
}

// remove deletes a person that the case does not need any more.
func remove(t *testing.T, store ports.PersonStore, id int64) {
	t.Helper()
	if err := store.Delete(t.Context(), id); err != nil {
		t.Fatalf("Delete(%d): got %v, want nil", id, err)
	}
}

// everybody returns all persons of the store as a walk meets them.
func everybody(t *testing.T, store ports.PersonStore) []domain.Person {
	t.Helper()
	var persons []domain.Person
	walk(t, store, forward(500), func(person domain.Person) { persons = append(persons, person) })
	return persons
}

// count returns how many persons there are, as Page tells it.
func count(t *testing.T, store ports.PersonStore) int64 {
	t.Helper()
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
	if err != nil {
		t.Fatalf("Page(1): got %v, want a page", err)
	}
	return page.Total
}

// together calls do(0) to do(n-1) at the same time and waits for all of them. do
// must not end the test by t.Fatal.
func together(n int, do func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			do(i)
		})
	}
	done.Wait()
}

// inOrder returns the persons of all lists in the order of their ids.
func inOrder(lists ...[]domain.Person) []domain.Person {
	persons := slices.Concat(lists...)
	slices.SortFunc(persons, func(a, b domain.Person) int { return cmp.Compare(a.ID(), b.ID()) })
	return persons
}
