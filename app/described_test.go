package app_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/httpapi/apitest"
)

var checker = sync.OnceValues(func() (*apitest.Checker, error) { return apitest.New(httpapi.Description()) })

// described returns the handler of an App, which then fails the test where an exchange is not as the API is described, with
// all that stands around it here: settings, lanes, strategies, stops.
func described(t *testing.T, handler http.Handler) http.Handler {
	t.Helper()
	checker, err := checker()
	if err != nil {
		t.Fatal(err)
	}
	return checker.Handler(t, handler)
}
