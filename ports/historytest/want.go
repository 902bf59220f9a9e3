package historytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// wantCode fails the test unless err has the code.
func wantCode(t *testing.T, call string, err error, want domain.Code, why string) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("%s: got code %q (%v), want %q: %s", call, got, err, want, why)
	}
}

// watch makes a call and returns the changes that it left, those of lesser ids first. It fails
// the test unless each was made during the call.
func watch(t *testing.T, store Store, do func()) []domain.Change {
	t.Helper()
	var last int64
	if latest, err := store.Changes(t.Context(), domain.ChangesQuery{Size: 1}); err != nil {
		t.Errorf("Changes: got %v, want at most one", err)
	} else if len(latest) > 0 {
		last = latest[0].Number
	}
	begin := time.Now().Truncate(time.Microsecond)
	do()
	end := time.Now()
	left := slices.DeleteFunc(allChanges(t, store), func(change domain.Change) bool { return change.Number <= last })
	for _, change := range left {
		if change.At.Before(begin) || change.At.After(end) || change.At.Location() != time.UTC || change.At.Nanosecond()%1000 != 0 {
			t.Errorf("%s: got the time %v, want one between %v and %v, in UTC and to the microsecond", show(change), change.At, begin.UTC(), end.UTC())
		}
	}
	slices.SortStableFunc(left, func(a, b domain.Change) int { return cmp.Compare(a.First, b.First) })
	return left
}

// leaves makes a call with an origin and fails the test unless it leaves the changes with
// that origin.
func leaves(t *testing.T, store Store, call string, do func(ctx context.Context) []domain.Change, why string) {
	t.Helper()
	origin := domain.Origin{Via: domain.ViaAdmin, Who: call}
	var want []domain.Change
	got := watch(t, store, func() { want = do(domain.WithOrigin(t.Context(), origin)) })
	for i := range want {
		want[i].Origin = origin
	}
	wantChanges(t, call, got, want, why)
}

// wantChanges fails the test unless both lists are the same but for numbers and times.
func wantChanges(t *testing.T, call string, got, want []domain.Change, why string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if bare(got[i]) != bare(want[i]) {
			t.Errorf("%s: got %s, want %s: %s", call, show(got[i]), show(want[i]), why)
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: got %d changes, want %d: %s", call, len(got), len(want), why)
	}
}

// wantSame fails the test unless both lists are the same.
func wantSame(t *testing.T, call string, got, want []domain.Change, why string) {
	t.Helper()
	wantChanges(t, call, got, want, why)
	for i := range min(len(got), len(want)) {
		if got[i].Number != want[i].Number || !got[i].At.Equal(want[i].At) {
			t.Errorf("%s: got number %d at %v, want %d at %v: %s", call, got[i].Number, got[i].At, want[i].Number, want[i].At, why)
			return
		}
	}
}

// bare returns a change without what the store gives it.
func bare(change domain.Change) domain.Change {
	change.Number, change.At = 0, time.Time{}
	return change
}

// show returns a change so that look-alike names can be told apart.
func show(c domain.Change) string {
	person := func(p domain.Person) string {
		return fmt.Sprintf("{id %d, name %+q, age %d}", p.ID(), p.Name(), p.Age())
	}
	return fmt.Sprintf("change %d by %q %+q, job %+q: %d from id %d %s, before %s, after %s",
		c.Number, c.Origin.Via, c.Origin.Who, c.Origin.Job, c.Count, c.First, c.Kind, person(c.Before), person(c.After))
}
