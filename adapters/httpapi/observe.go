package httpapi

import (
	"net/http"
	"strings"
	"time"
)

// Observation is what became of one request, in words of which there are few: whoever
// counts by them needs no more memory for whatever clients send.
type Observation struct {
	// Method is GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, or "other".
	Method string
	// Route is what the log calls the route, such as "/api/v1/persons/{pk}/", or
	// "unmatched" where the log has none. Those of the site are what the site says.
	Route string
	// Status is that of the answer; 0 where it was broken off before it began.
	Status int
	// Took is how long the request took, from its headers to the end of the answer.
	Took time.Duration
}

const (
	otherMethod    = "other"
	unmatchedRoute = "unmatched"
)

// observation returns what is told of an exchange that is over.
func (e *exchange) observation(method string, took time.Duration) Observation {
	route := e.route
	if route == "" {
		route = unmatchedRoute
	}
	return Observation{Method: knownMethod(method), Route: route, Status: e.status, Took: took}
}

// knownMethod returns the method, in any case of letters as views serve it, or otherMethod.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	if upper := strings.ToUpper(method); upper != method {
		return knownMethod(upper)
	}
	return otherMethod
}
