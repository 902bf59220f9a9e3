package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
)

// newRouter returns the router of every path. Each path stands once, without
// mux's own method matching, which answers 404 for a wrong method below a
// subrouter and never sends Allow; views dispatch methods themselves.
//
// The list, the instance and the root take a format suffix (persons.json), as
// the original's router gives them one; the other views have none. A route's name is what
// the log calls it. The router tries them in order, so those that are asked for most
// come first; the export and POST of the batch do before the person whom their paths would name, and no other path fits two.
func newRouter(a *api) *mux.Router {
	router := mux.NewRouter().SkipClean(true)
	const (
		suffix = `{suffix:\.[a-z0-9]+/?}`
		pk     = `{pk:[^/.]+}`
		id     = `{id:[^/.]+}/`
	)
	handle := func(name, path string, v *view) {
		router.Handle(path, v).Name(name)
	}
	handle(exportPath, exportPath, a.exportView())
	router.NewRoute().MatcherFunc(isPost).Path(batchPath).Handler(a.batchView()).Name(batchPath)
	handle("/api/v1/persons/{pk}/", "/api/v1/persons/"+pk+"/", a.personView())
	handle("/api/v1/persons/", "/api/v1/persons/", a.personListView())
	handle("/api/v1/persons/{pk}/", "/api/v1/persons/"+pk+suffix, a.personView())
	handle("/api/v1/persons/", "/api/v1/persons"+suffix, a.personListView())
	handle("/api/v1/", "/api/v1/", a.rootView())
	handle("/api/v1/", "/api/v1/"+suffix, a.rootView())
	handle("/api/v1/check/", "/api/v1/check/", a.checkView())
	handle("/api/v1/create_bulk/", "/api/v1/create_bulk/", a.createBulkView())
	handle("/api/v1/async_create_bulk/", "/api/v1/async_create_bulk/", a.asyncCreateBulkView())
	handle("/api/v1/fetch_data/", "/api/v1/fetch_data/", a.fetchDataView())
	if a.hasJobs {
		handle(jobsPath, jobsPath, a.jobListView())
		handle(jobsPath+"{id}/", jobsPath+id, a.jobView())
		handle(jobsPath+"{id}/events/", jobsPath+id+eventsEnd, a.jobEventsView())
		handle(jobsPath+"{id}/rejected/", jobsPath+id+rejectedEnd, a.jobRejectedView())
		handle(jobsPath+"{id}/cancel/", jobsPath+id+"cancel/", a.jobCancelView())
	}
	handle(schemaPath, schemaPath, schemaView())
	handle(docsPath, docsPath, docsView())
	handle(docsPath+"{file}", docsPath+`{file:[a-z0-9-]+\.(?:css|js)}`, docsFileView())
	if a.hasSite {
		handle(rootPath, rootPath, landingView())
	}
	eachView(router, func(name string, v *view) {
		v.allowed, v.quota, v.admission, v.route = v.allow(), a.quota, a.admission, name
	})
	return router
}

// eachView calls do with each view of a router and the name of its route.
func eachView(router *mux.Router, do func(name string, v *view)) {
	_ = router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		if v, ok := route.GetHandler().(*view); ok {
			do(route.GetName(), v)
		}
		return nil
	})
}

// isPost matches the requests that send something new.
func isPost(r *http.Request, _ *mux.RouteMatch) bool {
	return strings.EqualFold(r.Method, http.MethodPost)
}

// Route is what the API serves: a method, and a path with variables in braces.
type Route struct{ Method, Path string }

// Routes returns what the API serves, as its router knows it, beside a site and with the probes and the figures.
func Routes() []Route {
	routes := []Route{{http.MethodGet, alivePath}, {http.MethodGet, readyPath}, {http.MethodGet, metricsPath}}
	eachView(newRouter(&api{hasJobs: true, hasSite: true}), func(name string, v *view) {
		for method := range v.actions {
			routes = append(routes, Route{method, name})
		}
	})
	return routes
}

// route hands each request to the view of its path, as the router's own ServeHTTP
// would, but without two copies of the request and its context: the variables of the
// path are the request's path values, the name of the route is told to the exchange.
func route(router *mux.Router, quota *quota) http.Handler {
	notFound := appendSlash(router)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var match mux.RouteMatch
		if !router.Match(r, &match) {
			if err := quota.charge(w, r, 1); err != nil {
				replyTo(beforeBody(r, err)).write(w, 0)
				return
			}
			notFound.ServeHTTP(w, r)
			return
		}
		if e, isExchange := w.(*exchange); isExchange {
			e.route = match.Route.GetName()
		}
		for _, name := range [...]string{"pk", "id", "suffix", "file"} {
			if value := match.Vars[name]; value != r.PathValue(name) { // a router outside may have set it
				r.SetPathValue(name, value)
			}
		}
		match.Handler.ServeHTTP(w, r)
	})
}

// appendSlash answers the paths that no route has: a path that a route has once
// a slash is added is redirected there, as Django's APPEND_SLASH does; any other
// is 404. A redirected GET or HEAD is 301 as in the original; other methods
// get 308, which makes the client keep method and body.
func appendSlash(router *mux.Router) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path + "/"
		var match mux.RouteMatch
		if path == "/" || !router.Match(&http.Request{Method: r.Method, URL: &url.URL{Path: path}}, &match) {
			writeError(w, http.StatusNotFound, detail{drf.NotFound})
			return
		}
		redirect(w, r, path)
	})
}

// redirect sends the client to another path, for good.
func redirect(w http.ResponseWriter, r *http.Request, path string) {
	status := http.StatusMovedPermanently
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		status = http.StatusPermanentRedirect
	}
	location := escape(path, safeInPath)
	if r.URL.RawQuery != "" {
		location += "?" + escape(r.URL.RawQuery, safeInQuery)
	}
	setHeader(w, "Location", location)
	reply{status: status}.write(w, 0)
}
