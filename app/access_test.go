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

// writes returns who may use a route of the API.
func writes(route string) account.Access {
	if strings.HasPrefix(route, "GET ") {
		return account.Readers
	}
	return account.Writers
}

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
		if who, want := app.Access[route], writes(route); strings.Contains(route, " /api/v1/") && who != want {
			t.Errorf("%s is for %d by the table, want %d: GET reads, and nothing else does", route, who, want)
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

// The API asks the table too, where it asks for tokens.
func TestTheAPIAdmitsWhomTheTableNames(t *testing.T) {
	t.Parallel()
	a := newApp(t, map[string]string{"REQUIRE_AUTH": "True", "FETCH_URLS": ""})
	secrets := map[account.Scope]string{"": "wrong"}
	for _, scope := range []account.Scope{account.ScopeRead, account.ScopeWrite} {
		_, secret, err := a.Tokens.Make(t.Context(), account.NewAPIToken{Name: "a test", Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		secrets[scope] = secret.Reveal()
	}
	refused := map[account.Access]map[account.Scope]int{
		account.Anybody: {},
		account.Readers: {"": http.StatusUnauthorized},
		account.Writers: {"": http.StatusUnauthorized, account.ScopeRead: http.StatusForbidden},
	}
	for route, who := range app.Access {
		method, path, _ := strings.Cut(route, " ")
		if strings.HasPrefix(path, "/admin/") {
			continue
		}
		for scope, secret := range secrets {
			r := httptest.NewRequest(method, "http://localhost"+strings.NewReplacer("{id}", "1", "{pk}", "1").Replace(path), http.NoBody)
			r.Header.Set("Authorization", "Bearer "+secret)
			answer := httptest.NewRecorder()
			a.Handler.ServeHTTP(answer, r)
			got := answer.Code
			if got != http.StatusUnauthorized && got != http.StatusForbidden {
				got = 0 // whatever else it may be
			}
			if want := refused[who][scope]; got != want {
				t.Errorf("%s by a token that may %q: got %d, want %d", route, scope, answer.Code, want)
			}
		}
	}
}
