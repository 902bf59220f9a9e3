package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
)

// action serves one method of a route. An error becomes a page that says what went wrong.
type action func(w http.ResponseWriter, r *http.Request) error

// Route is what the site serves: a method, and a path with variables in braces.
type Route struct{ Method, Path string }

// The paths that pages lead to.
const (
	homePath     = "/admin/"
	loginPath    = "/admin/login/"
	personsPath  = "/admin/persons/"
	addPath      = "/admin/persons/add/"
	jobsPath     = "/admin/jobs/"
	usersPath    = "/admin/users/"
	tokensPath   = "/admin/tokens/"
	labPath      = "/admin/lab/"
	historyPath  = "/admin/history/"
	importPath   = "/admin/import/"
	passwordPath = "/admin/password/"
	selectedPath = "/admin/persons/selected/"
	exportPath   = "/admin/persons/export/"
	staticPath   = "/admin/static/"
	filePath     = staticPath + "{file}"
)

// routes returns what serves each route. GET serves HEAD too.
func (s *Site) routes() map[Route]action {
	return map[Route]action{
		{http.MethodGet, "/"}:                           s.landing,
		{http.MethodGet, filePath}:                      s.static,
		{http.MethodGet, loginPath}:                     s.loginForm,
		{http.MethodPost, loginPath}:                    s.login,
		{http.MethodPost, "/admin/logout/"}:             s.logout,
		{http.MethodGet, homePath}:                      s.front,
		{http.MethodGet, passwordPath}:                  s.passwordForm,
		{http.MethodPost, passwordPath}:                 s.changePassword,
		{http.MethodGet, personsPath}:                   s.persons,
		{http.MethodGet, addPath}:                       s.addForm,
		{http.MethodPost, addPath}:                      s.add,
		{http.MethodPost, selectedPath}:                 s.selected,
		{http.MethodGet, exportPath}:                    s.export,
		{http.MethodPost, exportPath}:                   s.exportSelected,
		{http.MethodGet, personsPath + "{id}/"}:         s.changeForm,
		{http.MethodPost, personsPath + "{id}/"}:        s.change,
		{http.MethodGet, personsPath + "{id}/delete/"}:  s.deleteForm,
		{http.MethodPost, personsPath + "{id}/delete/"}: s.delete,
		{http.MethodGet, personsPath + "{id}/history/"}: s.personHistory,
		{http.MethodGet, historyPath}:                   s.recentHistory,
		{http.MethodGet, importPath}:                    s.importForm,
		{http.MethodPost, importPath}:                   s.importFile,
		{http.MethodGet, jobsPath}:                      s.jobs,
		{http.MethodGet, jobsPath + "{id}/"}:            s.job,
		{http.MethodGet, jobsPath + "{id}/progress/"}:   s.jobProgress,
		{http.MethodGet, jobsPath + "{id}/rejected/"}:   s.jobRejected,
		{http.MethodPost, jobsPath + "{id}/cancel/"}:    s.cancelJob,
		{http.MethodGet, usersPath}:                     s.users,
		{http.MethodGet, usersPath + "add/"}:            s.addUserForm,
		{http.MethodPost, usersPath + "add/"}:           s.addUser,
		{http.MethodGet, usersPath + "{id}/"}:           s.user,
		{http.MethodPost, usersPath + "{id}/active/"}:   s.setActive,
		{http.MethodPost, usersPath + "{id}/password/"}: s.resetPassword,
		{http.MethodGet, labPath}:                       s.lab,
		{http.MethodPost, labPath}:                      s.runLab,
		{http.MethodGet, tokensPath}:                    s.tokens,
		{http.MethodGet, tokensPath + "add/"}:           s.addTokenForm,
		{http.MethodPost, tokensPath + "add/"}:          s.addToken,
		{http.MethodGet, tokensPath + "{id}/revoke/"}:   s.revokeForm,
		{http.MethodPost, tokensPath + "{id}/revoke/"}:  s.revoke,
	}
}

// Routes returns what the site serves, as its router knows it.
func (s *Site) Routes() []Route {
	var routes []Route
	_ = s.router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if served, ok := route.GetHandler().(*methods); ok && err == nil {
			for method := range served.actions {
				routes = append(routes, Route{method, path})
			}
		}
		return err
	})
	slices.SortFunc(routes, func(a, b Route) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	return routes
}

// newRouter returns the router of all routes. What has no variable comes before what has one.
func (s *Site) newRouter() *mux.Router {
	byPath := map[string]*methods{}
	for route, serve := range s.routes() {
		if byPath[route.Path] == nil {
			byPath[route.Path] = &methods{site: s, path: route.Path, actions: map[string]action{}}
		}
		byPath[route.Path].actions[route.Method] = serve
	}
	router := mux.NewRouter().SkipClean(true)
	paths := make([]string, 0, len(byPath))
	for path := range byPath {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if plain := strings.Count(a, "{") - strings.Count(b, "{"); plain != 0 {
			return plain
		}
		return strings.Compare(a, b)
	})
	for _, path := range paths {
		router.Handle(path, byPath[path])
	}
	return router
}
