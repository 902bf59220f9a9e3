package admin

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
)

// listData is what the list of persons shows.
type listData struct {
	Query   listQuery
	Browsed domain.Browsed
	Columns []column
	Pager   pager
	// Filtered tells whether somebody is left out by a search. Whole is the list without it.
	Filtered bool
	Whole    string
	// All tells whether all that the list shows on all pages can be picked at once.
	All bool
	// GoOn leads to the persons that were not looked at, and FromStart back to the last ones.
	GoOn, FromStart string
	Export          string
}

func (s *Site) persons(w http.ResponseWriter, r *http.Request) error {
	query := readListQuery(r.URL.Query())
	browsed, err := s.Browser.Browse(r.Context(), query.BrowseQuery)
	if domain.CodeOf(err) == domain.CodeNotFound && query.Number != 1 { // persons went, and with them the page
		http.Redirect(w, r, query.onPage(1).href(), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	v := view{Title: "Persons", Section: "persons", Data: s.listData(query, browsed)}
	if isPart(r) {
		w.Header().Set("HX-Push-Url", query.href())
		return s.renderPart(w, "persons", "results", v)
	}
	return s.render(w, r, http.StatusOK, "persons", v)
}

func (s *Site) listData(query listQuery, browsed domain.Browsed) listData {
	query.Number = browsed.Number
	data := listData{
		Query:    query,
		Browsed:  browsed,
		Columns:  query.columns(),
		Pager:    newPager(query, browsed),
		Filtered: !query.Filter.IsZero(),
		Whole:    personsPath,
		All:      browsed.Total > int64(len(browsed.Persons)) && browsed.Total <= int64(s.config.Look),
		Export:   exportPath + "?" + query.onPage(1).values().Encode(),
	}
	if browsed.Next != 0 {
		next := query.onPage(1)
		next.Before = browsed.Next
		data.GoOn = next.href()
	}
	if query.Before != 0 {
		first := query.onPage(1)
		first.Before = 0
		data.FromStart = first.href()
	}
	return data
}

// Hidden returns the fields by which a form tells what the list shows.
func (d listData) Hidden() url.Values { return d.Query.onPage(1).values() }

// pager leads to other pages of a list.
type pager struct {
	Number, Pages   int64
	First, Previous string // "" on the first page
	Next, Last      string // "" on the last page
	Links           []pageLink
	From, To, Total int64             // the persons on the page, counted from 1
	Fields          map[string]string // what a form sends to jump to a page
}

// pageLink is a page; Href is "" for the one that is shown, and Gap stands for those left out.
type pageLink struct {
	Number int64
	Href   string
	Gap    bool
}

func newPager(query listQuery, browsed domain.Browsed) pager {
	p := pager{Number: browsed.Number, Pages: browsed.Pages(), Total: browsed.Total, Fields: map[string]string{}}
	if len(browsed.Persons) > 0 {
		p.From = (browsed.Number-1)*int64(browsed.Size) + 1
		p.To = p.From + int64(len(browsed.Persons)) - 1
	}
	if p.Number > 1 {
		p.First, p.Previous = query.onPage(1).href(), query.onPage(p.Number-1).href()
	}
	if p.Number < p.Pages {
		p.Next, p.Last = query.onPage(p.Number+1).href(), query.onPage(p.Pages).href()
	}
	for name, values := range query.onPage(1).values() {
		p.Fields[name] = values[0]
	}
	last := int64(0)
	for _, number := range pagesShown(p.Number, p.Pages) {
		if number > last+1 {
			p.Links = append(p.Links, pageLink{Gap: true})
		}
		link := pageLink{Number: number, Href: query.onPage(number).href()}
		if number == p.Number {
			link.Href = ""
		}
		p.Links, last = append(p.Links, link), number
	}
	return p
}

// pagesShown returns the first page, the last one, and those around the one that is shown.
func pagesShown(number, pages int64) []int64 {
	const around = 2
	var shown []int64
	for page := int64(1); page <= pages; page++ {
		switch {
		case page == 1 || page == pages || page >= number-around && page <= number+around:
			shown = append(shown, page)
		case page < number-around:
			page = number - around - 1
		default:
			page = pages - 1
		}
	}
	return shown
}

// personPath returns the address of a person's page.
func personPath(id int64) string { return personsPath + strconv.FormatInt(id, 10) + "/" }
