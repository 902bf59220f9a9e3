package historytest

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func tidyingCases() []storeCase {
	return []storeCase{
		{"changes are there as long as they are remembered", kept},
		{"older changes are removed, and later ones are not", olderOnly},
		{"many old changes are removed by and by, and no person with them", manyOld},
		{"a number is not given again after its change was removed", numbersAreNotReused},
	}
}

// tidy removes old changes until there are no more.
func tidy(t *testing.T, store Store, now time.Time) {
	t.Helper()
	const patience = 10_000
	for range patience {
		more, err := store.TidyHistory(t.Context(), now)
		if err != nil {
			t.Errorf("TidyHistory: got %v, want nil", err)
			return
		}
		if !more {
			return
		}
	}
	t.Errorf("TidyHistory: got more to remove after %d calls, want an end of it", patience)
}

func kept(t *testing.T, store Store) {
	all := somebody(t, store)
	first := slices.MinFunc(all, func(a, b domain.Change) int { return a.At.Compare(b.At) })
	for _, now := range []time.Time{first.At.Add(-time.Hour), first.At, first.At.Add(domain.HistoryLifetime)} {
		tidy(t, store, now)
		wantSame(t, "Changes after TidyHistory", allChanges(t, store), all, "none is older than domain.HistoryLifetime")
	}
}

func olderOnly(t *testing.T, store Store) {
	createMany(t, store, 3)
	early := allChanges(t, store)
	last := early[len(early)-1].At
	for range 3 {
		for now := time.Now(); !time.Now().Truncate(time.Microsecond).After(now); {
			runtime.Gosched() // the clock goes on by itself
		}
		create(t, store, "Ann", 31)
	}
	late := slices.DeleteFunc(allChanges(t, store), func(change domain.Change) bool { return !change.At.After(last) })
	if len(late) != 3 {
		t.Fatalf("Changes: got %d after the first, want 3", len(late))
	}
	zone := time.FixedZone("elsewhere", 5*60*60)
	tidy(t, store, last.Add(domain.HistoryLifetime+time.Microsecond).In(zone))
	wantSame(t, "Changes after TidyHistory", allChanges(t, store), late, "older ones are removed, and no others")
	tidy(t, store, late[2].At.Add(domain.HistoryLifetime+time.Microsecond))
	wantSame(t, "Changes after TidyHistory", allChanges(t, store), nil, "all are older than domain.HistoryLifetime")
}

func manyOld(t *testing.T, store Store) {
	stay := createMany(t, store, 20)
	for range 6 {
		remove(t, store, createMany(t, store, 1_000)...)
	}
	tidy(t, store, time.Now().Add(domain.HistoryLifetime+time.Hour))
	wantSame(t, "Changes after TidyHistory", allChanges(t, store), nil, "all are older than domain.HistoryLifetime")
	if got := everybody(t, store); !slices.Equal(got, stay) {
		t.Errorf("Seek after TidyHistory: got %d persons, want the %d of before: only the history is forgotten", len(got), len(stay))
	}
	if more, err := store.TidyHistory(t.Context(), time.Now()); err != nil || more {
		t.Errorf("TidyHistory of nothing: got more: %t and %v, want neither", more, err)
	}
}

func numbersAreNotReused(t *testing.T, store Store) {
	person := create(t, store, "Ann", 31)
	var last int64
	for age := range int64(3) {
		person = setAge(t, store, person, 100+age)
		for _, change := range allChanges(t, store) {
			if change.Number <= last {
				t.Errorf("Changes: got number %d after %d, want a greater one: a later change of one person has a greater number", change.Number, last)
			}
			last = change.Number
		}
		tidy(t, store, time.Now().Add(domain.HistoryLifetime+time.Hour))
	}
}
