package storetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// call is one method of the store as a function of what all of them share.
type call struct {
	name string
	// do calls the method and returns its error. A method without an id ignores id.
	do func(ctx context.Context, store ports.PersonStore, id int64) error
}

// on names the call with its id.
func (c call) on(id int64) string { return fmt.Sprintf("%s with id %d", c.name, id) }

// alone returns the error of a call that answers one person, and fails the test
// where somebody comes with an error.
func alone(t *testing.T, call string, person domain.Person, err error) error {
	t.Helper()
	if err != nil && person != (domain.Person{}) {
		t.Errorf("%s: got %s beside error %v, want the zero Person: beside an error nobody is returned", call, show(person), err)
	}
	return err
}

// noneBeside is alone for a call that answers many persons.
func noneBeside(t *testing.T, call string, persons []domain.Person, err error) error {
	t.Helper()
	if err != nil && len(persons) != 0 {
		t.Errorf("%s: got %d persons beside error %v, want none: beside an error nobody is returned", call, len(persons), err)
	}
	return err
}

// findCall is Find, the only method with an id that changes nothing.
func findCall(t *testing.T) call {
	t.Helper()
	return call{"Find", func(ctx context.Context, store ports.PersonStore, id int64) error {
		person, err := store.Find(ctx, id)
		return alone(t, "Find", person, err)
	}}
}

// listCalls returns the calls of each method that lists persons.
func listCalls(t *testing.T) []call {
	t.Helper()
	seeking := func(name string, query domain.SeekQuery) call {
		return call{name, func(ctx context.Context, store ports.PersonStore, _ int64) error {
			slice, err := store.Seek(ctx, query)
			return noneBeside(t, name, slice.Persons, err)
		}}
	}
	return []call{
		{"Page", func(ctx context.Context, store ports.PersonStore, _ int64) error {
			page, err := store.Page(ctx, domain.PageQuery{Number: 1, Size: 10})
			return noneBeside(t, "Page", page.Persons, err)
		}},
		{"Page backward", func(ctx context.Context, store ports.PersonStore, _ int64) error {
			page, err := store.Page(ctx, domain.PageQuery{Number: 1, Size: 10, Backward: true})
			return noneBeside(t, "Page backward", page.Persons, err)
		}},
		seeking("Seek", domain.SeekQuery{From: math.MinInt64, Size: 10}),
		seeking("Seek backward", domain.SeekQuery{From: math.MaxInt64, Backward: true, Size: 10}),
	}
}

// callsByID returns a call of each method that takes an id. They write "intruder"
// of age 99 where they are let.
func callsByID(t *testing.T) []call {
	t.Helper()
	draft := newDraft(t, "intruder", 99)
	patching := func(patch domain.Patch) func(context.Context, ports.PersonStore, int64) error {
		return func(ctx context.Context, store ports.PersonStore, id int64) error {
			person, err := store.Patch(ctx, id, patch)
			return alone(t, "Patch", person, err)
		}
	}
	return []call{
		findCall(t),
		{"Replace", func(ctx context.Context, store ports.PersonStore, id int64) error {
			person, err := store.Replace(ctx, id, draft)
			return alone(t, "Replace", person, err)
		}},
		{"Patch of the name", patching(newName(t, "intruder"))},
		{"Patch of the age", patching(newAge(t, 99))},
		{"Patch of nothing", patching(domain.Patch{})},
		{"Delete", func(ctx context.Context, store ports.PersonStore, id int64) error {
			return store.Delete(ctx, id)
		}},
	}
}

// calls returns a call of each method but Close.
func calls(t *testing.T) []call {
	t.Helper()
	drafts := newDrafts(t, 3)
	return slices.Concat(listCalls(t), callsByID(t), []call{
		{"Create", func(ctx context.Context, store ports.PersonStore, _ int64) error {
			person, err := store.Create(ctx, drafts[0])
			return alone(t, "Create", person, err)
		}},
		{"CreateBatch", func(ctx context.Context, store ports.PersonStore, _ int64) error {
			persons, err := store.CreateBatch(ctx, drafts)
			return noneBeside(t, "CreateBatch", persons, err)
		}},
		{"DeleteBatch", func(ctx context.Context, store ports.PersonStore, id int64) error {
			persons, err := store.DeleteBatch(ctx, []int64{id - 1, id})
			return noneBeside(t, "DeleteBatch", persons, err)
		}},
		{"DeleteBatch of nobody", func(ctx context.Context, store ports.PersonStore, _ int64) error {
			persons, err := store.DeleteBatch(ctx, nil)
			return noneBeside(t, "DeleteBatch", persons, err)
		}},
	})
}
