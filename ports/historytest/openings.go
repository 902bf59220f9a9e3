package historytest

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func openingCases() []openingCase {
	return []openingCase{
		{"changes are there as they were when the store is opened again", func(t *testing.T, open func() Store) {
			wantKept(t, open, func(store Store) { wantCode(t, "Close", store.Close(), "", "the store is open") })
		}},
		{"changes are there for another opening though the store was never closed", func(t *testing.T, open func() Store) {
			wantKept(t, open, func(Store) {})
		}},
	}
}

// wantKept leaves changes in a store, and looks for them in the next.
func wantKept(t *testing.T, open func() Store, leave func(Store)) {
	t.Helper()
	store := open()
	ctx := domain.WithOrigin(t.Context(), domain.Origin{Via: domain.ViaAdmin, Who: "Ädmin"})
	person, err := store.Create(ctx, newDraft(t, "Zoë", 31))
	wantCode(t, "Create", err, "", "nothing speaks against it")
	all := somebody(t, store)
	for age := range int64(2) {
		leave(store)
		store = open()
		wantSame(t, "Changes of another opening", allChanges(t, store), all, "a durable store keeps changes")
		person = setAge(t, store, person, 100+age)
		last := all[len(all)-1].Number
		all = allChanges(t, store)
		if now := all[len(all)-1]; now.Number <= last || now.After != person {
			t.Errorf("Changes after an edit by another opening: got the %s at last, want the edit with a number above %d", show(now), last)
		}
	}
}
