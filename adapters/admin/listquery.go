package admin

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// listQuery is what the address of the list of persons says: q, min, max, o (fields with commas
// between them, each with - before it where it descends), p and before.
type listQuery struct {
	domain.BrowseQuery
	// Text, Min and Max are as they were typed.
	Text, Min, Max string
	// Wrong says which of them cannot be read.
	Wrong fieldErrors
}

// readListQuery reads an address or a form. An order or a page that makes no sense is left out: an address is often
// typed or cut by hand. An age that makes none is nobody's: what is left of the filter would find more
// persons than somebody looks for, and they may be about to be deleted.
func readListQuery(values url.Values) listQuery {
	q := listQuery{Text: strings.TrimSpace(values.Get("q")), Min: strings.TrimSpace(values.Get("min")), Max: strings.TrimSpace(values.Get("max"))}
	q.Filter = domain.PersonFilter{Text: q.Text, MinAge: q.readAge("min", q.Min), MaxAge: q.readAge("max", q.Max)}
	q.Order = readOrder(values.Get("o"))
	q.Number = 1
	if page, ok := readInteger(values.Get("p")); ok && (page > 0 || page == domain.LastPage) {
		q.Number = page
	}
	if before, ok := readInteger(values.Get("before")); ok {
		q.Before = before
	}
	return q
}

// readAge reads an end of the filter by age; "" is none.
func (q *listQuery) readAge(field, text string) *int {
	if text == "" {
		return nil
	}
	age, err := strconv.Atoi(text)
	if err != nil {
		if q.Wrong == nil {
			q.Wrong = fieldErrors{}
		}
		q.Wrong[field] = []string{words(domain.Problem{Code: domain.ProblemNotInteger})}
		nobody := math.MaxInt
		if field == "max" {
			nobody = math.MinInt
		}
		return &nobody
	}
	return &age
}

func readOrder(text string) []domain.SortKey {
	var order []domain.SortKey
	for name := range strings.SplitSeq(text, ",") {
		name, descending := strings.CutPrefix(name, "-")
		field := domain.PersonField(name)
		known := field == domain.ByID || field == domain.ByName || field == domain.ByAge
		if known && !slices.ContainsFunc(order, func(key domain.SortKey) bool { return key.Field == field }) {
			order = append(order, domain.SortKey{Field: field, Descending: descending})
		}
	}
	return order
}

// values returns the query as an address has it.
func (q listQuery) values() url.Values {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("q", q.Text)
	set("min", q.Min)
	set("max", q.Max)
	set("o", orderText(q.Order))
	if q.Number != 1 {
		set("p", strconv.FormatInt(q.Number, 10))
	}
	if q.Before != 0 {
		set("before", strconv.FormatInt(q.Before, 10))
	}
	return values
}

func orderText(order []domain.SortKey) string {
	var names []string
	for _, key := range order {
		name := string(key.Field)
		if key.Descending {
			name = "-" + name
		}
		names = append(names, name)
	}
	return strings.Join(names, ",")
}

// href returns the address of the list.
func (q listQuery) href() string {
	if encoded := q.values().Encode(); encoded != "" {
		return personsPath + "?" + encoded
	}
	return personsPath
}

// onPage returns the query for another page.
func (q listQuery) onPage(number int64) listQuery {
	q.Number = number
	return q
}

// orderedBy returns the query with another order, from its first page on.
func (q listQuery) orderedBy(order []domain.SortKey) listQuery {
	q.Order, q.Number = order, 1
	return q
}

// column is a column by which the list can be sorted.
type column struct {
	Field domain.PersonField
	Title string
	// Place is 1 for the field that matters most; 0 where the list is not sorted by it.
	Place      int
	Descending bool
	// Toggle sorts by the column first, or turns its direction. Remove does not sort by it any more.
	Toggle, Remove string
}

// columns returns how the list is sorted, and what a click would make of it.
func (q listQuery) columns() []column {
	columns := []column{{Field: domain.ByID, Title: "ID"}, {Field: domain.ByName, Title: "Name"}, {Field: domain.ByAge, Title: "Age"}}
	for i := range columns {
		c := &columns[i]
		place := slices.IndexFunc(q.Order, func(key domain.SortKey) bool { return key.Field == c.Field })
		others := slices.DeleteFunc(slices.Clone(q.Order), func(key domain.SortKey) bool { return key.Field == c.Field })
		next := domain.SortKey{Field: c.Field}
		if place >= 0 {
			c.Place, c.Descending = place+1, q.Order[place].Descending
			c.Remove = q.orderedBy(others).href()
			turned := slices.Clone(q.Order)
			turned[place].Descending = !c.Descending
			c.Toggle = q.orderedBy(turned).href()
			continue
		}
		c.Toggle = q.orderedBy(append([]domain.SortKey{next}, others...)).href()
	}
	return columns
}
