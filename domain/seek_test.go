package domain_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

func TestLimitIsOneMoreThanAskedFor(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]int{
		1: 2, 7: 8, math.MaxInt - 2: math.MaxInt - 1, math.MaxInt - 1: math.MaxInt, math.MaxInt: math.MaxInt,
	} {
		for _, backward := range []bool{false, true} {
			got, err := domain.SeekQuery{Size: size, Backward: backward}.Limit()
			if got != want || err != nil {
				t.Errorf("a size of %d: got %d and the error %v, want %d", size, got, err, want)
			}
		}
	}
	for _, size := range []int{0, -1, math.MinInt} {
		if got, err := (domain.SeekQuery{Size: size}).Limit(); got != 0 || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("a size of %d: got %d and the error %v, want code %q", size, got, err, domain.CodeInvalid)
		}
	}
}

func TestSlicesAreCutAndInOrder(t *testing.T) {
	t.Parallel()
	for _, each := range []struct {
		size  int
		found []int64 // the nearest first
		want  []int64
		more  bool
	}{
		{size: 1, found: nil, want: nil},
		{size: 1, found: []int64{5}, want: []int64{5}},
		{size: 1, found: []int64{5, 6}, want: []int64{5}, more: true},
		{size: 2, found: []int64{5, 6}, want: []int64{5, 6}},
		{size: 3, found: []int64{5, 6, 8}, want: []int64{5, 6, 8}},
		{size: 3, found: []int64{5, 6, 8, 9}, want: []int64{5, 6, 8}, more: true},
		{size: math.MaxInt, found: []int64{5, 6, 8, 9}, want: []int64{5, 6, 8, 9}},
	} {
		t.Run(fmt.Sprintf("%d found for a size of %d", len(each.found), each.size), func(t *testing.T) {
			t.Parallel()
			for _, backward := range []bool{false, true} {
				found, want := each.found, slices.Clone(each.want)
				if backward {
					found = negative(found)
					want = negative(want)
					slices.Reverse(want)
				}
				got := domain.SeekQuery{Size: each.size, Backward: backward}.Slice(personsWith(found))
				if !slices.Equal(got.Persons, personsWith(want)) || got.More != each.more {
					t.Errorf("backward %t: got %v and more %t, want the ids %v and more %t", backward, got.Persons, got.More, want, each.more)
				}
			}
		})
	}
}

func negative(ids []int64) []int64 {
	ids = slices.Clone(ids)
	for i := range ids {
		ids[i] *= -1
	}
	return ids
}

func personsWith(ids []int64) []domain.Person {
	var persons []domain.Person
	for _, id := range ids {
		persons = append(persons, domain.StoredPerson(id, "Ann", 31))
	}
	return persons
}

func TestAfterAndBeforeAskForAPageOfPersons(t *testing.T) {
	t.Parallel()
	for _, id := range []int64{math.MinInt64, -1, 0, 7, math.MaxInt64} {
		store := &portmock.PersonStoreMock{
			SeekFunc: func(_ context.Context, query domain.SeekQuery) (domain.Slice, error) {
				return domain.Slice{More: query.Backward}, nil
			},
		}
		registry := newRegistry(t, store, 25)
		after, errAfter := registry.After(t.Context(), id)
		before, errBefore := registry.Before(t.Context(), id)
		if err := errors.Join(errAfter, errBefore); err != nil || after.More || !before.More {
			t.Errorf("After and Before %d: got %+v, %+v and the error %v, want what the store answers", id, after, before, err)
		}
		var asked []domain.SeekQuery
		for _, call := range store.SeekCalls() {
			asked = append(asked, call.Query)
		}
		if want := []domain.SeekQuery{{From: id, Size: 25}, {From: id, Backward: true, Size: 25}}; !slices.Equal(asked, want) {
			t.Errorf("After and Before %d: the store was asked %+v, want %+v", id, asked, want)
		}
	}
}

// filled returns a store of so many persons, with a deleted one before every
// tenth, and who is left.
func filled(t *testing.T, n int) (*memstore.Store, []domain.Person) {
	t.Helper()
	store := memstore.New()
	drafts := make([]domain.Draft, n+n/10)
	for i := range drafts {
		drafts[i] = domain.GeneratedDraft(uint(i))
	}
	persons, err := store.CreateBatch(t.Context(), drafts)
	if err != nil {
		t.Fatal(err)
	}
	var left []domain.Person
	for i, person := range persons {
		if i%11 != 0 || len(persons)-i <= n-len(left) {
			left = append(left, person)
		} else if err := store.Delete(t.Context(), person.ID()); err != nil {
			t.Fatal(err)
		}
	}
	return store, left
}

func TestAllMeetsEverybodyOnceInOrder(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 499, 500, 501, 1000, 1001, 2345} {
		store, persons := filled(t, n)
		all := newRegistry(t, store, 10).All(t.Context())
		for range 2 {
			var met []domain.Person
			for person, err := range all {
				if err != nil {
					t.Fatalf("%d persons: got the error %v after %d", n, err, len(met))
				}
				met = append(met, person)
			}
			if !slices.Equal(met, persons) {
				t.Errorf("%d persons: got %d, want each once in the order of the ids, in every walk", n, len(met))
			}
		}
	}
}

// An even number of full reads needs no empty one behind it.
func TestAllReads500AtATime(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 1, 1: 1, 500: 1, 501: 2, 1000: 2, 1001: 3} {
		store, _ := filled(t, n)
		mock := &portmock.PersonStoreMock{SeekFunc: store.Seek}
		met := 0
		for range newRegistry(t, mock, 10).All(t.Context()) {
			if reads := len(mock.SeekCalls()); reads != met/500+1 {
				t.Fatalf("person %d of %d: got %d reads so far, want %d: 500 persons are read at a time, when they are needed", met, n, reads, met/500+1)
			}
			met++
		}
		calls := mock.SeekCalls()
		if met != n || len(calls) != want {
			t.Errorf("%d persons: met %d in %d reads, want all in %d", n, met, len(calls), want)
		}
		for _, call := range calls {
			if call.Query.Size != 500 || call.Query.Backward {
				t.Errorf("%d persons: the store was asked %+v, want 500 forward", n, call.Query)
			}
		}
	}
}

func TestAllCanBeLeftEarly(t *testing.T) {
	t.Parallel()
	store, persons := filled(t, 600)
	all := newRegistry(t, store, 10).All(t.Context())
	for _, steps := range []int{1, 500, 501, 600} {
		var met []domain.Person
		for person := range all {
			if met = append(met, person); len(met) == steps {
				break
			}
		}
		if !slices.Equal(met, persons[:steps]) {
			t.Errorf("left after %d: got %d persons, want the first", steps, len(met))
		}
	}
}

func TestAllMeetsWhoeverStaysWhileTheWalkerWrites(t *testing.T) {
	t.Parallel()
	store, persons := filled(t, 1600)
	registry := newRegistry(t, store, 10)
	draft := newDraft(t, "came during the walk", 1)
	times := map[int64]int{}
	met := 0
	for person, err := range registry.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		times[person.ID()]++
		if met++; met%100 != 0 || met > 1500 {
			continue
		}
		for _, leaving := range []domain.Person{persons[met-100], persons[met-60]} { // both are behind the walker
			if err := registry.Delete(t.Context(), leaving.ID()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := registry.Create(t.Context(), draft); err != nil {
			t.Fatal(err)
		}
	}
	for _, person := range persons {
		if times[person.ID()] != 1 {
			t.Errorf("%v: met %d times, want once", person, times[person.ID()])
		}
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("person %d: met %d times, want once", id, n)
		}
	}
}

// walkUntilError returns how many persons All met, and the error, which must come last.
func walkUntilError(t *testing.T, all iter.Seq2[domain.Person, error], meet func(met int)) (met int, end error) {
	t.Helper()
	for person, err := range all {
		switch {
		case end != nil:
			t.Fatalf("got %v and the error %v after the error %v, want nothing", person, err, end)
		case err != nil:
			if end = err; person != (domain.Person{}) {
				t.Errorf("got %v beside the error %v, want the zero Person", person, err)
			}
		default:
			met++
			meet(met)
		}
	}
	return met, end
}

func TestAllEndsWithTheErrorOfItsCtx(t *testing.T) {
	t.Parallel()
	store, _ := filled(t, 1100)
	registry := newRegistry(t, store, 10)
	for _, steps := range []int{0, 1, 499, 500, 501, 1000, 1100} {
		ctx, cancel := context.WithCancel(t.Context())
		if steps == 0 {
			cancel()
		}
		met, err := walkUntilError(t, registry.All(ctx), func(met int) {
			if met == steps {
				cancel()
			}
		})
		cancel()
		if met != steps || domain.CodeOf(err) != domain.CodeCanceled {
			t.Errorf("ctx ended after %d: got %d persons and the error %v, want code %q next", steps, met, err, domain.CodeCanceled)
		}
	}
}

func TestAllNoticesAtTheNextReadThatTheStoreIsClosed(t *testing.T) {
	t.Parallel()
	for steps, want := range map[int]int{1: 500, 500: 500, 501: 1000} {
		store, _ := filled(t, 1100)
		met, err := walkUntilError(t, newRegistry(t, store, 10).All(t.Context()), func(met int) {
			if met != steps {
				return
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		if met != want || domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("closed after %d: got %d persons and the error %v, want %d and code %q", steps, met, err, want, domain.CodeUnavailable)
		}
	}
}
