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

// Watcher is told of one request what Config.Watch asks to be told. Either may be nil.
type Watcher struct {
	// Sending is told once, just before the headers of the answer are sent, and may set some. Of a stream it is told when the
	// first of it is sent.
	Sending func(header http.Header)
	// Ended is told when the request is over, after Sending if that is told at all. It tells what Config.Observe is told, of the one
	// request that it belongs to: who has begun something for a request, such as a span, ends it here without a look-up.
	Ended func(Observation)
}

// watch lets Config.Watch watch the request, from before it is served.
func (c *Config) watch(e *exchange, r *http.Request, id string) *http.Request {
	if c.Watch == nil {
		return r
	}
	ctx, watcher := c.Watch(r, id)
	e.watcher = watcher
	return r.WithContext(ctx)
}

// begin notes the status with which the answer begins.
func (e *exchange) begin(status int) {
	if e.status != 0 {
		return
	}
	e.status = status
	if e.watcher.Sending != nil {
		e.watcher.Sending(e.Header())
	}
}

// end tells who observes or watches.
func (c *Config) end(e *exchange, observation Observation) {
	c.Observe(observation)
	if e.watcher.Ended != nil {
		e.watcher.Ended(observation)
	}
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
