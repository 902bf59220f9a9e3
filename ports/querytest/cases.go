package querytest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func allCases() []testCase {
	return []testCase{
		{"each query is told in the ctx of its call", toldToWhoAsked},
		{"a change is told with its BEGIN and its COMMIT", wholeTransaction},
		{"no statement has a value in it", noValues},
		{"a statement is on one line", oneLine},
		{"a query tells when it began and how long it took", toldItsTime},
		{"a query tells how many rows it read", toldItsRows},
		{"what is put for one write alone is shared by nobody", notShared},
		{"what is put for many writes is told to each of them", sharedByAll},
	}
}

// create saves persons of a name.
func create(t *testing.T, store ports.PersonStore, who, name string, count int) []domain.Person {
	t.Helper()
	draft, err := domain.NewDraft(name, 36)
	if err != nil {
		t.Fatal(err)
	}
	persons, err := store.CreateBatch(By(t.Context(), who), slices.Repeat([]domain.Draft{draft}, count))
	if err != nil {
		t.Fatalf("CreateBatch: got %v, want persons", err)
	}
	return persons
}

func toldToWhoAsked(t *testing.T, store ports.PersonStore, heard *Heard) {
	id := create(t, store, "creator", "Ada", 1)[0].ID()
	for _, who := range []string{"a", "b"} {
		if told := heard.Of(who); len(told) > 0 {
			t.Errorf("%s, who has asked nothing yet, is told %q", who, Statements(told))
		}
		before := len(heard.Of("creator"))
		if _, err := store.Find(By(t.Context(), who), id); err != nil {
			t.Fatalf("Find: got %v, want the person", err)
		}
		if told := heard.Of(who); len(told) == 0 || before != len(heard.Of("creator")) || before == 0 {
			t.Errorf("%s is told %q and the creator %q, want each what they asked for", who, Statements(told), Statements(heard.Of("creator")))
		}
	}
}

func wholeTransaction(t *testing.T, store ports.PersonStore, heard *Heard) {
	create(t, store, "creator", "Ada", 2)
	if told := Statements(heard.Of("creator")); len(told) < 3 || told[0] != "BEGIN" || told[len(told)-1] != "COMMIT" {
		t.Errorf("CreateBatch: told %q, want BEGIN, what it saves by, COMMIT", told)
	}
}

// useAll makes calls of each kind, with names and ids that are found again.
func useAll(t *testing.T, store ports.PersonStore) {
	t.Helper()
	const name = "Zaphod O'Beeblebrox"
	persons := create(t, store, "", name, 5)
	ctx, id := t.Context(), persons[0].ID()
	draft, _ := domain.NewDraft("Beeblebrox 424242", 36)
	patch, _ := domain.NewPatch(new("Beeblebrox\n424242"), nil)
	_, errCreate := store.Create(ctx, draft)
	_, errFind := store.Find(ctx, id)
	_, errPage := store.Page(ctx, domain.PageQuery{Number: 1, Size: 3})
	_, errSeek := store.Seek(ctx, domain.SeekQuery{Size: 3})
	_, errReplace := store.Replace(ctx, id, draft)
	_, errPatch := store.Patch(ctx, id, patch)
	_, errBatch := store.DeleteBatch(ctx, []int64{id, 424242})
	errDelete := store.Delete(ctx, persons[1].ID())
	for call, err := range map[string]error{
		"Create": errCreate, "Find": errFind, "Page": errPage, "Seek": errSeek, "Replace": errReplace, "Patch": errPatch, "DeleteBatch": errBatch, "Delete": errDelete,
	} {
		if err != nil {
			t.Fatalf("%s: got %v, want none", call, err)
		}
	}
}

func noValues(t *testing.T, store ports.PersonStore, heard *Heard) {
	useAll(t, store)
	wantMany(t, heard)
	for _, query := range heard.All() {
		if strings.Contains(query.SQL, "Beeblebrox") || strings.Contains(query.SQL, "424242") {
			t.Errorf("told %q, which tells what was saved or asked for", query.SQL)
		}
	}
}

func oneLine(t *testing.T, store ports.PersonStore, heard *Heard) {
	useAll(t, store)
	wantMany(t, heard)
	for _, query := range heard.All() {
		if query.SQL == "" || query.SQL != strings.TrimSpace(query.SQL) || strings.ContainsAny(query.SQL, "\n\r\t") {
			t.Errorf("told %q, want a statement on one line", query.SQL)
		}
	}
}

func wantMany(t *testing.T, heard *Heard) {
	t.Helper()
	if told := len(heard.All()); told < 12 {
		t.Errorf("told %d queries, want those of all calls", told)
	}
}

func toldItsTime(t *testing.T, store ports.PersonStore, heard *Heard) {
	before := time.Now()
	create(t, store, "creator", "Ada", 3)
	after := time.Now()
	for _, query := range heard.Of("creator") {
		if query.Began.Before(before) || query.Took <= 0 || query.Began.Add(query.Took).After(after) || query.Err != nil {
			t.Errorf("told %+v, want no error, and a time between %v and %v", query, before, after)
		}
	}
	if len(heard.Of("creator")) == 0 {
		t.Error("told nothing")
	}
}

func toldItsRows(t *testing.T, store ports.PersonStore, heard *Heard) {
	id := create(t, store, "", "Ada", 3)[0].ID()
	has := func(who string, rows int64) bool {
		return slices.ContainsFunc(heard.Of(who), func(query ports.Query) bool { return query.Rows == rows })
	}
	if _, err := store.Find(By(t.Context(), "finder"), id); err != nil || !has("finder", 1) {
		t.Errorf("Find: got %v, told %+v, want a query that read one row", err, heard.Of("finder"))
	}
	if _, err := store.Seek(By(t.Context(), "reader"), domain.SeekQuery{Size: 9}); err != nil || !has("reader", 3) {
		t.Errorf("Seek: got %v, told %+v, want a query that read three rows", err, heard.Of("reader"))
	}
}

func notShared(t *testing.T, store ports.PersonStore, heard *Heard) {
	useAll(t, store)
	wantMany(t, heard)
	for _, query := range heard.All() {
		if query.Shared != 1 {
			t.Errorf("told %+v, want that it is shared by nobody: there was one call at a time", query)
		}
	}
}

// What is said to be shared by three is told three times, so of the last queries of all the number of those that say three can be divided
// by three.
func sharedByAll(t *testing.T, store ports.PersonStore, heard *Heard) {
	const many = 25
	draft, err := domain.NewDraft("Ada", 36)
	if err != nil {
		t.Fatal(err)
	}
	writers := make([]string, many)
	var calls sync.WaitGroup
	for i := range writers {
		writers[i] = "writer " + string(rune('a'+i))
		calls.Go(func() {
			if _, err := store.Create(By(t.Context(), writers[i]), draft); err != nil {
				t.Errorf("Create: got %v, want a person", err)
			}
		})
	}
	calls.Wait()
	sharing := map[int]int{}
	for _, who := range writers {
		told := heard.Of(who)
		if len(told) == 0 {
			t.Fatalf("%s is told nothing, want what was put for them", who)
		}
		sharing[told[len(told)-1].Shared]++
	}
	for shared, tellings := range sharing {
		if shared < 1 || tellings%shared != 0 {
			t.Errorf("%d writers are told last what %d share, want a multiple: each of them is told once", tellings, shared)
		}
	}
}
