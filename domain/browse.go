package domain

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
)

// PersonFilter says which persons somebody looks for. The zero PersonFilter is all.
type PersonFilter struct {
	// Text is a part of the name, in letters of either case.
	Text string
	// MinAge and MaxAge are the youngest and the oldest age; nil is any.
	MinAge, MaxAge *int
}

// IsZero tells whether the filter lets everybody through.
func (f PersonFilter) IsZero() bool { return f == PersonFilter{} }

// Matcher returns what tells whether a person is looked for. Case is Unicode's simple
// folding: "STRASSE" does not find "Straße".
func (f PersonFilter) Matcher() func(Person) bool {
	text := fold(f.Text)
	return func(person Person) bool {
		return (f.MinAge == nil || person.Age() >= *f.MinAge) &&
			(f.MaxAge == nil || person.Age() <= *f.MaxAge) &&
			(text == "" || strings.Contains(fold(person.Name()), text))
	}
}

// fold returns the same text for all texts that differ in the case of letters only.
func fold(text string) string { return strings.Map(foldRune, text) }

// foldRune returns the least of the letters that differ from r in case only.
func foldRune(r rune) rune {
	if r <= unicode.MaxASCII {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}

// PersonField is a field by which persons can be ordered.
type PersonField string

const (
	// ByID orders persons as they were saved.
	ByID PersonField = "id"
	// ByName orders persons by name: first without regard to the case of letters, then
	// by code points.
	ByName PersonField = "name"
	// ByAge orders persons by age.
	ByAge PersonField = "age"
)

// SortKey is one field of an order, and its direction.
type SortKey struct {
	Field      PersonField
	Descending bool
}

// BrowseQuery asks for a page of the list as somebody wants to see it.
type BrowseQuery struct {
	Filter PersonFilter
	// Order is by which fields, the most important first. Persons who are alike in all of them
	// come with the greatest id first, and so do all where there is none.
	Order []SortKey
	// Number is the page's number, from 1, or LastPage: of the pages of the whole list, or of those that
	// are made of the part that is looked at.
	Number int64
	// Before asks for persons with lesser ids only: Browsed.Next of the part before; 0 asks
	// from the last person on.
	Before int64
}

// Browsed is a page of a list that may be filtered and sorted, or of the part of it that
// was looked at.
type Browsed struct {
	// Persons are the page's.
	Persons []Person
	// Number is the page's number, from 1, and Size how many persons a full page holds.
	Number int64
	Size   int
	// Total is how many persons there are on all pages: in the whole list where the store knew the page
	// by itself, and else of those who were looked at.
	Total int64
	// Newest is the greatest id of those who were looked at, or of the whole list: who comes later
	// has a greater one. 0 where there is nobody.
	Newest int64
	// Next is where the search stopped: there are persons with lesser ids who were not
	// looked at, on no page of this part. BrowseQuery.Before goes on there, with pages that are numbered from 1
	// again. 0 means that everybody was.
	Next int64
	// Looked is how many persons were looked at; 0 where the store knew the page by itself.
	Looked int
}

// Pages returns how many pages there are, at least 1.
func (b Browsed) Pages() int64 { return pages(b.Total, max(1, b.Size)) }

// BrowseStore is what Browse needs.
type BrowseStore interface {
	PersonFinder
	Page(ctx context.Context, query PageQuery) (Page, error)
	Seek(ctx context.Context, query SeekQuery) (Slice, error)
	BatchDeleter
}

// BatchDeleter deletes a batch of persons at once.
type BatchDeleter interface {
	// DeleteBatch deletes those of the persons for whom all conditions hold, and returns them.
	DeleteBatch(ctx context.Context, ids []int64, conditions ...Condition) ([]Person, error)
}

// BrowseConfig bounds Browse.
type BrowseConfig struct {
	// PageSize is how many persons a full page holds, at least 1.
	PageSize int
	// Look is how many persons a search or a sorted list looks at in one go, at least 1.
	Look int
}

// Browse is the use case of finding persons by what they are. The table has no order but that
// of the ids: keeping others would make each write dearer, for everybody. So the whole list in the order
// of the ids costs what Registry.List costs, however long it is, and any other list is
// made of the Look persons with the greatest ids, and says where it stopped. Each of its pages looks at
// them anew, some thousand at one moment: who comes or goes between two pages moves the others. It is safe for
// concurrent use when its store is.
type Browse struct {
	store  BrowseStore
	config BrowseConfig
}

// NewBrowse returns the use case. The error is CodeInvalid for a number below 1.
func NewBrowse(store BrowseStore, config BrowseConfig) (*Browse, error) {
	if config.PageSize < 1 || config.Look < 1 {
		return nil, &Error{Code: CodeInvalid, Message: "a page holds at least one person, and a search looks at one"}
	}
	return &Browse{store: store, config: config}, nil
}

// Browse returns a page. The error is CodeNotFound for a page that does not exist; page 1
// always exists.
func (b *Browse) Browse(ctx context.Context, query BrowseQuery) (Browsed, error) {
	if query.IsWhole() {
		return b.listPage(ctx, query)
	}
	found, err := b.look(ctx, query.Filter, query.from(), math.MinInt64)
	if err != nil {
		return Browsed{}, err
	}
	window, err := PageQuery{Number: query.Number, Size: b.config.PageSize}.Window(int64(len(found.persons)))
	if err != nil {
		return Browsed{}, err
	}
	sortPersons(found.persons, query.Order)
	return Browsed{
		Persons: slices.Clone(found.persons[window.Offset : window.Offset+int64(window.Limit)]),
		Number:  window.Number,
		Size:    b.config.PageSize,
		Total:   int64(len(found.persons)),
		Newest:  found.newest,
		Next:    found.next,
		Looked:  found.looked,
	}, nil
}

// listPage returns a page of the whole list by id.
func (b *Browse) listPage(ctx context.Context, query BrowseQuery) (Browsed, error) {
	backward, _ := query.byID()
	// Asked before the page, so that who comes in between is none of those up to Newest.
	newest, err := b.store.Seek(ctx, SeekQuery{From: math.MaxInt64, Backward: true, Size: 1})
	if err != nil {
		return Browsed{}, err
	}
	page, err := b.store.Page(ctx, PageQuery{Number: query.Number, Size: b.config.PageSize, Backward: backward})
	if err != nil {
		return Browsed{}, err
	}
	browsed := Browsed{Persons: page.Persons, Number: page.Number, Size: page.Size, Total: page.Total}
	for _, person := range newest.Persons {
		browsed.Newest = person.ID()
	}
	return browsed, nil
}

// from returns the id before which the list begins.
func (q BrowseQuery) from() int64 {
	if q.Before == 0 {
		return math.MaxInt64
	}
	return q.Before
}

// byID tells whether the order is that of the ids, and in which direction.
func (q BrowseQuery) byID() (backward, ok bool) {
	if len(q.Order) == 0 {
		return true, true
	}
	return q.Order[0].Descending, q.Order[0].Field == ByID
}

// found is what a search found.
type found struct {
	persons []Person // the greatest id first
	looked  int
	newest  int64
	next    int64
}

// lookSize is how many persons a search reads at a time.
const lookSize = 5_000

// look goes through persons with lesser ids than from, from the greatest on, and not below until.
func (b *Browse) look(ctx context.Context, filter PersonFilter, from, until int64) (found, error) {
	var f found
	matches := filter.Matcher()
	// A database may have been filled by others, with an id of 0: as Next it would say that nobody is left.
	for f.looked < b.config.Look || from == 0 {
		slice, err := b.store.Seek(ctx, SeekQuery{From: from, Backward: true, Size: min(lookSize, max(1, b.config.Look-f.looked))})
		if err != nil {
			return found{}, err
		}
		if f.looked == 0 && len(slice.Persons) > 0 {
			f.newest = slice.Persons[len(slice.Persons)-1].ID()
		}
		for _, person := range slices.Backward(slice.Persons) {
			if person.ID() < until {
				return f, nil
			}
			if matches(person) {
				f.persons = append(f.persons, person)
			}
		}
		f.looked += len(slice.Persons)
		if !slice.More {
			return f, nil
		}
		from = slice.Persons[0].ID()
	}
	f.next = from
	return f, nil
}

// sortPersons puts persons in order. Who are alike in all keys come with the greatest id first.
func sortPersons(persons []Person, order []SortKey) {
	if len(order) == 0 {
		return
	}
	byName := slices.ContainsFunc(order, func(key SortKey) bool { return key.Field == ByName })
	list := make([]sorted, len(persons))
	for i, person := range persons {
		if list[i].person = person; byName {
			list[i].folded = fold(person.Name())
		}
	}
	slices.SortFunc(list, func(a, b sorted) int {
		for _, key := range order {
			if difference := key.compare(a, b); difference != 0 {
				return difference
			}
		}
		return cmp.Compare(b.person.ID(), a.person.ID())
	})
	for i := range list {
		persons[i] = list[i].person
	}
}

// sorted is a person and what its name is sorted by.
type sorted struct {
	person Person
	folded string
}

func (k SortKey) compare(a, b sorted) int {
	var difference int
	switch k.Field {
	case ByName:
		difference = cmp.Or(strings.Compare(a.folded, b.folded), strings.Compare(a.person.Name(), b.person.Name()))
	case ByAge:
		difference = cmp.Compare(a.person.Age(), b.person.Age())
	default:
		difference = cmp.Compare(a.person.ID(), b.person.ID())
	}
	if k.Descending {
		return -difference
	}
	return difference
}
