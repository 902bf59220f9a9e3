package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// TokenChecker knows API tokens by their secrets. account.Tokens is one.
type TokenChecker interface {
	// Check returns the token of a secret. The error is domain.CodeUnauthenticated for a secret that opens nothing.
	Check(ctx context.Context, secret account.APISecret) (account.APIToken, error)
}

// admission admits requests by their API tokens, as REST framework does with TokenAuthentication and IsAuthenticated
// (testdata/tokens.json): after the negotiation and before the method. The nil admission admits everybody.
//
// It departs from it in two things. Of a route that is for anybody nobody is asked who they are: a wrong token on the
// page that explains tokens is no reason to keep it back. And the limit of a client (see quota) counts before, so that
// secrets cannot be tried without end.
type admission struct {
	tokens TokenChecker
	access func(method, route string) account.Access
}

// newAdmission returns the admission of a configuration; that is nil where it has no tokens.
func newAdmission(config Config) *admission {
	if config.Tokens == nil {
		return nil
	}
	return &admission{config.Tokens, config.Access}
}

// denied is why a request is not admitted, in the words of REST framework.
type denied struct {
	status  int
	message string
	fault   string // the error code of RFC 6750, section 3.1; "" where nothing was said that is wrong
}

// Error returns what the client is told.
func (d *denied) Error() string { return d.message }

// reply returns the answer, which names the schemes that are understood.
func (d *denied) reply() reply {
	return reply{status: d.status, body: detail{d.message}, challenge: d.challenge()}
}

func unauthorized(message, fault string) error {
	return &denied{http.StatusUnauthorized, message, fault}
}

const invalidToken = "invalid_token"

var (
	errNoCredentials = unauthorized(drf.Unauthenticated, "")
	errEmptyToken    = unauthorized("Invalid token header. No credentials provided.", invalidToken)
	errSpacesInToken = unauthorized("Invalid token header. Token string should not contain spaces.", invalidToken)
	errNoTextInToken = unauthorized("Invalid token header. Token string should not contain invalid characters.", invalidToken)
	errInvalidToken  = unauthorized("Invalid token.", invalidToken)
	errNotAllowed    = &denied{http.StatusForbidden, drf.Forbidden, "insufficient_scope"}
	errNotServed     = &wireError{http.StatusNotFound, detail{drf.NotFound}}
)

// The schemes that are understood: that of RFC 6750, and REST framework's own.
var schemes = []string{"Bearer", "Token"}

// challenge returns the values of WWW-Authenticate, one for each scheme: clients that know one of them only mostly look at
// one line.
func (d *denied) challenge() []string {
	bearer := `Bearer realm="roster"`
	if d.fault != "" {
		bearer += `, error="` + d.fault + `"`
	}
	return []string{bearer, `Token realm="roster"`}
}

// admit returns the request with who sent it, or why it is not admitted: a *denied, or what kept the token from
// being looked at.
func (a *admission) admit(w http.ResponseWriter, r *http.Request, v *view) (*http.Request, error) {
	if a == nil {
		return r, nil
	}
	var needed account.Scope
	switch a.accessTo(r, v) {
	case account.Anybody:
		return r, nil
	case account.Readers:
		needed = account.ScopeRead
	case account.Writers:
		needed = account.ScopeWrite
	default:
		return r, errNotServed
	}
	token, err := a.tokenOf(r)
	if err == nil && !token.Scope.Allows(needed) {
		err = errNotAllowed
	}
	if err != nil {
		return r, beforeBody(r, err)
	}
	if e, isExchange := w.(*exchange); isExchange {
		e.token = token.Name
	}
	r = withOrigin(r, token.Name)
	if served(r) == http.MethodOptions && !token.Scope.Allows(account.ScopeWrite) {
		r = r.WithContext(context.WithValue(r.Context(), readerKey{}, true))
	}
	return r, nil
}

// accessTo returns who may send the request. What no action serves the view answers itself, to whom REST framework
// would: OPTIONS to readers, and that it has no such method to readers where the method is a safe one, else to writers.
func (a *admission) accessTo(r *http.Request, v *view) account.Access {
	method := served(r)
	if _, found := v.actions[method]; found {
		return a.access(method, v.route)
	}
	for own := range v.actions {
		if a.access(own, v.route) == account.Anybody {
			return account.Anybody
		}
	}
	if slices.Contains([]string{http.MethodGet, http.MethodOptions}, method) {
		return account.Readers
	}
	return account.Writers
}

// tokenOf returns the token of a request.
func (a *admission) tokenOf(r *http.Request) (account.APIToken, error) {
	secret, err := secretOf(r)
	if err != nil {
		return account.APIToken{}, err
	}
	token, err := a.tokens.Check(r.Context(), secret)
	if domain.CodeOf(err) == domain.CodeUnauthenticated {
		return account.APIToken{}, errInvalidToken
	}
	return token, err
}

// secretOf reads the header Authorization. Several of them are read as one with commas, as a server of the original had
// them, and so are refused: none of them counts more than another.
func secretOf(r *http.Request) (account.APISecret, error) {
	const space = " \t"
	scheme, secret := strings.Trim(strings.Join(r.Header["Authorization"], ","), space), ""
	if end := strings.IndexAny(scheme, space); end >= 0 {
		scheme, secret = scheme[:end], strings.TrimLeft(scheme[end:], space)
	}
	switch {
	case !isKnown(scheme):
		return "", errNoCredentials
	case secret == "":
		return "", errEmptyToken
	case strings.ContainsAny(secret, space):
		return "", errSpacesInToken
	case !utf8.ValidString(secret):
		return "", errNoTextInToken
	default:
		return account.APISecret(secret), nil
	}
}

// isKnown tells whether a word is one of the schemes, in any case of its letters, which are ASCII.
func isKnown(word string) bool {
	return slices.ContainsFunc(schemes, func(scheme string) bool {
		return len(word) == len(scheme) && strings.EqualFold(word, scheme)
	})
}

// readerKey marks in its context an OPTIONS of who may read only.
type readerKey struct{}

// isReader tells whether an OPTIONS is of who may read only, to whom no form is told.
func isReader(r *http.Request) bool { return r.Context().Value(readerKey{}) != nil }
