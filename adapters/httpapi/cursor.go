package httpapi

import (
	"context"
	"encoding/base64"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// cursorParameter asks for a slice of the list instead of a page, also where it is
// empty: then for the first slice. A page that is asked for beside it is not
// looked at.
const cursorParameter = "cursor"

// cursor is a place in the list, as REST framework's CursorPagination tells it to
// clients: they get it in links and need not understand it. A place is an id, so
// it stays where it is while persons come and go.
type cursor struct {
	position int64
	placed   bool // has a position; else it is the start of the list, or its end
	backward bool
}

var errInvalidCursor = &wireError{http.StatusNotFound, detail{drf.InvalidCursor}}

// parseCursor reads a cursor as REST framework does: base64 of a query with the
// position p, and r, which is not 0 for backward. It departs in three things:
//
//   - What is not base64 is refused, where Python skips it; line ends too, which Go
//     skips.
//   - So is a position that is no id: the original's database would fail on it. Any
//     int64 may be an id, also a negative one, which an older program may have given.
//   - So is an offset o but 0. It is for places that several persons share, and no
//     two share an id. To ignore it would answer others than were asked for.
func parseCursor(text string) (cursor, error) {
	tokens, err := cursorTokens(text)
	if err != nil {
		return cursor{}, err
	}
	position, placed, errPosition := intOf(tokens, "p")
	reverse, _, errReverse := intOf(tokens, "r")
	offset, _, errOffset := intOf(tokens, "o")
	if errPosition != nil || errors.Is(errReverse, strconv.ErrSyntax) || errOffset != nil || offset != 0 {
		return cursor{}, errInvalidCursor
	}
	return cursor{position: position, placed: placed, backward: reverse != 0}, nil
}

// cursorTokens undoes the base64 of a cursor.
func cursorTokens(text string) (map[string]string, error) {
	query, err := base64.StdEncoding.DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") || strings.ContainsFunc(string(query), isNotASCII) {
		return nil, errInvalidCursor
	}
	tokens := map[string]string{}
	for _, p := range parsePairs(string(query)) {
		if _, seen := tokens[p.key]; !seen { // the first of several holds
			tokens[p.key] = p.value
		}
	}
	return tokens, nil
}

// intOf reads a whole number; 0 where there is none.
func intOf(tokens map[string]string, key string) (n int64, found bool, err error) {
	text, found := tokens[key]
	if found {
		n, err = pynumber.ParseInt(text)
	}
	return n, found, err
}

func isNotASCII(r rune) bool { return r > unicode.MaxASCII }

// String returns the cursor for a link.
func (c cursor) String() string {
	var tokens []string
	if c.backward {
		tokens = append(tokens, "r=1")
	}
	if c.placed {
		tokens = append(tokens, "p="+strconv.FormatInt(c.position, 10))
	}
	return base64.StdEncoding.EncodeToString([]byte(strings.Join(tokens, "&")))
}

// seek reads the slice that the cursor asks for.
func (c cursor) seek(ctx context.Context, registry ports.PersonRegistry) (domain.Slice, error) {
	switch {
	case c.backward && c.placed:
		return registry.Before(ctx, c.position)
	case c.backward:
		return registry.Before(ctx, math.MaxInt64)
	case c.placed:
		return registry.After(ctx, c.position)
	default:
		return registry.After(ctx, math.MinInt64)
	}
}

// around returns the cursors of the slices after and before the one that the
// cursor asked for; nil where there is none. On the side where the cursor came
// from there always is one, even if its persons were deleted since. A slice of
// nobody is at an end of the list, so the way back begins at that end.
func (c cursor) around(slice domain.Slice) (next, previous *cursor) {
	after, before := cursor{}, cursor{backward: true}
	if n := len(slice.Persons); n > 0 {
		after.position, after.placed = slice.Persons[n-1].ID(), true
		before.position, before.placed = slice.Persons[0].ID(), true
	}
	hasNext, hasPrevious := slice.More, c.placed
	if c.backward {
		hasNext, hasPrevious = hasPrevious, hasNext
	}
	if hasNext {
		next = &after
	}
	if hasPrevious {
		previous = &before
	}
	return next, previous
}

// link returns the URL of the slice that the cursor asks for; nil for nil.
func (c *cursor) link(r *http.Request) *string {
	if c == nil {
		return nil
	}
	link := listLink(r, pair{cursorParameter, c.String()})
	return &link
}

// seekPersons answers the slice that a cursor asks for.
func (a *api) seekPersons(r *http.Request, c cursor) (reply, error) {
	slice, err := c.seek(r.Context(), a.Registry)
	if err != nil {
		return reply{}, err
	}
	next, previous := c.around(slice)
	return ok(toWireSlice(slice, next.link(r), previous.link(r))), nil
}
