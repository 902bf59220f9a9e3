package sqlitestore_test

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// FuzzInsertedName holds the texts in which persons reach SQLite and come back to
// the persons.
func FuzzInsertedName(f *testing.F) {
	for _, name := range []string{"Ann", `"`, `\`, `\u0041`, "a\nb\tc\x01\x7f", `{"a":1}`, "长\u2028😀", "$.a[0]", "null"} {
		f.Add(name, int64(31))
	}
	store, err := openMigrated(sqlitestore.Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = store.Close() })
	awaitCensus(f, store)
	f.Fuzz(func(t *testing.T, name string, age int64) {
		draft, err := domain.NewDraft(name, age)
		if err != nil {
			t.Skip("it is no person")
		}
		saved, err := store.CreateBatch(t.Context(), []domain.Draft{draft, newDraft(t, "between", 1), draft})
		if err != nil {
			t.Fatal(err)
		}
		page, err := store.Page(t.Context(), domain.PageQuery{Number: domain.LastPage, Size: 3})
		if err != nil || !slices.Equal(page.Persons, saved) {
			t.Errorf("Page: got %q and %v, want %q", page.Persons, err, saved)
		}
		for _, person := range saved {
			got, err := store.Find(t.Context(), person.ID())
			if err != nil || got != person {
				t.Errorf("Find(%d): got %q of age %d and %v, want %q of age %d", person.ID(), got.Name(), got.Age(), err, person.Name(), person.Age())
			}
		}
	})
}
