package httpapi

import (
	"net/http"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Who knows an id may ask for what stands next to it in a list, instead of following cursors: the
// persons after or before an id, the jobs before one, anybody's or nobody's. The slice is the same, with
// the same links. A cursor that is given beside it wins, as the links give it; of the two, after does.
const (
	afterParameter  = "after"
	beforeParameter = "before"
)

// personPlace returns the place that a request names by an id, and whether it names one. What no
// id can be is no place, as what no cursor can be.
func personPlace(r *http.Request) (place cursor, named bool, err error) {
	query := queryOf(r)
	given, named := query[afterParameter]
	if !named {
		given, named = query[beforeParameter]
		place.backward = true
	}
	if !named {
		return cursor{}, false, nil
	}
	place.placed = true
	if place.position, err = strconv.ParseInt(last(given), 10, 64); err != nil {
		return cursor{}, true, errInvalidCursor
	}
	return place, true, nil
}

// jobPlace returns the job before which a request wants the others, "" for all of them.
func jobPlace(r *http.Request) (domain.JobID, error) {
	query := queryOf(r)
	encoded, given := query[cursorParameter]
	place, named := query[beforeParameter]
	if given || !named {
		return parseJobCursor(last(encoded))
	}
	before, isID := parseJobID(last(place))
	if !isID {
		return "", errInvalidCursor
	}
	return before, nil
}
