package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

// What only this end says of what can go wrong; package drf has the words that are read back.
const (
	msgNotAcceptable = "Could not satisfy the request Accept header."
	msgUnmatched     = "What is served here has changed, or is not as If-Match wants it."
	msgTooLarge      = "The request body is too large."
	msgTooSlow       = "The request body came too slowly."
)

// detail is the body of most errors.
type detail struct {
	Detail string `json:"detail"`
}

// wireError is an error that was understood in this package: it knows its answer.
type wireError struct {
	status int
	body   any
}

// Error returns the status and the body, for logs.
func (e *wireError) Error() string { return fmt.Sprintf("%d %v", e.status, e.body) }

// replyTo returns the answer to an error.
func replyTo(err error) reply {
	answer := answerTo(err)
	var unread unreadBody
	answer.unread = answer.unread || errors.As(err, &unread)
	return answer
}

func answerTo(err error) reply {
	var known *wireError
	if errors.As(err, &known) {
		unread := known.status == http.StatusRequestTimeout || known.status == http.StatusRequestEntityTooLarge
		return reply{status: known.status, body: known.body, unread: unread}
	}
	var unknown *denied
	if errors.As(err, &unknown) {
		return unknown.reply()
	}
	var refused *throttled
	if errors.As(err, &refused) {
		return refused.reply()
	}
	t := drf.Translate(domain.CodeOf(err))
	if t.Message == "" {
		t.Message = domain.MessageOf(err)
	}
	return reply{status: t.Status, body: detail{t.Message}, retryAfter: t.RetryAfter}
}

// methodNotAllowed returns the error of a method that is not served.
func methodNotAllowed(r *http.Request) error {
	return &wireError{http.StatusMethodNotAllowed, detail{`Method "` + strings.ToUpper(r.Method) + `" not allowed.`}}
}

// writeError answers an error outside a view.
func writeError(w http.ResponseWriter, status int, body any) {
	reply{status: status, body: body}.write(w, 0)
}
