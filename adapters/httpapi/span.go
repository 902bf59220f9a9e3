package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The paths of what may take long.
const (
	exportPath  = "/api/v1/persons/export/"
	eventsEnd   = "events/"
	rejectedEnd = "rejected/"
)

// Span says how long a request may take.
type Span int

const (
	// SpanShort is for a request that is answered soon, or something is wrong.
	SpanShort Span = iota
	// SpanLong is for one that sends or is sent a list of any length: it takes as long as
	// the list goes on.
	SpanLong
	// SpanOpen is for one that waits for what may happen: it takes until it is ended.
	SpanOpen
)

// ErrStopping is the cause of the end of a request's context where the server stops, and
// the request takes too long to be waited for. A text that was still coming is answered
// 503.
var ErrStopping = &domain.Error{Code: domain.CodeUnavailable, Message: "the server stops"}

// isStopped tells whether the request ended because the server stops.
func isStopped(r *http.Request) bool { return errors.Is(context.Cause(r.Context()), ErrStopping) }

// SpanOf tells how long a request may take, for whoever serves the API and sets limits. It
// goes by the method, the path and the type of the body.
func SpanOf(r *http.Request) Span {
	path, isJob := strings.CutPrefix(r.URL.Path, jobsPath)
	switch {
	case !isJob && path != exportPath:
		return SpanShort
	case served(r) == http.MethodGet && strings.HasSuffix(path, "/"+eventsEnd):
		return SpanOpen
	case served(r) == http.MethodGet && (path == exportPath || strings.HasSuffix(path, "/"+rejectedEnd)):
		return SpanLong
	case strings.EqualFold(r.Method, http.MethodPost) && path == "":
		if _, isText := parseMediaType(r.Header.Get("Content-Type")).rowFormat(); isText {
			return SpanLong
		}
	}
	return SpanShort
}
