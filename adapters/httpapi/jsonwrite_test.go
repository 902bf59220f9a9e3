package httpapi_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/domain"
)

// FuzzPersonJSON holds the hand-written encoder to encoding/json, byte for byte.
func FuzzPersonJSON(f *testing.F) {
	for _, name := range []string{
		"Ann", "", `"\/<>&'`, "\b\f\n\r\t\x00\x1f\x7f", "é漢👩", "\u2028\u2029\ufffd", "a\xffb\xed\xa0\x80\xe2\x80", "\xe2\x80\xa8x",
	} {
		f.Add(int64(1), name, 31, "http://localhost/?page=2&a=\""+name)
	}
	f.Fuzz(func(t *testing.T, id int64, name string, age int, link string) {
		page := domain.Page{Persons: []domain.Person{domain.StoredPerson(id, name, age), domain.StoredPerson(-id, link, -age)}, Total: id}
		for _, next := range []*string{nil, &link} {
			got, want := httpapi.Encode(page, next, nil), httpapi.EncodeByReflection(page, next, nil)
			if string(got) != string(want) {
				t.Fatalf("got  %s\nwant %s, as encoding/json has it", got, want)
			}
		}
		slice := domain.Slice{Persons: page.Persons}
		for _, previous := range []*string{nil, &link} {
			got, want := httpapi.EncodeSlice(slice, &name, previous), httpapi.EncodeSliceByReflection(slice, &name, previous)
			if string(got) != string(want) {
				t.Fatalf("a slice: got  %s\nwant %s, as encoding/json has it", got, want)
			}
		}
		slice.Persons = nil
		if got, want := httpapi.EncodeSlice(slice, nil, &link), httpapi.EncodeSliceByReflection(slice, nil, &link); string(got) != string(want) {
			t.Fatalf("an empty slice: got %s, want %s, as encoding/json has it", got, want)
		}
		page.Persons = nil
		if got, want := httpapi.Encode(page, nil, &link), httpapi.EncodeByReflection(page, nil, &link); string(got) != string(want) {
			t.Fatalf("got %s, want %s, as encoding/json has it", got, want)
		}
	})
}

// BenchmarkEncodePage compares the encoder of a page of 100 with encoding/json.
func BenchmarkEncodePage(b *testing.B) {
	page := domain.Page{Total: 100}
	for i := range 100 {
		page.Persons = append(page.Persons, domain.GeneratedDraft(uint(i)).Person(int64(i)))
	}
	b.Run("by hand", func(b *testing.B) {
		for b.Loop() {
			httpapi.Encode(page, nil, nil)
		}
	})
	b.Run("by reflection", func(b *testing.B) {
		for b.Loop() {
			httpapi.EncodeByReflection(page, nil, nil)
		}
	})
}
