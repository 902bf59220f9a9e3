package admin

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// policy lets a page load its own style, script and pictures, send forms to where it came from,
// and nothing else: no script or style within a page, no frame, no other host.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded stands around everything: it sets the headers of safety, and refuses what another
// origin's page sends (by Sec-Fetch-Site, or by Origin where a browser does not send that).
func guarded(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("Cache-Control", "no-store") // pages tell of persons, and must be gone after signing out
		header.Set("Vary", "Cookie, HX-Request, HX-Request-Type")
		if err := origins.Check(r); err != nil {
			http.Error(w, "This came from another site, so nothing was done.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// methods serves one path.
type methods struct {
	site    *Site
	path    string
	actions map[string]action
}

// dispatch hands each request to what serves its path, as the router's own ServeHTTP would, but without a
// copy of the request: whoever stands outside reads the route from it.
func (s *Site) dispatch(w http.ResponseWriter, r *http.Request) {
	var match mux.RouteMatch
	if !s.router.Match(r, &match) {
		s.notFound(w, r)
		return
	}
	for name, value := range match.Vars {
		r.SetPathValue(name, value)
	}
	match.Handler.ServeHTTP(w, r)
}

// ServeHTTP serves a request that may be served to who asks.
func (m *methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Pattern = m.path
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	serve, found := m.actions[method]
	if allowed := m.allow(); !found && allowed != "" {
		w.Header().Set("Allow", allowed)
		m.site.plain(http.StatusMethodNotAllowed, "This page cannot be asked for so.").ServeHTTP(w, r)
		return
	}
	access := account.Nobody
	if found {
		access = m.site.config.Access(method, m.path)
	}
	r, err := m.site.admit(w, r, access)
	if err == nil {
		err = serve(w, r)
	}
	if err != nil {
		m.site.fail(w, r, err)
	}
}

// allow returns the methods that are served, "" where none is.
func (m *methods) allow() string {
	var allowed []string
	for method := range m.actions {
		if !served(m.site.config.Access(method, m.path)) {
			continue
		}
		allowed = append(allowed, method)
		if method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	return strings.Join(allowed, ", ")
}

// errSignIn means that a page is for who has signed in.
var errSignIn = errors.New("nobody is signed in")

func served(access account.Access) bool {
	return access == account.Anybody || access == account.Superusers
}

// admit returns the request with who has signed in, or why it is not served.
func (s *Site) admit(w http.ResponseWriter, r *http.Request, access account.Access) (*http.Request, error) {
	if !served(access) {
		return r, errNoPage
	}
	if access == account.Anybody && r.Pattern == filePath {
		return r, nil // caches share a file, so its answer must hold nothing of who asked
	}
	token, has := sessionOf(r)
	if !has {
		return r, unless(access == account.Anybody, errSignIn)
	}
	user, err := s.Accounts.SignedIn(r.Context(), token)
	switch {
	case domain.CodeOf(err) == domain.CodeUnauthenticated:
		forgetSession(w, r)
		return r, unless(access == account.Anybody, errSignIn)
	case err != nil:
		return r, err
	}
	ctx := context.WithValue(r.Context(), userKey{}, user)
	ctx = domain.WithOrigin(ctx, domain.Origin{Via: domain.ViaAdmin, Who: user.Name})
	return r.WithContext(ctx), nil
}

func unless(fine bool, err error) error {
	if fine {
		return nil
	}
	return err
}

type userKey struct{}

// userOf returns who has signed in; the zero User is nobody.
func userOf(r *http.Request) account.User {
	user, _ := r.Context().Value(userKey{}).(account.User)
	return user
}

// statuses are the answers to errors of the domain that no page shows beside a field.
var statuses = map[domain.Code]int{
	domain.CodeInvalid:         http.StatusBadRequest,
	domain.CodeNotFound:        http.StatusNotFound,
	domain.CodeConflict:        http.StatusConflict,
	domain.CodePrecondition:    http.StatusConflict,
	domain.CodeKeyReused:       http.StatusConflict,
	domain.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	domain.CodeUpstream:        http.StatusBadGateway,
	domain.CodeUnauthenticated: http.StatusUnauthorized,
	domain.CodeForbidden:       http.StatusForbidden,
	domain.CodeUnavailable:     http.StatusServiceUnavailable,
	domain.CodeCanceled:        499,
	domain.CodeDeadline:        http.StatusServiceUnavailable,
	domain.CodeInternal:        http.StatusInternalServerError,
}

var errNoPage = &domain.Error{Code: domain.CodeNotFound, Message: "there is no such page"}

// fail answers with a page that says what went wrong.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errSignIn) {
		s.toLogin(w, r)
		return
	}
	code := domain.CodeOf(err)
	if code == domain.CodeInternal {
		s.config.Logger.LogAttrs(r.Context(), slog.LevelError, "a page of the admin failed", slog.String("page", r.Pattern), slog.String("error", err.Error()))
	}
	message := domain.MessageOf(err)
	if code == domain.CodeUnavailable || code == domain.CodeDeadline {
		w.Header().Set("Retry-After", "1")
	}
	status, known := statuses[code]
	if !known {
		status = http.StatusInternalServerError
	}
	if isPart(r) { // this page has no part, so the browser asks for all of it
		w.Header().Set("HX-Refresh", "true")
	}
	s.plain(status, sentence(message)).ServeHTTP(w, r)
}

// toLogin sends who has to sign in to where that is done, and back afterwards where a page was asked for.
func (s *Site) toLogin(w http.ResponseWriter, r *http.Request) {
	to := loginPath
	if r.Method != http.MethodPost && r.URL.Path != homePath {
		to += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	}
	if r.Header.Get("HX-Request") != "" { // a part of a page is of no use on another one
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// notFound serves what no route has: with a slash at its end one may.
func (s *Site) notFound(w http.ResponseWriter, r *http.Request) {
	to := &url.URL{Path: r.URL.Path + "/", RawQuery: r.URL.RawQuery}
	var match mux.RouteMatch
	if strings.HasSuffix(r.URL.Path, "/") || !s.router.Match(&http.Request{Method: http.MethodGet, URL: to}, &match) {
		s.plain(http.StatusNotFound, "There is no such page.").ServeHTTP(w, r)
		return
	}
	http.Redirect(w, r, to.RequestURI(), http.StatusPermanentRedirect)
}

// plain serves a page with one sentence.
func (s *Site) plain(status int, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.render(w, r, status, "plain", view{Title: cmp.Or(http.StatusText(status), "Canceled"), Data: text})
		if err != nil {
			s.config.Logger.LogAttrs(r.Context(), slog.LevelError, "a page of the admin cannot be made", slog.String("error", err.Error()))
		}
	})
}
