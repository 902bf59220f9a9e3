package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The words of REST framework for what can go wrong.
const (
	msgNotFound        = "Not found."
	msgInvalidPage     = "Invalid page."
	msgInvalidCursor   = "Invalid cursor"
	msgNotAcceptable   = "Could not satisfy the request Accept header."
	msgServerError     = "A server error occurred."
	msgUnauthenticated = "Authentication credentials were not provided."
	msgUnavailable     = "Service temporarily unavailable, try again later."
	msgPrecondition    = "The person has changed, or is not as If-Match or If-None-Match wants it."
	msgTooLarge        = "The request body is too large."
	msgTooSlow         = "The request body came too slowly."
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

// translation says how a code of the domain is answered.
type translation struct {
	status     int
	message    string // "" is the message of the error itself
	retryAfter int    // seconds
}

// translations is the one table from the domain's codes to HTTP. 499 is what
// proxies log for a client that has gone: nobody reads the answer.
var translations = map[domain.Code]translation{
	domain.CodeInvalid:  {status: http.StatusBadRequest},
	domain.CodeNotFound: {status: http.StatusNotFound, message: msgNotFound},
	domain.CodeConflict: {status: http.StatusConflict},

	domain.CodePrecondition: {status: http.StatusPreconditionFailed, message: msgPrecondition},
	domain.CodeKeyReused:    {status: http.StatusUnprocessableEntity, message: msgKeyReused},

	domain.CodeUnauthenticated: {status: http.StatusUnauthorized, message: msgUnauthenticated},

	domain.CodeTooLarge:    {status: http.StatusRequestEntityTooLarge},
	domain.CodeUpstream:    {status: http.StatusBadGateway},
	domain.CodeUnavailable: {status: http.StatusServiceUnavailable, message: msgUnavailable, retryAfter: 1},
	domain.CodeCanceled:    {status: 499},
	domain.CodeDeadline:    {status: http.StatusServiceUnavailable, message: msgUnavailable, retryAfter: 1},
	domain.CodeInternal:    {status: http.StatusInternalServerError, message: msgServerError},
}

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
	var refused *throttled
	if errors.As(err, &refused) {
		return refused.reply()
	}
	t := translations[domain.CodeOf(err)]
	if t.message == "" {
		t.message = domain.MessageOf(err)
	}
	return reply{status: t.status, body: detail{t.message}, retryAfter: t.retryAfter}
}

// methodNotAllowed returns the error of a method that is not served.
func methodNotAllowed(r *http.Request) error {
	return &wireError{http.StatusMethodNotAllowed, detail{`Method "` + strings.ToUpper(r.Method) + `" not allowed.`}}
}

// writeError answers an error outside a view.
func writeError(w http.ResponseWriter, status int, body any) {
	reply{status: status, body: body}.write(w, 0)
}
