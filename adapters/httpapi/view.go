package httpapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
)

// action does the work of one method of a view. An error becomes the answer
// that replyTo gives it.
type action func(r *http.Request) (reply, error)

// view serves one resource, as a class-based view of the original does.
type view struct {
	// name and description are what OPTIONS tells.
	name        string
	description string
	// actions are the methods that the view serves, besides HEAD, which follows
	// from GET, and OPTIONS.
	actions map[string]action
	// allowed are those methods as the Allow header tells them; newRouter sets it.
	allowed string
	// forms adds what OPTIONS tells of the fields of each method; nil adds nothing.
	forms func(r *http.Request) map[string]personForm
	// plain marks the views that the original served without REST framework: they
	// negotiate nothing, and OPTIONS has no body.
	plain bool
	// charges is the method whose action charges the client by its work (see charge);
	// the others cost one unit.
	charges string
	// quota charges clients, admission admits requests, and route is what the table of access calls the path; newRouter sets them.
	quota     *quota
	admission *admission
	route     string
	// renders are the forms in which GET answers, and parses the media types of bodies, as
	// OPTIONS tells them; nil are those of the original's views.
	renders []renderer
	parses  []string
	// conditional marks the views whose GET and HEAD answer with an entity tag, with
	// 304 to who has it, and with 412 to who wants another one.
	conditional bool
	// unmatched is what that 412 says; "" is that of the views of persons.
	unmatched string
	// varies is by which header of the request answers differ; "" says nothing.
	varies string
}

// ServeHTTP runs the cycle of a view: the format, then who asks, then the method, then the
// action, which reads the body.
func (v *view) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, indent, err := v.answerCharged(w, r)
	if e, isExchange := w.(*exchange); isExchange && answer.status >= http.StatusInternalServerError {
		e.err = err
	}
	if !v.plain || answer.status == http.StatusMethodNotAllowed || strings.EqualFold(r.Method, http.MethodOptions) {
		setHeader(w, "Allow", v.allowed)
	}
	if v.varies != "" {
		w.Header().Add("Vary", v.varies)
	}
	if v.conditional && answer.status == http.StatusOK && served(r) == http.MethodGet {
		answer.writeConditionally(w, r.Header, indent, cmp.Or(v.unmatched, drf.Precondition))
		return
	}
	answer.write(w, indent)
}

func (v *view) answer(w http.ResponseWriter, r *http.Request) (answer reply, indent int, err error) {
	if !v.plain {
		if _, indent, err = negotiate(r, r.PathValue("suffix"), v.renderers(r)); err != nil {
			return replyTo(err), 0, err
		}
	}
	if r, err = v.admission.admit(w, r, v); err != nil {
		return replyTo(err), indent, err
	}
	if answer, err = v.action(r)(r); err != nil {
		return replyTo(err), indent, err
	}
	return answer, indent, nil
}

// renderers returns the forms in which the request may be answered. What OPTIONS tells is
// JSON.
func (v *view) renderers(r *http.Request) []renderer {
	if v.renders == nil || strings.EqualFold(r.Method, http.MethodOptions) {
		return asJSON
	}
	return v.renders
}

// isHead tells whether the client wants the headers only.
func isHead(r *http.Request) bool { return strings.EqualFold(r.Method, http.MethodHead) }

// served returns the method that serves the request: GET serves HEAD too.
func served(r *http.Request) string {
	method := strings.ToUpper(r.Method)
	if method == http.MethodHead {
		return http.MethodGet
	}
	return method
}

// action returns what serves the request's method.
func (v *view) action(r *http.Request) action {
	method := served(r)
	switch do, found := v.actions[method]; {
	case found:
		return do
	case method == http.MethodOptions:
		return v.options
	default:
		return func(r *http.Request) (reply, error) { return reply{}, methodNotAllowed(r) }
	}
}

// allow returns the value of the Allow header.
func (v *view) allow() string {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, found := v.actions[method]; found {
			methods = append(methods, method)
		}
	}
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	return strings.Join(append(methods, http.MethodOptions), ", ")
}
