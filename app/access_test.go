package app_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// served returns every method of every route, as the routers know them.
func served(t *testing.T) []string {
	t.Helper()
	site, err := newApp(t, nil).Site()
	if err != nil {
		t.Fatal(err)
	}
	var served []string
	for _, route := range site.Routes() {
		served = append(served, route.Method+" "+route.Path)
	}
	for _, route := range httpapi.Routes() {
		served = append(served, route.Method+" "+route.Path)
	}
	slices.Sort(served)
	return slices.Compact(served) // both know the root
}

func TestEveryRouteStandsInTheTableOfAccess(t *testing.T) {
	t.Parallel()
	routes := served(t)
	if len(routes) < 50 {
		t.Errorf("got %d routes, want 50 at least: the walk misses some", len(routes))
	}
	for _, route := range routes {
		if app.Access[route] == account.Nobody {
			t.Errorf("%s stands in no line of the table: say who may use it", route)
		}
		if who := app.Access[route]; who != account.Anybody && !strings.Contains(route, " /admin/") {
			t.Errorf("%s is for %d by the table, which the API does not ask", route, who)
		}
	}
	for _, route := range slices.Sorted(maps.Keys(app.Access)) {
		if !slices.Contains(routes, route) {
			t.Errorf("%s stands in the table, and nothing serves it", route)
		}
	}
}

// The table is not only written down: who has not signed in is sent to do so.
func TestWhatIsForSuperusersIsForNobodyElse(t *testing.T) {
	t.Parallel()
	handler := newApp(t, nil).Handler
	for route, who := range app.Access {
		method, path, _ := strings.Cut(route, " ")
		if !strings.HasPrefix(path, "/admin/") {
			continue
		}
		r := httptest.NewRequest(method, "http://localhost"+strings.NewReplacer("{id}", "1", "{file}", "admin.css").Replace(path), http.NoBody)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		toLogin := answer.Code == http.StatusSeeOther && strings.HasPrefix(answer.Header().Get("Location"), "/admin/login/")
		if toLogin != (who == account.Superusers) {
			t.Errorf("%s by somebody who has not signed in: got %d to %q, want to sign in: %t", route, answer.Code, answer.Header().Get("Location"), who == account.Superusers)
		}
	}
}
