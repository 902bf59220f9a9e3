package httpapi

import (
	"net/http"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// metadata is what OPTIONS tells of a view.
type metadata struct {
	Name        string                `json:"name"`
	Description string                `json:"description"`
	Renders     []string              `json:"renders"`
	Parses      []string              `json:"parses"`
	Actions     map[string]personForm `json:"actions,omitempty"`
}

// personForm is what OPTIONS tells of the fields of a person.
type personForm struct {
	ID   formField `json:"id"`
	Name formField `json:"name"`
	Age  formField `json:"age"`
}

type formField struct {
	Type      string `json:"type"`
	Required  bool   `json:"required"`
	ReadOnly  bool   `json:"read_only"`
	Label     string `json:"label"`
	MaxLength int    `json:"max_length,omitempty"`
	MinValue  *int64 `json:"min_value,omitempty"`
	MaxValue  *int64 `json:"max_value,omitempty"`
}

var thePersonForm = personForm{
	ID:   formField{Type: "integer", ReadOnly: true, Label: "ID"},
	Name: formField{Type: "string", Required: true, Label: "Name", MaxLength: domain.MaxNameLength},
	Age:  formField{Type: "integer", Required: true, Label: "Age", MinValue: new(int64(domain.MinAge)), MaxValue: new(int64(domain.MaxAge))},
}

// options is the action of OPTIONS.
func (v *view) options(r *http.Request) (reply, error) {
	if v.plain {
		return reply{status: http.StatusOK}, nil
	}
	about := metadata{
		Name:        v.name,
		Description: v.description,
		Renders:     []string{jsonType},
		Parses:      []string{jsonType, "application/x-www-form-urlencoded", "multipart/form-data"},
	}
	if v.renders != nil {
		about.Renders = nil
		for _, known := range v.renders {
			about.Renders = append(about.Renders, known.mediaType())
		}
	}
	if v.parses != nil {
		about.Parses = v.parses
	}
	if v.forms != nil && !isReader(r) {
		about.Actions = v.forms(r)
	}
	return ok(about), nil
}

// rootView serves /api/v1/, the list of what the router of the original held.
func (a *api) rootView() *view {
	return &view{
		name:        "Api Root",
		description: "The root of the API.",
		actions:     map[string]action{http.MethodGet: listRoot},
	}
}

// listRoot tells where the persons are, in the format in which it was asked.
func listRoot(r *http.Request) (reply, error) {
	persons := baseURL(r) + "/api/v1/persons"
	if suffix := r.PathValue("suffix"); suffix != "" {
		persons += strings.TrimSuffix(suffix, "/")
	} else {
		persons += "/"
	}
	if format, given := queryOf(r)["format"]; given {
		persons += "?format=" + escapeParameter(last(format))
	}
	return ok(map[string]string{"persons": persons}), nil
}
