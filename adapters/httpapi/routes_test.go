package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// The router tries its routes in order, so one whose paths all fit an earlier one is dead, whatever Routes says of it.
func TestEveryRouteIsReachedByItsPath(t *testing.T) {
	t.Parallel()
	var reached httpapi.Observation
	watched := config
	watched.Site, watched.Metrics = http.NotFoundHandler(), http.NotFoundHandler()
	watched.Observe = func(of httpapi.Observation) { reached = of }
	handler, err := httpapi.New(untouchable(t), watched) // what becomes of the request does not matter
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range httpapi.Routes() {
		path := pathOf(route)
		if strings.Contains(path, "{") {
			t.Errorf("%s: got no values for all its variables, want pathOf to have some", route.Path)
		}
		send(handler, request(route.Method, path, ""))
		if reached.Route != route.Path {
			t.Errorf("%s %s: got the route %s, want %s: an earlier one in newRouter fits its path too", route.Method, path, reached.Route, route.Path)
		}
	}
}
