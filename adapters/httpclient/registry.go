package httpclient

import (
	"context"
	"iter"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Registry is domain.Registry on a server. Beside the codes of ports.PersonRegistry there are those of the way to it:
// domain.CodeUnavailable where the server or its network fails, domain.CodeUpstream where somebody
// else answers, domain.CodeUnauthenticated and domain.CodeForbidden.
type Registry struct{ connection *connection }

var _ ports.PersonRegistry = (*Registry)(nil)

const claimHeader = "Idempotency-Key"

// keyOf returns the header of a request that takes effect once, with the key of a claim or, where
// there is none, one of its own.
func keyOf(drafts []domain.Draft) (http.Header, error) {
	claim, claimed, err := domain.ClaimOf(drafts)
	if err != nil {
		return nil, err
	}
	if claimed {
		return keyHeader(claim.Key()), nil
	}
	return newKey()
}

// newKey returns the header of a request that nobody else makes.
func newKey() (http.Header, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInternal, Message: "there is no key for the request", Cause: err}
	}
	return keyHeader(id.String()), nil
}

// keyHeader writes a key as a string of RFC 8941, so that it may hold and begin with anything.
func keyHeader(key string) http.Header {
	quoted := make([]byte, 0, len(key)+2)
	quoted = append(quoted, '"')
	for i := range len(key) {
		if key[i] == '"' || key[i] == '\\' {
			quoted = append(quoted, '\\')
		}
		quoted = append(quoted, key[i])
	}
	return http.Header{claimHeader: {string(append(quoted, '"'))}}
}

// Create saves a new person once, however often it has to be sent: with the key of the draft's claim,
// or one of its own. Over the wire the server tells requests of one key apart by name and age.
func (r *Registry) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	header, err := keyOf([]domain.Draft{draft})
	if err != nil {
		return domain.Person{}, err
	}
	got, err := r.connection.do(ctx, call{method: http.MethodPost, path: personsPath, header: header, body: encode(toWire(draft))}, http.StatusCreated)
	if err != nil {
		return domain.Person{}, err
	}
	return readPerson(got)
}

// Get returns a person, or domain.CodeNotFound.
func (r *Registry) Get(ctx context.Context, id int64) (domain.Person, error) {
	got, err := r.connection.do(ctx, call{method: http.MethodGet, path: personPath(id)}, http.StatusOK)
	if err != nil {
		return domain.Person{}, missing(err, domain.NotFound(id))
	}
	return readPerson(got)
}

// List returns a page. The API does not tell how many persons a full page holds. Where there is another page it
// follows from this one; of a list of one page Size is 100, as servers have it that were not told otherwise, or all
// it holds. So Page.Pages is always true.
func (r *Registry) List(ctx context.Context, number int64) (domain.Page, error) {
	noSuchPage := &domain.Error{Code: domain.CodeNotFound, Message: "there is no such page"}
	asked := strconv.FormatInt(number, 10)
	if number == domain.LastPage {
		asked = "last"
	}
	got, err := r.connection.do(ctx, call{method: http.MethodGet, path: personsPath, query: url.Values{"page": {asked}}}, http.StatusOK)
	if err != nil {
		return domain.Page{}, missing(err, noSuchPage)
	}
	wire, persons, err := readList(got)
	if err != nil {
		return domain.Page{}, err
	}
	page := domain.Page{Persons: persons, Number: number}
	if number == domain.LastPage {
		page.Number, err = behind(wire.Previous)
	}
	if err != nil || wire.Count == nil || wire.Next != nil && len(persons) == 0 {
		return domain.Page{}, notUnderstood(got, errIncomplete)
	}
	page.Total = *wire.Count
	page.Size = sizeOf(page, wire.Next != nil)
	return page, nil
}

// behind returns the number of the page behind the one that a link leads to.
func behind(previous *string) (int64, error) {
	if previous == nil {
		return 1, nil
	}
	link, err := url.Parse(*previous)
	if err != nil {
		return 0, err
	}
	text := link.Query().Get("page")
	if text == "" { // the first
		return 2, nil
	}
	number, err := strconv.ParseInt(text, 10, 64)
	return number + 1, err
}

// sizeOf returns how many persons a full page holds.
func sizeOf(page domain.Page, hasNext bool) int {
	const usual = 100
	held := len(page.Persons)
	switch {
	case hasNext:
		return held
	case page.Number > 1:
		return int((page.Total - int64(held)) / (page.Number - 1))
	default:
		return max(held, usual)
	}
}

// After returns the persons after an id, anybody's or nobody's, as many as the server gives together. Where it
// gives others, as one that knows no slices does, that is domain.CodeUpstream.
func (r *Registry) After(ctx context.Context, id int64) (domain.Slice, error) {
	slice, wire, err := r.seek(ctx, "after", id)
	slice.More = wire.Next != nil
	return slice, err
}

// Before returns the persons before an id, anybody's or nobody's, and is otherwise as After.
func (r *Registry) Before(ctx context.Context, id int64) (domain.Slice, error) {
	slice, wire, err := r.seek(ctx, "before", id)
	slice.More = wire.Previous != nil
	return slice, err
}

func (r *Registry) seek(ctx context.Context, direction string, id int64) (domain.Slice, wireList, error) {
	query := url.Values{direction: {strconv.FormatInt(id, 10)}}
	got, err := r.connection.do(ctx, call{method: http.MethodGet, path: personsPath, query: query}, http.StatusOK)
	if err != nil {
		return domain.Slice{}, wireList{}, err
	}
	wire, persons, err := readList(got)
	if err == nil && (wire.Count != nil || !areBeside(persons, direction, id)) {
		return domain.Slice{}, wireList{}, notUnderstood(got, errElsewhere)
	}
	return domain.Slice{Persons: persons}, wire, err
}

// areBeside tells whether persons are in the order of their ids, and all on one side of an id. Who does not know what
// the slice was to be beside, an older server or a cache that drops queries, gives the same persons each time,
// and a walk would never end.
func areBeside(persons []domain.Person, direction string, id int64) bool {
	for i, person := range persons {
		if direction == "after" && person.ID() <= id || direction == "before" && person.ID() >= id {
			return false
		}
		if i > 0 && person.ID() <= persons[i-1].ID() {
			return false
		}
	}
	return true
}

// All walks through all persons in the order of their ids, slice by slice: what ports.PersonRegistry says of
// the walk holds, and a slice that did not come is asked for again.
func (r *Registry) All(ctx context.Context) iter.Seq2[domain.Person, error] {
	return func(yield func(domain.Person, error) bool) {
		from, more := int64(math.MinInt64), true
		for more {
			slice, err := r.After(ctx, from)
			if err != nil {
				yield(domain.Person{}, err)
				return
			}
			for _, person := range slice.Persons {
				if !yield(person, nil) {
					return
				}
				if err := domain.ContextError(ctx); err != nil {
					yield(domain.Person{}, err)
					return
				}
				from = person.ID()
			}
			more = slice.More && len(slice.Persons) > 0
		}
	}
}
