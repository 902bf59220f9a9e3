package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func valueCases() []storeCase {
	return []storeCase{
		{"a name comes back equal, to the code point, whichever way it was saved", namesComeBack},
		{"the longest names come back whole", longestNamesComeBack},
		{"ages from 0 to the greatest come back", agesComeBack},
		{"what a store returns is the caller's own", answersAreCopies},
		{"the drafts of a batch stay the caller's own", draftsAreCopied},
	}
}

// names are texts that stores have been known to change or to trip over.
func names() []string {
	return []string{
		"Ann",
		"é", "e\u0301", // the same to the eye, two texts
		"Ω Ω", "ﬁ ﬁ", "İstanbul ısı",
		"שלום עולם", "مرحبا", "a\u202eb\u202c",
		"👨‍👩‍👧‍👦", "👩🏽‍🚀", "🇪🇺", "e" + strings.Repeat("\u0301", 50),
		"日本語", "한국어", "ไทย",
		"O'Brien", `"quoted"`, "`ticks`", "''", `"`, "'",
		"Robert'); DROP TABLE persons_person;--", "x' OR '1'='1", "a/*b*/c -- d;",
		`back\slash \0 \n \\`, `\`, "100% %s %d %% _", "?", "?0 ?? $1 :name @p {0}",
		"line\nbreak\r\nand\ttab", "\x01\x1b[31m\x7f", "x\u0085y\u2028z\u2029.",
		"\ufeffbom", "a\u200bb\u200d", "\ufffd", "\uffff\U0010ffff\ue000",
		"NULL", "null", "true", "0", "007", "1e5", "0x10", "-1.50", "2024-01-01T00:00:00Z",
		`{"name": "x"}`, "<b>&amp;</b>", "a  b",
	}
}

func namesComeBack(t *testing.T, store ports.PersonStore) {
	for i, name := range names() {
		wantNameComesBack(t, store, name, int64(i))
	}
}

func longestNamesComeBack(t *testing.T, store ports.PersonStore) {
	for _, point := range []string{"x", "é", "語", "😀", "\U0010ffff"} {
		wantNameComesBack(t, store, strings.Repeat(point, domain.MaxNameLength), 1)
	}
}

func agesComeBack(t *testing.T, store ports.PersonStore) {
	for _, age := range []int64{domain.MinAge, 1, 127, 128, 255, 256, 32767, 32768, 65536, domain.MaxAge} {
		wantNameComesBack(t, store, "Ann", age)
	}
}

// wantNameComesBack saves the name and age in every way and reads them in every way.
func wantNameComesBack(t *testing.T, store ports.PersonStore, name string, age int64) {
	t.Helper()
	ctx, draft := t.Context(), newDraft(t, name, age)

	created, err := store.Create(ctx, draft)
	wantPerson(t, "Create", created, err, draft.Person(created.ID()), "what was saved comes back equal")
	batch, err := store.CreateBatch(ctx, []domain.Draft{draft})
	if err != nil || len(batch) != 1 {
		t.Fatalf("CreateBatch of one: got %d persons and %v, want one and nil", len(batch), err)
	}
	wantPerson(t, "CreateBatch", batch[0], err, draft.Person(batch[0].ID()), "what was saved comes back equal")
	replaced, err := store.Replace(ctx, create(t, store, "old", 5).ID(), draft)
	wantPerson(t, "Replace", replaced, err, draft.Person(replaced.ID()), "what was saved comes back equal")
	patched, err := store.Patch(ctx, create(t, store, "old", age).ID(), newName(t, name))
	wantPerson(t, "Patch", patched, err, draft.Person(patched.ID()), "what was saved comes back equal")

	saved := []domain.Person{created, batch[0], replaced, patched}
	for _, person := range saved {
		wantFound(t, store, person, "what was saved comes back equal")
	}
	page, err := store.Page(ctx, domain.PageQuery{Number: domain.LastPage, Size: 1})
	if err != nil || len(page.Persons) != 1 {
		t.Fatalf("Page: got %d persons and %v, want one and nil", len(page.Persons), err)
	}
	wantPerson(t, "Page", page.Persons[0], err, patched, "what was saved comes back equal")
	all := everybody(t, store)
	wantPersons(t, "a walk", all[max(0, len(all)-len(saved)):], saved, "what was saved comes back equal")
}

func answersAreCopies(t *testing.T, store ports.PersonStore) {
	want := slices.Clone(createMany(t, store, 3))
	stranger := domain.StoredPerson(99, "changed by the caller", 99)
	const why = "what a store returns is the caller's own; changing it changes nothing in the store"

	for range 2 {
		batch := createMany(t, store, 3)
		want = append(want, batch...)
		batch[0] = stranger
		_ = append(batch[:1], stranger)
		wantEverybody(t, store, want, why)
	}
	query := domain.PageQuery{Number: 1, Size: 4}
	for range 2 {
		page, err := store.Page(t.Context(), query)
		wantCode(t, "Page", err, "", "page 1 always exists")
		wantPersons(t, "Page", page.Persons, want[:query.Size], why)
		_ = append(page.Persons, stranger)
		page.Persons[0] = stranger
		wantEverybody(t, store, want, why)
	}
	for _, query := range []domain.SeekQuery{{From: 0, Size: 4}, {From: want[4].ID(), Backward: true, Size: 4}} {
		for range 2 {
			slice, err := store.Seek(t.Context(), query)
			wantCode(t, "Seek", err, "", "a slice always exists")
			wantPersons(t, "Seek", slice.Persons, want[:query.Size], why)
			_ = append(slice.Persons, stranger)
			slice.Persons[0] = stranger
			wantEverybody(t, store, want, why)
		}
	}
}

func draftsAreCopied(t *testing.T, store ports.PersonStore) {
	drafts := newDrafts(t, 3)
	before := slices.Clone(drafts)
	persons, err := store.CreateBatch(t.Context(), drafts)
	if err != nil {
		t.Fatalf("CreateBatch: got %v, want persons", err)
	}
	if !slices.Equal(drafts, before) {
		t.Errorf("CreateBatch: got other drafts after the call, want them as they were: a store does not change them")
	}
	drafts[0], drafts[2] = newDraft(t, "changed by the caller", 99), newDraft(t, "changed by the caller", 98)
	wantEverybody(t, store, persons, "drafts that change after the call change nothing in the store")
	for i, person := range persons {
		wantFound(t, store, before[i].Person(person.ID()), "drafts that change after the call change nothing in the store")
	}
}
