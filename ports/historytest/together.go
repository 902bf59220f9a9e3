package historytest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func togetherCases() []storeCase {
	return []storeCase{
		{"persons and their change are there together, or neither, when ctx ends", wholeWhenEnded},
		{"who sees a person sees the change, and who sees a change the person", seenTogether},
		{"a call that has returned has left its changes", seenAfterwards},
	}
}

// wholeWhenEnded ends the ctx at moments spread over the time that a call takes.
func wholeWhenEnded(t *testing.T, store Store) {
	const size, rounds = 1_000, 16
	drafts := newDrafts(t, size)
	began := time.Now()
	createMany(t, store, size)
	duration := time.Since(began)
	for round := range rounds {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(duration*time.Duration(round)/rounds, cancel)
		_, _ = store.CreateBatch(ctx, drafts)
		_, _ = store.DeleteBatch(ctx, []int64{int64(3 * round), int64(3*round + 1)})
		cancel()
	}
	var want int64
	for _, change := range allChanges(t, store) {
		switch change.Kind {
		case domain.ChangeCreated:
			want += change.Count
		case domain.ChangeDeleted:
			want--
		}
	}
	if got := int64(len(everybody(t, store))); got != want {
		t.Errorf("after calls whose ctx ended: got %d persons, want %d as the history has it: both are there or neither", got, want)
	}
}

// seenTogether reads persons and changes while somebody creates and deletes.
func seenTogether(t *testing.T, store Store) {
	const rounds = 150
	draft := newDraft(t, "Ann", 31)
	var over atomic.Bool
	together(2, func(i int) {
		if i > 0 {
			for !over.Load() {
				if !personHasChange(t, store) || !changeHasPerson(t, store) {
					return
				}
			}
			return
		}
		defer over.Store(true)
		for n := range rounds {
			person, err := store.Create(t.Context(), draft)
			wantCode(t, "Create", err, "", "readers do not stop writers")
			if n%2 == 0 {
				wantCode(t, "Delete", store.Delete(t.Context(), person.ID()), "", "readers do not stop writers")
			}
		}
	})
}

// personHasChange looks for the change of the last person.
func personHasChange(t *testing.T, store Store) bool {
	t.Helper()
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1, Backward: true})
	if err != nil {
		t.Errorf("Page: got %v, want a page", err)
		return false
	}
	for _, person := range page.Persons {
		if len(changes(t, store, domain.ChangesQuery{Person: person.ID(), Size: 10})) == 0 {
			t.Errorf("Changes of person %d who is there: got none, want the creation", person.ID())
			return false
		}
	}
	return true
}

// changeHasPerson looks for the person of the latest change, who is there unless a deletion is too.
func changeHasPerson(t *testing.T, store Store) bool {
	t.Helper()
	latest, err := store.Changes(t.Context(), domain.ChangesQuery{Size: 1})
	if err != nil {
		t.Errorf("Changes: got %v, want the latest", err)
		return false
	}
	for _, change := range latest {
		_, err := store.Find(t.Context(), change.First)
		there := err == nil
		all := changes(t, store, domain.ChangesQuery{Person: change.First, Size: 10})
		isDeleted := len(all) > 0 && all[len(all)-1].Kind == domain.ChangeDeleted
		if there && change.Kind == domain.ChangeDeleted || !there && !isDeleted {
			t.Errorf("Find(%d) after the %s: got %v, and the history says deleted: %t: a change is seen with what it did", change.First, show(change), err, isDeleted)
			return false
		}
	}
	return true
}

func seenAfterwards(t *testing.T, store Store) {
	const callers, rounds = 4, 25
	drafts := newDrafts(t, 2)
	together(callers, func(i int) {
		for n := range rounds {
			who := domain.Origin{Via: domain.ViaAdmin, Who: string(rune('a' + i))}
			ctx := domain.WithOrigin(t.Context(), who)
			persons, err := store.CreateBatch(ctx, drafts)
			wantCode(t, "CreateBatch", err, "", "the store serves many at once")
			if err != nil {
				return
			}
			if n%2 == 1 {
				wantCode(t, "Delete", store.Delete(ctx, persons[1].ID()), "", "the person is the caller's own")
			}
			got := changes(t, store, domain.ChangesQuery{Person: persons[1].ID(), Size: 10})
			if len(got) != 1+n%2 || got[0].Origin != who {
				t.Errorf("Changes of person %d: got %d by %+v, want %d of the caller's own: a call that has returned is seen", persons[1].ID(), len(got), got, 1+n%2)
				return
			}
		}
	})
}
