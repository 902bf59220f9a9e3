package usecasetest

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func listCases() []testCase {
	return []testCase{
		{name: "pages are numbered from 1 and hold everybody once", body: pagesHoldEverybody},
		{name: "the last page is the last", body: lastPage},
		{name: "a page that does not exist is not found, and page 1 always exists", body: noSuchPage},
		{name: "a slice holds the persons after or before an id", body: slicesLieBeside},
		{name: "a slice tells whether there are more", body: slicesTellOfMore},
		{name: "a walk meets everybody once in the order of their ids", body: walkMeetsAll},
		{name: "a walk can be left, and begins at the start again", body: walkCanBeLeft},
		{name: "a walk misses nobody who stays, whoever comes and goes", body: walkMissesNobody},
	}
}

func pagesHoldEverybody(t *testing.T, with UseCases) {
	all := createMany(t, with, 2*PageSize+1)
	var met []domain.Person
	for number := int64(1); number <= 3; number++ {
		page, err := with.Registry.List(t.Context(), number)
		if err != nil {
			t.Fatalf("List(%d): got %v, want a page", number, err)
		}
		if page.Number != number || page.Total != int64(len(all)) || page.Pages() != 3 || page.Size != PageSize {
			t.Errorf("List(%d): got number %d of %d pages, total %d, size %d, want %d of 3, %d, %d", number, page.Number, page.Pages(), page.Total, page.Size, number, len(all), PageSize)
		}
		if wanted := min(PageSize, len(all)-len(met)); len(page.Persons) != wanted {
			t.Errorf("List(%d): got %d persons, want %d", number, len(page.Persons), wanted)
		}
		met = append(met, page.Persons...)
	}
	wantPersons(t, "all pages", met, all)
}

func lastPage(t *testing.T, with UseCases) {
	var all []domain.Person
	for pages := int64(1); pages <= 3; pages++ {
		all = append(all, createMany(t, with, PageSize)...)
		page, err := with.Registry.List(t.Context(), domain.LastPage)
		if err != nil || page.Number != pages || page.Pages() != pages || page.Total != int64(len(all)) {
			t.Errorf("List(LastPage) of %d persons: got number %d of %d and total %d (%v), want page %d", len(all), page.Number, page.Pages(), page.Total, err, pages)
		}
		wantPersons(t, "the last page", page.Persons, all[len(all)-PageSize:])
	}
}

func noSuchPage(t *testing.T, with UseCases) {
	for _, number := range []int64{1, domain.LastPage} {
		page, err := with.Registry.List(t.Context(), number)
		if err != nil || page.Number != 1 || page.Pages() != 1 || page.Total != 0 || len(page.Persons) != 0 {
			t.Errorf("List(%d) of nobody: got %+v and %v, want page 1, which is empty", number, page, err)
		}
	}
	createMany(t, with, PageSize)
	for _, number := range []int64{2, 0, -2, math.MaxInt64, math.MinInt64} {
		_, err := with.Registry.List(t.Context(), number)
		wantCode(t, "List of a page that does not exist", err, domain.CodeNotFound)
	}
}

func slicesLieBeside(t *testing.T, with UseCases) {
	all := createMany(t, with, 2*PageSize+2)
	gone := all[PageSize]
	if err := with.Registry.Delete(t.Context(), gone.ID()); err != nil {
		t.Fatal(err)
	}
	all = slices.Delete(all, PageSize, PageSize+1)
	for place, id := range map[string]int64{
		"the beginning": math.MinInt64, "somebody": all[2].ID(), "nobody any more": gone.ID(), "the last": all[len(all)-1].ID(), "the end": math.MaxInt64,
	} {
		behind := slices.IndexFunc(all, func(p domain.Person) bool { return p.ID() > id })
		if behind < 0 {
			behind = len(all)
		}
		slice, err := with.Registry.After(t.Context(), id)
		if err != nil {
			t.Fatalf("After %s: got %v, want a slice", place, err)
		}
		wantPersons(t, "after "+place, slice.Persons, all[behind:min(len(all), behind+PageSize)])

		here := slices.IndexFunc(all, func(p domain.Person) bool { return p.ID() >= id })
		if here < 0 {
			here = len(all)
		}
		slice, err = with.Registry.Before(t.Context(), id)
		if err != nil {
			t.Fatalf("Before %s: got %v, want a slice", place, err)
		}
		wantPersons(t, "before "+place, slice.Persons, all[max(0, here-PageSize):here])
	}
}

func slicesTellOfMore(t *testing.T, with UseCases) {
	all := createMany(t, with, PageSize+1)
	for _, test := range []struct {
		what string
		seek func() (domain.Slice, error)
		more bool
	}{
		{"after nobody", func() (domain.Slice, error) { return with.Registry.After(t.Context(), math.MinInt64) }, true},
		{"after the first", func() (domain.Slice, error) { return with.Registry.After(t.Context(), all[0].ID()) }, false},
		{"after everybody", func() (domain.Slice, error) { return with.Registry.After(t.Context(), math.MaxInt64) }, false},
		{"before nobody", func() (domain.Slice, error) { return with.Registry.Before(t.Context(), math.MaxInt64) }, true},
		{"before the last", func() (domain.Slice, error) { return with.Registry.Before(t.Context(), all[PageSize].ID()) }, false},
		{"before everybody", func() (domain.Slice, error) { return with.Registry.Before(t.Context(), math.MinInt64) }, false},
	} {
		if slice, err := test.seek(); err != nil || slice.More != test.more {
			t.Errorf("%s: got %v and %v, want more %t", test.what, slice, err, test.more)
		}
	}
}

func walkMeetsAll(t *testing.T, with UseCases) {
	wantEverybody(t, "there is nobody yet", with)
	all := createMany(t, with, 3*PageSize)
	wantEverybody(t, "a walk meets everybody", with, all...)
}

func walkCanBeLeft(t *testing.T, with UseCases) {
	all := createMany(t, with, 2*PageSize)
	walk := with.Registry.All(t.Context())
	for _, stop := range []int{1, PageSize, PageSize + 1} {
		var met []domain.Person
		for person, err := range walk {
			if err != nil {
				t.Fatal(err)
			}
			if met = append(met, person); len(met) == stop {
				break
			}
		}
		wantPersons(t, "a walk that was left", met, all[:stop])
	}
}

func walkMissesNobody(t *testing.T, with UseCases) {
	all := createMany(t, with, 3*PageSize)
	var met []domain.Person
	for person, err := range with.Registry.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if met = append(met, person); len(met)%2 == 1 { // who was met goes, and somebody else comes
			if err := with.Registry.Delete(t.Context(), person.ID()); err != nil {
				t.Fatal(err)
			}
		}
		if len(met) == 1 {
			create(t, with, "Zoe", 9)
		}
	}
	wantPersons(t, "the walk, of those who were there", met[:min(len(met), len(all))], all)
}
