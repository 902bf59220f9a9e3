package sqlitestore_test

import (
	"testing"
)

// Who copies tables by hand may leave SQLite's note of the last id behind.
func TestTheLastIDCountsWhoeverIsThere(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	if _, err := store.CreateBatch(t.Context(), newDrafts(t, 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Writer().ExecContext(t.Context(), "DELETE FROM sqlite_sequence"); err != nil {
		t.Fatal(err)
	}
	if got, err := store.LastID(t.Context()); err != nil || got != 3 {
		t.Errorf("got the last id %d and %v, want 3", got, err)
	}
}
