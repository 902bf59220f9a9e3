package httpapi

import (
	"net/http"
	"net/url"

	"github.com/gorilla/mux"
)

// newRouter returns the router of every path. Each path stands once, without
// mux's own method matching, which answers 404 for a wrong method below a
// subrouter and never sends Allow; views dispatch methods themselves.
//
// The list, the instance and the root take a format suffix (persons.json), as
// the original's router gives them one; the other views have none.
func newRouter(a *api) http.Handler {
	router := mux.NewRouter().SkipClean(true)
	handle := func(v *view, paths ...string) {
		for _, path := range paths {
			router.Handle(path, v)
		}
	}
	handle(a.rootView(), "/api/v1/", "/api/v1/{suffix:\\.[a-z0-9]+/?}")
	handle(a.personListView(), "/api/v1/persons/", "/api/v1/persons{suffix:\\.[a-z0-9]+/?}")
	handle(a.personView(), "/api/v1/persons/{pk:[^/.]+}/", "/api/v1/persons/{pk:[^/.]+}{suffix:\\.[a-z0-9]+/?}")
	handle(a.checkView(), "/api/v1/check/")
	handle(a.createBulkView(), "/api/v1/create_bulk/")
	handle(a.asyncCreateBulkView(), "/api/v1/async_create_bulk/")
	handle(a.fetchDataView(), "/api/v1/fetch_data/")
	router.NotFoundHandler = appendSlash(router)
	return router
}

// appendSlash answers the paths that no route has: a path that a route has once
// a slash is added is redirected there, as Django's APPEND_SLASH does; any other
// is 404. A redirected GET or HEAD is 301 as in the original; other methods
// get 308, which makes the client keep method and body.
func appendSlash(router *mux.Router) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path + "/"
		var match mux.RouteMatch
		// mux reports its NotFoundHandler as a match too, then with an error.
		if !router.Match(&http.Request{Method: r.Method, URL: &url.URL{Path: path}}, &match) || match.MatchErr != nil {
			writeError(w, http.StatusNotFound, detail{msgNotFound})
			return
		}
		status := http.StatusMovedPermanently
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			status = http.StatusPermanentRedirect
		}
		location := escape(path, safeInPath)
		if r.URL.RawQuery != "" {
			location += "?" + escape(r.URL.RawQuery, safeInQuery)
		}
		w.Header().Set("Location", location)
		reply{status: status}.write(w, 0)
	})
}
