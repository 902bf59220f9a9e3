package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// newBrowse returns a store with the names, each a year older than the one before, and Browse over it.
func newBrowse(t *testing.T, pageSize, look int, names ...string) (*memstore.Store, *domain.Browse) {
	t.Helper()
	store := memstore.New()
	for i, name := range names {
		draft, err := domain.NewDraft(name, int64(i+1))
		if err != nil {
			t.Fatalf("NewDraft(%q): got %v, want a draft", name, err)
		}
		if _, err := store.Create(t.Context(), draft); err != nil {
			t.Fatalf("Create: got %v, want a person", err)
		}
	}
	browse, err := domain.NewBrowse(store, domain.BrowseConfig{PageSize: pageSize, Look: look})
	if err != nil {
		t.Fatalf("NewBrowse: got %v, want one", err)
	}
	return store, browse
}

// wantBrowsed fails the test unless a page has the ids and says the rest.
func wantBrowsed(t *testing.T, browse *domain.Browse, query domain.BrowseQuery, ids []int64, want domain.Browsed) {
	t.Helper()
	got, err := browse.Browse(t.Context(), query)
	if err != nil {
		t.Errorf("Browse(%+v): got %v, want a page", query, err)
		return
	}
	if found := idsOf(got.Persons); !slices.Equal(found, ids) {
		t.Errorf("Browse(%+v): got the ids %v, want %v", query, found, ids)
	}
	if got.Number != want.Number || got.Size != want.Size || got.Total != want.Total || got.Next != want.Next || got.Looked != want.Looked {
		t.Errorf("Browse(%+v): got page %d by %d of %d, next %d, %d looked at, want page %d by %d of %d, next %d, %d looked at", query,
			got.Number, got.Size, got.Total, got.Next, got.Looked, want.Number, want.Size, want.Total, want.Next, want.Looked)
	}
}

func idsOf(persons []domain.Person) []int64 {
	ids := make([]int64, len(persons))
	for i, person := range persons {
		ids[i] = person.ID()
	}
	return ids
}

func by(field domain.PersonField) domain.SortKey {
	return domain.SortKey{Field: field}
}

func TestTheWholeListIsShownInEitherDirectionHoweverLong(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 2, 3, "a", "b", "c", "d", "e")
	want := domain.Browsed{Number: 1, Size: 2, Total: 5}
	wantBrowsed(t, browse, domain.BrowseQuery{Number: 1}, []int64{5, 4}, want)
	wantBrowsed(t, browse, domain.BrowseQuery{Number: 1, Order: []domain.SortKey{by(domain.ByID)}}, []int64{1, 2}, want)
	want.Number = 3
	wantBrowsed(t, browse, domain.BrowseQuery{Number: domain.LastPage}, []int64{1}, want)
	wantBrowsed(t, browse, domain.BrowseQuery{Number: 3, Order: []domain.SortKey{by(domain.ByID), by(domain.ByAge)}}, []int64{5}, want)
}

func TestASearchGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 2, 4, "ann", "Ann", "bob", "ANN", "ann", "bob", "Joanna", "cid", "dan", "ann")
	search := domain.BrowseQuery{Number: 1, Filter: domain.PersonFilter{Text: "aNN"}}
	wantBrowsed(t, browse, search, []int64{10, 7}, domain.Browsed{Number: 1, Size: 2, Total: 2, Next: 7, Looked: 4})
	search.Before = 7
	wantBrowsed(t, browse, search, []int64{5, 4}, domain.Browsed{Number: 1, Size: 2, Total: 2, Next: 3, Looked: 4})
	search.Before = 3
	wantBrowsed(t, browse, search, []int64{2, 1}, domain.Browsed{Number: 1, Size: 2, Total: 2, Looked: 2})
	search.Before = 1
	wantBrowsed(t, browse, search, nil, domain.Browsed{Number: 1, Size: 2})
	search.Before, search.Number = 7, 2
	if page, err := browse.Browse(t.Context(), search); domain.CodeOf(err) != domain.CodeNotFound || len(page.Persons) > 0 {
		t.Errorf("page 2 of a part with one page: got %v and %v, want not found: pages are those of the part", page.Persons, err)
	}
	everybody := domain.BrowseQuery{Number: domain.LastPage, Before: 6}
	wantBrowsed(t, browse, everybody, []int64{3, 2}, domain.Browsed{Number: 2, Size: 2, Total: 4, Next: 2, Looked: 4})
}

func TestAListTellsItsNewestPerson(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 2, 3, "ann", "bob", "ann", "bob", "bob")
	for _, c := range []struct {
		query domain.BrowseQuery
		want  int64
	}{
		{domain.BrowseQuery{Number: 1}, 5},
		{domain.BrowseQuery{Number: 3}, 5},
		{domain.BrowseQuery{Number: 1, Order: []domain.SortKey{by(domain.ByID)}}, 5},
		{domain.BrowseQuery{Number: 1, Order: []domain.SortKey{by(domain.ByName)}}, 5},
		{domain.BrowseQuery{Number: 1, Filter: domain.PersonFilter{Text: "ann"}}, 5},
		{domain.BrowseQuery{Number: 1, Before: 4}, 3},
		{domain.BrowseQuery{Number: 1, Before: 1}, 0},
	} {
		if got, err := browse.Browse(t.Context(), c.query); err != nil || got.Newest != c.want {
			t.Errorf("Browse(%+v): got the newest %d and %v, want %d", c.query, got.Newest, err, c.want)
		}
	}
	_, browse = newBrowse(t, 2, 3)
	if got, err := browse.Browse(t.Context(), domain.BrowseQuery{Number: 1}); err != nil || got.Newest != 0 {
		t.Errorf("Browse of nobody: got the newest %d and %v, want 0", got.Newest, err)
	}
}

func TestASearchThatEndsWithTheListSaysSo(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 10, 3, "ann", "bob", "ann")
	search := domain.BrowseQuery{Number: 1, Filter: domain.PersonFilter{Text: "ann"}}
	wantBrowsed(t, browse, search, []int64{3, 1}, domain.Browsed{Number: 1, Size: 10, Total: 2, Looked: 3})
}

func TestASearchDoesNotStopAtTheIDZero(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	var persons []domain.Person
	for id := int64(-2); id <= 2; id++ {
		persons = append(persons, domain.StoredPerson(id, "ann", 1))
	}
	if err := store.KeepPersons(t.Context(), persons); err != nil {
		t.Fatalf("KeepPersons: got %v, want nil", err)
	}
	browse, err := domain.NewBrowse(store, domain.BrowseConfig{PageSize: 10, Look: 3})
	if err != nil {
		t.Fatalf("NewBrowse: got %v, want one", err)
	}
	search := domain.BrowseQuery{Number: 1, Filter: domain.PersonFilter{Text: "ann"}}
	wantBrowsed(t, browse, search, []int64{2, 1, 0, -1}, domain.Browsed{Number: 1, Size: 10, Total: 4, Next: -1, Looked: 4})
	search.Before = -1
	wantBrowsed(t, browse, search, []int64{-2}, domain.Browsed{Number: 1, Size: 10, Total: 1, Looked: 1})
}

func TestASearchLooksAtManySlices(t *testing.T) {
	t.Parallel()
	names := make([]string, 12_345)
	for i := range names {
		names[i] = fmt.Sprintf("Person %d", i+1)
	}
	_, browse := newBrowse(t, 100, 12_000, names...)
	search := domain.BrowseQuery{Number: 1, Filter: domain.PersonFilter{Text: "person 1234"}}
	wantBrowsed(t, browse, search, []int64{12345, 12344, 12343, 12342, 12341, 12340, 1234},
		domain.Browsed{Number: 1, Size: 100, Total: 7, Next: 346, Looked: 12_000})
}

func TestPersonsAreSortedByTheKeysInTurn(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 10, 100, "bob", "Zoë", "ann", "Ann", "zoe", "ann")
	for _, c := range []struct {
		order []domain.SortKey
		want  []int64
	}{
		{[]domain.SortKey{by(domain.ByName)}, []int64{4, 6, 3, 1, 5, 2}},
		{[]domain.SortKey{{Field: domain.ByName, Descending: true}}, []int64{2, 5, 1, 6, 3, 4}},
		{[]domain.SortKey{by(domain.ByName), by(domain.ByID)}, []int64{4, 3, 6, 1, 5, 2}},
		{[]domain.SortKey{by(domain.ByAge)}, []int64{1, 2, 3, 4, 5, 6}},
		{[]domain.SortKey{{Field: domain.ByAge, Descending: true}}, []int64{6, 5, 4, 3, 2, 1}},
	} {
		wantBrowsed(t, browse, domain.BrowseQuery{Number: 1, Order: c.order}, c.want, domain.Browsed{Number: 1, Size: 10, Total: 6, Looked: 6})
	}
}

func TestWhoAreAlikeComeWithTheGreatestIDFirst(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 1_000, 1_000, slices.Repeat([]string{"ann", "bob"}, 300)...)
	var want []int64
	for first := int64(599); first <= 600; first++ {
		for id := first; id > 0; id -= 2 {
			want = append(want, id)
		}
	}
	for _, order := range [][]domain.SortKey{{by(domain.ByName)}, {by(domain.ByName), by(domain.ByName)}} {
		wantBrowsed(t, browse, domain.BrowseQuery{Number: 1, Order: order}, want, domain.Browsed{Number: 1, Size: 1_000, Total: 600, Looked: 600})
	}
}

func TestAFilterByAgeIncludesBothEnds(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 10, 100, "a", "b", "c", "d")
	for _, c := range []struct {
		filter domain.PersonFilter
		want   []int64
	}{
		{domain.PersonFilter{MinAge: new(2), MaxAge: new(3)}, []int64{3, 2}},
		{domain.PersonFilter{MinAge: new(3)}, []int64{4, 3}},
		{domain.PersonFilter{MaxAge: new(1)}, []int64{1}},
		{domain.PersonFilter{MinAge: new(3), MaxAge: new(2)}, nil},
		{domain.PersonFilter{MinAge: new(0)}, []int64{4, 3, 2, 1}},
	} {
		wantBrowsed(t, browse, domain.BrowseQuery{Number: 1, Filter: c.filter}, c.want,
			domain.Browsed{Number: 1, Size: 10, Total: int64(len(c.want)), Looked: 4})
	}
}

func TestBrowseNeedsAPageAndALook(t *testing.T) {
	t.Parallel()
	for _, config := range []domain.BrowseConfig{{}, {PageSize: 1}, {Look: 1}, {PageSize: -1, Look: 1}} {
		if _, err := domain.NewBrowse(memstore.New(), config); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("NewBrowse(%+v): got %v, want the code %q", config, err, domain.CodeInvalid)
		}
	}
}

// finds tells by a slow way whether a text is a part of a name in letters of either case.
func finds(name, text string) bool {
	letters, length := []rune(name), utf8.RuneCountInString(text)
	for i := 0; i+length <= len(letters); i++ {
		if strings.EqualFold(string(letters[i:i+length]), text) {
			return true
		}
	}
	return false
}

func FuzzMatcher(f *testing.F) {
	for _, pair := range [][2]string{
		{"Ann", "aNN"}, {"Straße", "STRASSE"}, {"Kelvin", "\u212Aelvin"}, {"ſam", "SAM"}, {"ΣΊΣΥΦΟΣ", "σίσυφος"}, {"İ", "i"}, {"\x7f", "\x7f"},
		{"Zoë", "ZOË"}, {"Zoe\u0308", "zoë"}, {"ǅ", "ǆ"}, {"a\U00010428b", "\U00010400"}, {"", ""}, {"ann", ""}, {"@`[{", "`"}, {"µ", "μ"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if !utf8.ValidString(name) || !utf8.ValidString(text) {
			t.Skip("no person has such a name")
		}
		matches := domain.PersonFilter{Text: text}.Matcher()
		if got, want := matches(domain.StoredPerson(1, name, 1)), finds(name, text); got != want {
			t.Errorf("Matcher of %+q for %+q: got %t, want %t", text, name, got, want)
		}
	})
}

// Sorting agrees with the search: texts that differ in case only stand together.
func TestEachLetterIsFoundInEitherCase(t *testing.T) {
	t.Parallel()
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		name := string(r)
		matches := domain.PersonFilter{Text: name}.Matcher()
		for _, other := range []string{strings.ToUpper(name), strings.ToLower(name), name} {
			if got, want := matches(domain.StoredPerson(1, other, 1)), strings.EqualFold(other, name); got != want {
				t.Errorf("Matcher of %+q for %+q: got %t, want %t", name, other, got, want)
			}
		}
	}
}

func TestWindowsBackwardCoverTheList(t *testing.T) {
	t.Parallel()
	for size := 1; size <= 12; size++ {
		for total := range int64(41) {
			list := make([]domain.Person, total)
			for i := range list {
				list[i] = domain.StoredPerson(int64(i), "x", 1)
			}
			var met []domain.Person
			for number := int64(1); ; number++ {
				query := domain.PageQuery{Number: number, Size: size, Backward: true}
				window, err := query.Window(total)
				if err != nil {
					break
				}
				page := query.Page(window, slices.Clone(list[window.Offset:][:window.Limit]), total)
				if page.Number != number || page.Size != size || page.Total != total || len(page.Persons) < size && number < page.Pages() {
					t.Errorf("page %d of %d by %d: got page %d with %d persons, want only the last not to be full", number, total, size, page.Number, len(page.Persons))
				}
				met = append(met, page.Persons...)
			}
			slices.SortFunc(list, func(a, b domain.Person) int { return cmp.Compare(b.ID(), a.ID()) })
			if !slices.Equal(met, list) {
				t.Errorf("pages of %d by %d backward: got the ids %v, want each once, the greatest first", total, size, idsOf(met))
			}
		}
	}
}
