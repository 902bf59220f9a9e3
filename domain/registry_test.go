package domain_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

func TestRegistryNeedsRoomOnAPage(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, -1, math.MinInt} {
		registry, err := domain.NewRegistry(memstore.New(), size)
		if registry != nil || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("pages of %d: got %v and the error %v, want none and code %q", size, registry, err, domain.CodeInvalid)
		}
	}
}

// The mock has no functions, so a call of the store would panic.
func TestStoreIsNotAskedForTheZeroDraft(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t, &portmock.PersonStoreMock{}, 10)
	_, err := registry.Create(t.Context(), domain.Draft{})
	wantProblems(t, err, nameBlank)
	_, err = registry.Replace(t.Context(), 1, domain.Draft{})
	wantProblems(t, err, nameBlank)
}

func TestListAsksForOnePageOfTheRegistrysSize(t *testing.T) {
	t.Parallel()
	for _, number := range []int64{1, 7, domain.LastPage} {
		store := &portmock.PersonStoreMock{
			PageFunc: func(context.Context, domain.PageQuery) (domain.Page, error) { return domain.Page{Total: 99}, nil },
		}
		page, err := newRegistry(t, store, 25).List(t.Context(), number)
		if err != nil || page.Total != 99 {
			t.Errorf("List(%d): got %+v and the error %v, want what the store answers", number, page, err)
		}
		calls := store.PageCalls()
		if want := (domain.PageQuery{Number: number, Size: 25}); len(calls) != 1 || calls[0].Query != want {
			t.Errorf("List(%d): the store was asked %+v, want once for %+v", number, calls, want)
		}
	}
}

func TestErrorsOfTheStoreReachTheCaller(t *testing.T) {
	t.Parallel()
	locked := &domain.Error{Code: domain.CodeUnavailable, Message: "locked"}
	registry := newRegistry(t, &portmock.PersonStoreMock{
		CreateFunc: func(context.Context, domain.Draft) (domain.Person, error) { return domain.Person{}, locked },
		FindFunc:   func(context.Context, int64) (domain.Person, error) { return domain.Person{}, locked },
		PageFunc:   func(context.Context, domain.PageQuery) (domain.Page, error) { return domain.Page{}, locked },
		SeekFunc:   func(context.Context, domain.SeekQuery) (domain.Slice, error) { return domain.Slice{}, locked },
		ReplaceFunc: func(context.Context, int64, domain.Draft, ...domain.Condition) (domain.Person, error) {
			return domain.Person{}, locked
		},
		PatchFunc: func(context.Context, int64, domain.Patch, ...domain.Condition) (domain.Person, error) {
			return domain.Person{}, locked
		},
		DeleteFunc: func(context.Context, int64, ...domain.Condition) error { return locked },
	}, 10)
	draft := newDraft(t, "Ann", 31)
	for verb, call := range map[string]func() error{
		"Create": func() error { _, err := registry.Create(t.Context(), draft); return err },
		"Get":    func() error { _, err := registry.Get(t.Context(), 1); return err },
		"List":   func() error { _, err := registry.List(t.Context(), 1); return err },
		"After":  func() error { _, err := registry.After(t.Context(), 1); return err },
		"Before": func() error { _, err := registry.Before(t.Context(), 1); return err },
		"All": func() (last error) {
			for _, last = range registry.All(t.Context()) {
			}
			return last
		},
		"Replace": func() error { _, err := registry.Replace(t.Context(), 1, draft); return err },
		"Patch":   func() error { _, err := registry.Patch(t.Context(), 1, domain.Patch{}); return err },
		"Delete":  func() error { return registry.Delete(t.Context(), 1) },
	} {
		if err := call(); !errors.Is(err, locked) {
			t.Errorf("%s: got the error %v, want the store's as it is", verb, err)
		}
	}
}

func TestRegistryKeepsPersons(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t, memstore.New(), 2)
	ann, err := registry.Create(t.Context(), newDraft(t, " Ann ", 31))
	wantPerson(t, ann, err, domain.StoredPerson(1, "Ann", 31))
	bob, err := registry.Create(t.Context(), newDraft(t, "Bob", 0))
	wantPerson(t, bob, err, domain.StoredPerson(2, "Bob", 0))
	cid, err := registry.Create(t.Context(), newDraft(t, "Cid", 7))
	wantPerson(t, cid, err, domain.StoredPerson(3, "Cid", 7))

	got, err := registry.Get(t.Context(), 2)
	wantPerson(t, got, err, bob)
	got, err = registry.Replace(t.Context(), 2, newDraft(t, "Bea", 8))
	wantPerson(t, got, err, domain.StoredPerson(2, "Bea", 8))
	got, err = registry.Patch(t.Context(), 2, newPatch(t, nil, new(int64(9))))
	wantPerson(t, got, err, domain.StoredPerson(2, "Bea", 9))
	if err := registry.Delete(t.Context(), 1); err != nil {
		t.Errorf("Delete: got %v, want no error", err)
	}

	var walked []domain.Person
	for person, err := range registry.All(t.Context()) {
		if err != nil {
			t.Fatalf("All: got the error %v, want persons", err)
		}
		walked = append(walked, person)
	}
	if want := []domain.Person{domain.StoredPerson(2, "Bea", 9), cid}; !slices.Equal(walked, want) {
		t.Errorf("All: got %v, want %v", walked, want)
	}
	page, err := registry.List(t.Context(), domain.LastPage)
	if err != nil || !slices.Equal(page.Persons, walked) || page.Total != 2 {
		t.Errorf("List: got %+v and the error %v, want the same two persons", page, err)
	}
}

func TestRegistryTellsWhoIsNotThere(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t, memstore.New(), 2)
	draft := newDraft(t, "Ann", 31)
	for _, id := range []int64{1, 0, -1, math.MaxInt64, math.MinInt64} {
		for verb, call := range map[string]func() error{
			"Get":     func() error { _, err := registry.Get(t.Context(), id); return err },
			"Replace": func() error { _, err := registry.Replace(t.Context(), id, draft); return err },
			"Patch":   func() error { _, err := registry.Patch(t.Context(), id, domain.Patch{}); return err },
			"Delete":  func() error { return registry.Delete(t.Context(), id) },
		} {
			if err := call(); domain.CodeOf(err) != domain.CodeNotFound {
				t.Errorf("%s of %d: got the error %v, want code %q: nobody is there", verb, id, err, domain.CodeNotFound)
			}
		}
	}
	if _, err := registry.List(t.Context(), 2); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("List of page 2: got the error %v, want code %q: an empty list has one page", err, domain.CodeNotFound)
	}
}

func newRegistry(t *testing.T, store domain.RegistryStore, pageSize int) *domain.Registry {
	t.Helper()
	registry, err := domain.NewRegistry(store, pageSize)
	if err != nil {
		t.Fatalf("NewRegistry: got %v, want a registry", err)
	}
	return registry
}

func wantPerson(t *testing.T, got domain.Person, err error, want domain.Person) {
	t.Helper()
	if err != nil || got != want {
		t.Errorf("got %v and the error %v, want %v", got, err, want)
	}
}
