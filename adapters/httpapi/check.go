package httpapi

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
)

// checkView serves /api/v1/check/.
func (a *api) checkView() *view {
	return &view{
		name:        "Check",
		description: "One person, looked up by the parameter pk through the check executor.",
		actions:     map[string]action{http.MethodGet: a.checkPerson},
	}
}

func (a *api) checkPerson(r *http.Request) (reply, error) {
	pk := last(queryOf(r)["pk"])
	if pk == "" {
		return reply{}, &wireError{http.StatusBadRequest, []string{"Parameter 'pk' is required"}}
	}
	notFound := &wireError{http.StatusNotFound, detail{"Person with pk=" + pk + " not found"}}
	id, err := pynumber.ParseInt(pk)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return reply{}, &wireError{http.StatusBadRequest, []string{"Invalid pk format"}}
	case err != nil:
		return reply{}, notFound
	}
	person, err := a.Check.Check(r.Context(), id)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return reply{}, notFound
	}
	return ok(toWire(person)), err
}
