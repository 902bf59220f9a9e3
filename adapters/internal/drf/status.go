// Package drf is what the API says in the language of HTTP and in the words of Django REST
// Framework, in one place for both ends: adapters/httpapi says it, and adapters/httpclient
// reads it back.
package drf

import (
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The words of REST framework for what can go wrong.
const (
	NotFound        = "Not found."
	InvalidPage     = "Invalid page."
	InvalidCursor   = "Invalid cursor"
	ServerError     = "A server error occurred."
	Unauthenticated = "Authentication credentials were not provided."
	Forbidden       = "You do not have permission to perform this action."
	Unavailable     = "Service temporarily unavailable, try again later."
	Precondition    = "The person has changed, or is not as If-Match or If-None-Match wants it."
	KeyReused       = "This Idempotency-Key was used for another request."
)

// Translation says how a code of the domain is answered.
type Translation struct {
	Status     int
	Message    string // "" is the message of the error itself
	RetryAfter int    // seconds
}

// translations is the one table from the domain's codes to HTTP. 499 is what
// proxies log for a client that has gone: nobody reads the answer.
var translations = map[domain.Code]Translation{
	domain.CodeInvalid:  {Status: http.StatusBadRequest},
	domain.CodeNotFound: {Status: http.StatusNotFound, Message: NotFound},
	domain.CodeConflict: {Status: http.StatusConflict},

	domain.CodePrecondition: {Status: http.StatusPreconditionFailed, Message: Precondition},
	domain.CodeKeyReused:    {Status: http.StatusUnprocessableEntity, Message: KeyReused},

	domain.CodeUnauthenticated: {Status: http.StatusUnauthorized, Message: Unauthenticated},
	domain.CodeForbidden:       {Status: http.StatusForbidden, Message: Forbidden},

	domain.CodeTooLarge:    {Status: http.StatusRequestEntityTooLarge},
	domain.CodeUpstream:    {Status: http.StatusBadGateway},
	domain.CodeUnavailable: {Status: http.StatusServiceUnavailable, Message: Unavailable, RetryAfter: 1},
	domain.CodeCanceled:    {Status: 499},
	domain.CodeDeadline:    {Status: http.StatusServiceUnavailable, Message: Unavailable, RetryAfter: 1},
	domain.CodeInternal:    {Status: http.StatusInternalServerError, Message: ServerError},
}

// Translate returns how a code is answered; the zero Translation for none.
func Translate(code domain.Code) Translation { return translations[code] }

// CodeOf returns the code that is answered with a status, and false where none is. Of the two
// that are answered with 503 it is domain.CodeUnavailable: whose time ran out is not told.
func CodeOf(status int) (domain.Code, bool) {
	for _, code := range domain.Codes() {
		if code != domain.CodeDeadline && translations[code].Status == status {
			return code, true
		}
	}
	return "", false
}
