package httpapi

import (
	"net/http"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
)

// personListView serves /api/v1/persons/.
func (a *api) personListView() *view {
	return &view{
		name:        "Person List",
		description: "The persons of the registry, in the order of their ids.",
		actions: map[string]action{
			http.MethodGet:  a.listPersons,
			http.MethodPost: a.createPerson,
		},
		forms: func(*http.Request) map[string]personForm {
			return map[string]personForm{http.MethodPost: thePersonForm}
		},
		conditional: true,
	}
}

// personView serves /api/v1/persons/{pk}/.
func (a *api) personView() *view {
	return &view{
		name:        "Person Instance",
		description: "One person of the registry.",
		actions: map[string]action{
			http.MethodGet:    a.getPerson,
			http.MethodPut:    a.replacePerson,
			http.MethodPatch:  a.patchPerson,
			http.MethodDelete: a.deletePerson,
		},
		forms: func(r *http.Request) map[string]personForm {
			if _, err := a.findPerson(r); err != nil {
				return nil // who is not there cannot be replaced
			}
			return map[string]personForm{http.MethodPut: thePersonForm}
		},
		conditional: true,
	}
}

func (a *api) listPersons(r *http.Request) (reply, error) {
	if given, found := queryOf(r)[cursorParameter]; found {
		c, err := parseCursor(last(given))
		if err != nil {
			return reply{}, err
		}
		return a.seekPersons(r, c)
	}
	if place, named, err := personPlace(r); err != nil {
		return reply{}, err
	} else if named {
		return a.seekPersons(r, place)
	}
	number, err := pageNumber(r)
	if err != nil {
		return reply{}, err
	}
	page, err := a.Registry.List(r.Context(), number)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return reply{}, errNoSuchPage
	}
	if err != nil {
		return reply{}, err
	}
	next, previous := pageLinks(r, page)
	return ok(toWirePage(page, next, previous)), nil
}

func (a *api) createPerson(r *http.Request) (reply, error) {
	draft, err := a.readDraft(r)
	if err != nil {
		return reply{}, err
	}
	return a.once(r, createRequest(draft), func(claim *domain.Claim) (reply, error) {
		if claim != nil {
			draft = claim.On(draft)[0]
		}
		person, err := a.Registry.Create(r.Context(), draft)
		return reply{status: http.StatusCreated, body: toWire(person)}, err
	})
}

func (a *api) getPerson(r *http.Request) (reply, error) {
	person, err := a.findPerson(r)
	return ok(toWire(person)), err
}

func (a *api) replacePerson(r *http.Request) (reply, error) {
	draft, err := a.readDraft(r)
	if err != nil {
		return reply{}, a.missingOr(r, err)
	}
	id, err := personID(r)
	if err != nil {
		return reply{}, err
	}
	person, err := a.Registry.Replace(r.Context(), id, draft, conditionsOf(r)...)
	return ok(toWire(person)), err
}

func (a *api) patchPerson(r *http.Request) (reply, error) {
	patch, err := a.readPatch(r)
	if err != nil {
		return reply{}, a.missingOr(r, err)
	}
	id, err := personID(r)
	if err != nil {
		return reply{}, err
	}
	person, err := a.Registry.Patch(r.Context(), id, patch, conditionsOf(r)...)
	return ok(toWire(person)), err
}

// missingOr returns that the person is not there, or else what is wrong with the
// body: the original looked for the person first.
func (a *api) missingOr(r *http.Request, wrongBody error) error {
	if _, err := a.findPerson(r); err != nil {
		return err
	}
	return wrongBody
}

func (a *api) deletePerson(r *http.Request) (reply, error) {
	id, err := personID(r)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusNoContent}, a.Registry.Delete(r.Context(), id, conditionsOf(r)...)
}

// findPerson returns the person whom the path names.
func (a *api) findPerson(r *http.Request) (domain.Person, error) {
	id, err := personID(r)
	if err != nil {
		return domain.Person{}, err
	}
	return a.Registry.Get(r.Context(), id)
}

// personID returns the id that the path names. What no id can be is not found.
func personID(r *http.Request) (int64, error) {
	id, err := pynumber.ParseInt(r.PathValue("pk"))
	if err != nil {
		return 0, &wireError{http.StatusNotFound, detail{drf.NotFound}}
	}
	return id, nil
}
