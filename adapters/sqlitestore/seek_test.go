package sqlitestore_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// What Seek costs does not grow with the place: SQLite goes down the table's own
// tree to it, and sorts nothing.
func TestSeekGoesDownTheTree(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	for _, query := range store.SeekQueries() {
		if steps := planOf(t, store, query); len(steps) != 1 || !strings.Contains(steps[0], "SEARCH persons_person USING INTEGER PRIMARY KEY (rowid") {
			t.Errorf("%s: got the plan %q, want one search by id", query, steps)
		}
	}
}

// planOf returns the steps by which SQLite answers a query with two arguments.
func planOf(t *testing.T, store *sqlitestore.Store, query string) (steps []string) {
	t.Helper()
	rows, err := store.Reader().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id, parent, unused int
			step               string
		)
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

func TestALongSeekLooksAtItsCtxOnTheWay(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"file": newFile(t), "memory": ""} {
		store := open(t, path)
		migrate(t, store)
		if _, err := store.CreateBatch(t.Context(), newDrafts(t, 1_600)); err != nil {
			t.Fatal(err)
		}
		for _, query := range []domain.SeekQuery{everybody, {From: math.MaxInt64, Backward: true, Size: math.MaxInt}} {
			for looks := range 4 { // on entering, and after each of three times 512 rows
				slice, err := store.Seek(&endsAfter{t.Context(), looks}, query)
				wantCode(t, name+": Seek", err, domain.CodeCanceled)
				if len(slice.Persons) > 0 {
					t.Errorf("%s: got %d persons beside the error, want none", name, len(slice.Persons))
				}
			}
			slice, err := store.Seek(&endsAfter{t.Context(), 4}, query)
			if err != nil || len(slice.Persons) != 1_600 {
				t.Errorf("%s: got %d persons and %v, want all: the reader and its connection are as before", name, len(slice.Persons), err)
			}
		}
	}
}

// An older program may have given ids that this one never does.
func TestSeekFindsNegativeIDs(t *testing.T) {
	t.Parallel()
	store := open(t, fileWith(t, ""))
	migrate(t, store)
	if _, err := store.Writer().ExecContext(t.Context(), "INSERT INTO persons_person (id, name, age) VALUES (-5, 'Ann', 1), (0, 'Bob', 2), (7, 'Cid', 3)"); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[domain.SeekQuery][]int64{
		{From: math.MinInt64, Size: 2}:        {-5, 0},
		{From: -5, Size: 5}:                   {0, 7},
		{From: 0, Backward: true, Size: 5}:    {-5},
		{From: 7, Backward: true, Size: 1}:    {0},
		{From: math.MaxInt64, Size: 1}:        nil,
		{From: -6, Backward: true, Size: 100}: nil,
	} {
		slice, err := store.Seek(t.Context(), query)
		var got []int64
		for _, person := range slice.Persons {
			got = append(got, person.ID())
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Seek(%+v): got the ids %v and %v, want %v", query, got, err, want)
		}
	}
}
