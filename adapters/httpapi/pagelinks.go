package httpapi

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
)

const pageParameter = "page"

// placeParameters are those that name a place in a list.
var placeParameters = []string{pageParameter, cursorParameter, afterParameter, beforeParameter}

// pageNumber reads the page that a request asks for, as REST framework's
// PageNumberPagination does: none given is the first, "last" is the last, and
// what is no number is no page.
func pageNumber(r *http.Request) (int64, error) {
	given, found := queryOf(r)[pageParameter]
	if !found {
		return 1, nil
	}
	text := last(given)
	if text == "last" {
		return domain.LastPage, nil
	}
	number, err := pynumber.ParseInt(text)
	if err != nil || number < 1 {
		return 0, errNoSuchPage
	}
	return number, nil
}

var errNoSuchPage = &wireError{http.StatusNotFound, detail{drf.InvalidPage}}

// pageLinks returns the URLs of the pages after and before page; nil where there
// is none.
func pageLinks(r *http.Request, page domain.Page) (next, previous *string) {
	if page.Number < page.Pages() {
		link := pageLink(r, page.Number+1)
		next = &link
	}
	if page.Number > 1 {
		link := pageLink(r, page.Number-1)
		previous = &link
	}
	return next, previous
}

// pageLink returns the URL of the page with the number. The first page has no page
// parameter.
func pageLink(r *http.Request, number int64) string {
	if number > 1 {
		return listLink(r, pair{pageParameter, strconv.FormatInt(number, 10)})
	}
	return listLink(r)
}

// listLink returns the request's own URL with another place in the list: its other
// parameters are sorted by name.
func listLink(r *http.Request, place ...pair) string {
	pairs := slices.DeleteFunc(parsePairs(r.URL.RawQuery), func(p pair) bool { return slices.Contains(placeParameters, p.key) })
	pairs = append(pairs, place...)
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.key, b.key) })
	encoded := make([]string, len(pairs))
	for i, p := range pairs {
		encoded[i] = escapeParameter(p.key) + "=" + escapeParameter(p.value)
	}
	link := baseURL(r) + escape(r.URL.Path, safeInPath)
	if len(encoded) > 0 {
		link += "?" + strings.Join(encoded, "&")
	}
	return link
}
