package admin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// statuses are what each route answers to who has signed in and sends an empty form.
var statuses = map[admin.Route]int{
	{Method: "GET", Path: "/"}:                            http.StatusOK,
	{Method: "GET", Path: "/admin/static/{file}"}:         http.StatusOK,
	{Method: "GET", Path: "/admin/login/"}:                http.StatusSeeOther,
	{Method: "POST", Path: "/admin/login/"}:               http.StatusUnauthorized,
	{Method: "POST", Path: "/admin/logout/"}:              http.StatusSeeOther,
	{Method: "GET", Path: "/admin/"}:                      http.StatusOK,
	{Method: "GET", Path: "/admin/password/"}:             http.StatusOK,
	{Method: "POST", Path: "/admin/password/"}:            http.StatusUnprocessableEntity,
	{Method: "GET", Path: "/admin/persons/"}:              http.StatusOK,
	{Method: "GET", Path: "/admin/persons/add/"}:          http.StatusOK,
	{Method: "POST", Path: "/admin/persons/add/"}:         http.StatusUnprocessableEntity,
	{Method: "POST", Path: "/admin/persons/selected/"}:    http.StatusSeeOther,
	{Method: "GET", Path: "/admin/persons/export/"}:       http.StatusOK,
	{Method: "POST", Path: "/admin/persons/export/"}:      http.StatusOK,
	{Method: "GET", Path: "/admin/persons/{id}/"}:         http.StatusOK,
	{Method: "POST", Path: "/admin/persons/{id}/"}:        http.StatusUnprocessableEntity,
	{Method: "GET", Path: "/admin/persons/{id}/delete/"}:  http.StatusOK,
	{Method: "POST", Path: "/admin/persons/{id}/delete/"}: http.StatusConflict,
	{Method: "GET", Path: "/admin/persons/{id}/history/"}: http.StatusOK,
	{Method: "GET", Path: "/admin/history/"}:              http.StatusOK,
	{Method: "GET", Path: "/admin/import/"}:               http.StatusOK,
	{Method: "POST", Path: "/admin/import/"}:              http.StatusBadRequest,
	{Method: "GET", Path: "/admin/jobs/"}:                 http.StatusOK,
	{Method: "GET", Path: "/admin/jobs/{id}/"}:            http.StatusOK,
	{Method: "GET", Path: "/admin/jobs/{id}/progress/"}:   http.StatusSeeOther,
	{Method: "GET", Path: "/admin/jobs/{id}/rejected/"}:   http.StatusOK,
	{Method: "POST", Path: "/admin/jobs/{id}/cancel/"}:    http.StatusSeeOther,
	{Method: "GET", Path: "/admin/users/"}:                http.StatusOK,
	{Method: "GET", Path: "/admin/users/add/"}:            http.StatusOK,
	{Method: "POST", Path: "/admin/users/add/"}:           http.StatusUnprocessableEntity,
	{Method: "GET", Path: "/admin/users/{id}/"}:           http.StatusOK,
	{Method: "POST", Path: "/admin/users/{id}/active/"}:   http.StatusSeeOther,
	{Method: "POST", Path: "/admin/users/{id}/password/"}: http.StatusUnprocessableEntity,
	{Method: "GET", Path: "/admin/lab/"}:                  http.StatusOK,
	{Method: "POST", Path: "/admin/lab/"}:                 http.StatusUnprocessableEntity,
	{Method: "GET", Path: "/admin/tokens/"}:               http.StatusOK,
	{Method: "GET", Path: "/admin/tokens/add/"}:           http.StatusOK,
	{Method: "POST", Path: "/admin/tokens/add/"}:          http.StatusUnprocessableEntity,
	{Method: "GET", Path: "/admin/tokens/{id}/revoke/"}:   http.StatusOK,
	{Method: "POST", Path: "/admin/tokens/{id}/revoke/"}:  http.StatusSeeOther,
}

// furnished returns a world with one of everything, and how a route is asked for: the second user,
// the first person, and a job.
func furnished(tb testing.TB, changes ...func(*world)) (*world, func(route string) string) {
	tb.Helper()
	w := newWorld(tb, changes...)
	w.user("ann")
	w.user("bob")
	w.person("Person 0", 30)
	w.token("a report")
	job := w.job(domain.JobOrder{}, "name,age\nEve,20\n,7\n")
	return w, func(route string) string {
		id := "1"
		if strings.HasPrefix(route, "/admin/users/") {
			id = "2"
		}
		if strings.HasPrefix(route, "/admin/jobs/") {
			id = string(job.ID)
		}
		return strings.NewReplacer("{id}", id, "{file}", "admin.css").Replace(route)
	}
}

// ask sends what a route takes, with an empty form where it takes one.
func ask(b *browser, method, path string) answer {
	if method == http.MethodPost {
		return b.post(path)
	}
	return b.do(httptest.NewRequest(method, path, http.NoBody))
}

func TestEveryRouteAnswersWhoHasSignedIn(t *testing.T) {
	t.Parallel()
	known := map[admin.Route]bool{}
	for _, route := range newWorld(t).site.Routes() {
		known[route] = true
		want, told := statuses[route]
		if !told {
			t.Errorf("%s %s is served, and this test does not say how", route.Method, route.Path)
		}
		t.Run(route.Method+" "+route.Path, func(t *testing.T) {
			t.Parallel()
			w, path := furnished(t)
			ask(w.signedIn(), route.Method, path(route.Path)).want(t, want)
			if route.Method != http.MethodGet {
				return
			}
			head := ask(w.signedIn(), http.MethodHead, path(route.Path))
			if head.status != want {
				t.Errorf("HEAD: status %d, want %d as of GET", head.status, want)
			}
		})
	}
	for route := range statuses {
		if !known[route] {
			t.Errorf("%s %s is not served", route.Method, route.Path)
		}
	}
}

func TestWhoHasNotSignedInIsSentThere(t *testing.T) {
	t.Parallel()
	open := map[string]bool{"/": true, "/admin/static/{file}": true, "/admin/login/": true}
	w, path := furnished(t)
	for _, route := range w.site.Routes() {
		if open[route.Path] {
			continue
		}
		to, login := path(route.Path), "/admin/login/"
		if route.Method == http.MethodGet && to != "/admin/" {
			login += "?next=" + url.QueryEscape(to+"?x=1&y=ä")
		}
		target := to + "?x=1&y=ä"
		for name, b := range map[string]*browser{"nobody": w.browser(), "forged": forger(w)} {
			got := ask(b, route.Method, target)
			if got.status != http.StatusSeeOther || got.header.Get("Location") != login {
				t.Errorf("%s %s by %s: %d %q, want 303 %q", route.Method, to, name, got.status, got.header.Get("Location"), login)
			}
		}
		request := httptest.NewRequest(route.Method, target, http.NoBody)
		request.Header.Set("HX-Request", "true")
		got := w.browser().do(request)
		if got.status != http.StatusNoContent || got.header.Get("HX-Redirect") != login {
			t.Errorf("%s %s by htmx: %d %q, want 204 %q: no part of a page is put into another", route.Method, to, got.status, got.header.Get("HX-Redirect"), login)
		}
	}
	w.browser().get("/").want(t, http.StatusOK).says(t, "Admin", "API")
}

func forger(w *world) *browser {
	b := w.browser()
	b.cookies[sessionCookie] = "forged"
	return b
}

func TestWrongMethodsAreToldWhichAreRight(t *testing.T) {
	t.Parallel()
	w, path := furnished(t)
	right := map[string][]string{}
	for _, route := range w.site.Routes() {
		right[route.Path] = append(right[route.Path], route.Method)
	}
	for route, methods := range right {
		allow := strings.Join(methods, ", ")
		allow = strings.Replace(allow, "GET", "GET, HEAD", 1)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "XYZ"} {
			if strings.Contains(allow, method) {
				continue
			}
			got := w.signedIn().do(httptest.NewRequest(method, path(route), http.NoBody))
			if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != allow {
				t.Errorf("%s %s: %d, Allow %q, want 405 and %q", method, route, got.status, got.header.Get("Allow"), allow)
			}
		}
	}
}

func TestWhatIsNoPageIsNotFound(t *testing.T) {
	t.Parallel()
	w, _ := furnished(t)
	b := w.signedIn()
	for _, path := range []string{
		"/x", "/admin/x/", "/admin//", "//admin/", "/admin/persons/x/", "/admin/persons/0/", "/admin/persons/-1/", "/admin/persons/01/", "/admin/persons/+1/",
		"/admin/persons/1e0/", "/admin/persons/99999999999999999999/", "/admin/persons/2/", "/admin/persons/0/history/", "/admin/persons/2/history/", "/admin/persons/1/x/",
		"/admin/persons/%00/", "/admin/persons/%0d%0aX:1/", "/admin/users/9/", "/admin/users/x/", "/admin/jobs/x/", "/admin/jobs/x/rejected/", "/admin/jobs/%ff%00/progress/",
		"/admin/jobs/00000000-0000-7000-8000-000000000000/", "/admin/jobs/{00000000-0000-7000-8000-000000000000}/", "/admin/static/x.css", "/admin/static/htmx.LICENSE",
		"/admin/static/..%2fadmin.go", "/admin/static/..", "/admin/static/.", "/admin/static/%2e%2e%2fstatic%2fadmin.css", "/admin/static/admin.css%00", "/admin/static/ADMIN.CSS",
		"/admin/static/admin.css/", "/admin/static/templates%5cpage.html", "/admin/static/",
	} {
		got := b.get(path)
		if got.status != http.StatusNotFound {
			t.Errorf("GET %s: status %d, want 404", path, got.status)
		}
	}
	for _, path := range []string{"/admin/persons/2/", "/admin/persons/2/delete/", "/admin/users/9/active/", "/admin/users/9/password/", "/admin/jobs/x/cancel/", "/admin/jobs/00000000-0000-7000-8000-000000000000/cancel/"} {
		if got := b.post(path, "name", "x", "age", "1"); got.status != http.StatusNotFound {
			t.Errorf("POST %s: status %d, want 404", path, got.status)
		}
	}
}

func TestAMissingSlashIsAdded(t *testing.T) {
	t.Parallel()
	w, path := furnished(t)
	for _, route := range w.site.Routes() {
		without, had := strings.CutSuffix(path(route.Path), "/")
		if !had || without == "" {
			continue
		}
		got := w.signedIn().get(without + "?q=%26")
		if got.status != http.StatusPermanentRedirect || got.header.Get("Location") != without+"/?q=%26" {
			t.Errorf("%s: %d %q, want 308 to the same with a slash", without, got.status, got.header.Get("Location"))
		}
	}
	got := w.signedIn().get("/admin/persons/%0d%0aSet-Cookie:%20a=b")
	if to := got.header.Get("Location"); strings.ContainsAny(to, "\r\n") || !strings.HasPrefix(to, "/admin/") {
		t.Errorf("Location %q: a path must not become a header", to)
	}
}

func TestWhatAccessGivesToNobodyIsNotServed(t *testing.T) {
	t.Parallel()
	for _, route := range newWorld(t).site.Routes() {
		w, path := furnished(t, func(w *world) {
			w.config.Access = func(method, asked string) account.Access {
				if asked == route.Path && method == route.Method {
					return account.Nobody
				}
				return account.Superusers
			}
		})
		got := ask(w.signedIn(), route.Method, path(route.Path))
		if got.status != http.StatusNotFound {
			t.Errorf("%s %s: status %d, want 404", route.Method, route.Path, got.status)
		}
		other := w.signedIn().do(httptest.NewRequest(http.MethodPut, path(route.Path), http.NoBody))
		if strings.Contains(other.header.Get("Allow"), route.Method) {
			t.Errorf("%s %s: Allow %q names it", route.Method, route.Path, other.header.Get("Allow"))
		}
	}
	w, path := furnished(t, func(w *world) {
		w.config.Access = func(string, string) account.Access { return account.Access(7) }
	})
	for route := range statuses {
		if got := ask(w.signedIn(), route.Method, path(route.Path)); got.status != http.StatusNotFound {
			t.Errorf("%s %s: status %d, want 404 for an access that nobody knows", route.Method, route.Path, got.status)
		}
	}
}

func TestASiteNeedsItsUseCases(t *testing.T) {
	t.Parallel()
	if _, err := admin.New(admin.UseCases{}, admin.Config{}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("got %v, want %s", err, domain.CodeInvalid)
	}
}

// Whoever stands outside knows the route only by the request that it has handed on.
func TestTheRequestIsToldItsRoute(t *testing.T) {
	t.Parallel()
	w, path := furnished(t)
	for _, route := range w.site.Routes() {
		r := httptest.NewRequest(route.Method, path(route.Path), http.NoBody)
		w.site.ServeHTTP(httptest.NewRecorder(), r)
		if r.Pattern != route.Path {
			t.Errorf("%s %s: got the pattern %q, want the route", route.Method, r.URL.Path, r.Pattern)
		}
	}
}
