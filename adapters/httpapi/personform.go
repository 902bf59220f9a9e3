package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

// fieldErrors is the body of an answer to a form that breaks rules.
type fieldErrors struct {
	Name     []string `json:"name,omitempty"`
	Age      []string `json:"age,omitempty"`
	NonField []string `json:"non_field_errors,omitempty"`
}

func (e *fieldErrors) add(field, message string) {
	switch field {
	case domain.FieldName:
		e.Name = append(e.Name, message)
	case domain.FieldAge:
		e.Age = append(e.Age, message)
	default:
		e.NonField = append(e.NonField, message)
	}
}

func (e fieldErrors) err() error {
	if len(e.Name)+len(e.Age)+len(e.NonField) == 0 {
		return nil
	}
	return &wireError{http.StatusBadRequest, e}
}

// readDraft reads a whole person from the request's body.
func (a *api) readDraft(r *http.Request) (domain.Draft, error) {
	patch, err := a.readPerson(r, domain.FieldName, domain.FieldAge)
	if err != nil {
		return domain.Draft{}, err
	}
	return patch.Draft()
}

// readPatch reads some of a person's fields from the request's body.
func (a *api) readPatch(r *http.Request) (domain.Patch, error) {
	return a.readPerson(r)
}

// readPerson reads the fields that the request's body gives. Fields that a person
// does not have, and the id, are passed over. The error tells of every field at
// once what is wrong with it, in the words of REST framework.
func (a *api) readPerson(r *http.Request, required ...string) (domain.Patch, error) {
	body, err := a.parseBody(r)
	if err != nil {
		return domain.Patch{}, err
	}
	patch, wrong := personOf(body, required...)
	return patch, wrong.err()
}

// personOf reads the fields of a person that a body gives, and tells of every field what is
// wrong with it.
func personOf(body body, required ...string) (domain.Patch, fieldErrors) {
	var (
		wrong fieldErrors
		name  *string
		age   *int64
	)
	if body.fields == nil {
		wrong.add("", notAnObject(body.whole))
		return domain.Patch{}, wrong
	}
	for _, field := range required {
		if _, given := body.fields[field]; !given {
			wrong.add(field, drf.Required)
		}
	}
	if given, found := body.fields[domain.FieldName]; found {
		if text, message := given.asString(); message != "" {
			wrong.add(domain.FieldName, message)
		} else {
			name = &text
		}
	}
	if given, found := body.fields[domain.FieldAge]; found {
		if n, message := given.asInteger(); message != "" {
			wrong.add(domain.FieldAge, message)
		} else {
			age = &n
		}
	}
	patch, err := domain.NewPatch(name, age)
	for _, p := range problemsOf(err) {
		wrong.add(p.Field, problemMessage(p, name))
	}
	return patch, wrong
}

func notAnObject(whole value) string {
	if whole.kind == kindNull {
		return "No data provided"
	}
	return fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", pythonNames[whole.kind])
}

// problemsOf returns the broken rules that the domain found.
func problemsOf(err error) []domain.Problem {
	var invalid *domain.Error
	if !errors.As(err, &invalid) {
		return nil
	}
	return invalid.Problems
}

// problemMessage says in REST framework's words which rule is broken. Name is the
// text that was given for a name, of which surrogates are told.
func problemMessage(p domain.Problem, name *string) string {
	if p.Code == domain.ProblemNotUnicode {
		if surrogate, found := loneSurrogate(*name); found {
			return fmt.Sprintf(drf.Surrogate, surrogate)
		}
	}
	return drf.Message(p)
}
