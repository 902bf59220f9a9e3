package admin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/domain/lab"
	"github.com/seed-bbcc19ba/roster/ports"
)

// fault is what a use case answers that went wrong: its message is for people, its cause for the log.
func fault(code domain.Code) *domain.Error {
	return &domain.Error{Code: code, Message: "what went wrong <b>", Cause: errors.New("secret cause")}
}

// guardedCalls stand before the calls of all use cases that change something, or before all calls. Where stop
// returns an error the call is not made. Who is signed in may always be asked.
type guardedCalls struct {
	stop func(call string, changes bool) error
}

func guardAll(stop func(call string, changes bool) error) func(*world) {
	return func(w *world) {
		g := guardedCalls{stop}
		w.useCases.Accounts = accountGuard{w.useCases.Accounts, g}
		w.useCases.Tokens = tokenGuard{w.useCases.Tokens, g}
		w.useCases.Registry = registryGuard{w.useCases.Registry, g}
		w.useCases.Browser = browserGuard{w.useCases.Browser, g}
		w.useCases.Jobs = jobGuard{w.useCases.Jobs, g}
		w.useCases.History = historyGuard{w.useCases.History, g}
		w.useCases.Lab = labGuard{w.useCases.Lab, g}
	}
}

type accountGuard struct {
	ports.AccountManager
	guardedCalls
}

func (g accountGuard) SignIn(ctx context.Context, attempt account.Attempt) (account.Token, account.User, error) {
	if err := g.stop("SignIn", true); err != nil {
		return "", account.User{}, err
	}
	return g.AccountManager.SignIn(ctx, attempt)
}

func (g accountGuard) SignOut(ctx context.Context, token account.Token) error {
	if err := g.stop("SignOut", true); err != nil {
		return err
	}
	return g.AccountManager.SignOut(ctx, token)
}

func (g accountGuard) ChangePassword(ctx context.Context, token account.Token, address, old, password string) (account.Token, error) {
	if err := g.stop("ChangePassword", true); err != nil {
		return "", err
	}
	return g.AccountManager.ChangePassword(ctx, token, address, old, password)
}

func (g accountGuard) Add(ctx context.Context, wanted account.NewSuperuser) (account.User, error) {
	if err := g.stop("Add", true); err != nil {
		return account.User{}, err
	}
	return g.AccountManager.Add(ctx, wanted)
}

func (g accountGuard) Find(ctx context.Context, id int64) (account.User, error) {
	if err := g.stop("Find", false); err != nil {
		return account.User{}, err
	}
	return g.AccountManager.Find(ctx, id)
}

func (g accountGuard) List(ctx context.Context, after int64, size int) ([]account.User, error) {
	if err := g.stop("List", false); err != nil {
		return nil, err
	}
	return g.AccountManager.List(ctx, after, size)
}

func (g accountGuard) SetPassword(ctx context.Context, id int64, password string) error {
	if err := g.stop("SetPassword", true); err != nil {
		return err
	}
	return g.AccountManager.SetPassword(ctx, id, password)
}

func (g accountGuard) SetActive(ctx context.Context, by account.User, id int64, active bool) error {
	if err := g.stop("SetActive", true); err != nil {
		return err
	}
	return g.AccountManager.SetActive(ctx, by, id, active)
}

type tokenGuard struct {
	ports.TokenManager
	guardedCalls
}

func (g tokenGuard) Make(ctx context.Context, wanted account.NewAPIToken) (account.APIToken, account.APISecret, error) {
	if err := g.stop("Make", true); err != nil {
		return account.APIToken{}, "", err
	}
	return g.TokenManager.Make(ctx, wanted)
}

func (g tokenGuard) List(ctx context.Context, after int64, size int) ([]account.APIToken, error) {
	if err := g.stop("Tokens.List", false); err != nil {
		return nil, err
	}
	return g.TokenManager.List(ctx, after, size)
}

func (g tokenGuard) Revoke(ctx context.Context, id int64) (account.APIToken, error) {
	if err := g.stop("Revoke", true); err != nil {
		return account.APIToken{}, err
	}
	return g.TokenManager.Revoke(ctx, id)
}

type registryGuard struct {
	ports.PersonRegistry
	guardedCalls
}

func (g registryGuard) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	if err := g.stop("Create", true); err != nil {
		return domain.Person{}, err
	}
	return g.PersonRegistry.Create(ctx, draft)
}

func (g registryGuard) Get(ctx context.Context, id int64) (domain.Person, error) {
	if err := g.stop("Get", false); err != nil {
		return domain.Person{}, err
	}
	return g.PersonRegistry.Get(ctx, id)
}

func (g registryGuard) All(ctx context.Context) iter.Seq2[domain.Person, error] {
	if err := g.stop("All", false); err != nil {
		return func(yield func(domain.Person, error) bool) { yield(domain.Person{}, err) }
	}
	return g.PersonRegistry.All(ctx)
}

func (g registryGuard) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	if err := g.stop("Replace", true); err != nil {
		return domain.Person{}, err
	}
	return g.PersonRegistry.Replace(ctx, id, draft, conditions...)
}

func (g registryGuard) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	if err := g.stop("Patch", true); err != nil {
		return domain.Person{}, err
	}
	return g.PersonRegistry.Patch(ctx, id, patch, conditions...)
}

func (g registryGuard) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	if err := g.stop("Registry.Delete", true); err != nil {
		return err
	}
	return g.PersonRegistry.Delete(ctx, id, conditions...)
}

type browserGuard struct {
	ports.PersonBrowser
	guardedCalls
}

func (g browserGuard) Browse(ctx context.Context, query domain.BrowseQuery) (domain.Browsed, error) {
	if err := g.stop("Browse", false); err != nil {
		return domain.Browsed{}, err
	}
	return g.PersonBrowser.Browse(ctx, query)
}

func (g browserGuard) Selected(ctx context.Context, selection domain.Selection) ([]domain.Person, error) {
	if err := g.stop("Selected", false); err != nil {
		return nil, err
	}
	return g.PersonBrowser.Selected(ctx, selection)
}

func (g browserGuard) Delete(ctx context.Context, selection domain.Selection) (int, error) {
	if err := g.stop("Browser.Delete", true); err != nil {
		return 0, err
	}
	return g.PersonBrowser.Delete(ctx, selection)
}

type jobGuard struct {
	ports.JobManager
	guardedCalls
}

func (g jobGuard) Generate(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
	if err := g.stop("Generate", true); err != nil {
		return domain.Job{}, err
	}
	return g.JobManager.Generate(ctx, order, count)
}

func (g jobGuard) Import(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
	if err := g.stop("Import", true); err != nil {
		return domain.Job{}, err
	}
	return g.JobManager.Import(ctx, order, format, r)
}

func (g jobGuard) Find(ctx context.Context, id domain.JobID) (domain.Job, error) {
	if err := g.stop("Jobs.Find", false); err != nil {
		return domain.Job{}, err
	}
	return g.JobManager.Find(ctx, id)
}

func (g jobGuard) List(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	if err := g.stop("Jobs.List", false); err != nil {
		return nil, err
	}
	return g.JobManager.List(ctx, before, size)
}

func (g jobGuard) Cancel(ctx context.Context, id domain.JobID) (domain.Job, error) {
	if err := g.stop("Cancel", true); err != nil {
		return domain.Job{}, err
	}
	return g.JobManager.Cancel(ctx, id)
}

type labGuard struct {
	ports.StrategyLab
	guardedCalls
}

func (g labGuard) Run(ctx context.Context, experiment lab.Experiment, strategies []lab.Strategy) (lab.Report, error) {
	if err := g.stop("Lab.Run", true); err != nil {
		return lab.Report{}, err
	}
	return g.StrategyLab.Run(ctx, experiment, strategies)
}

type historyGuard struct {
	domain.HistoryReader
	guardedCalls
}

func (g historyGuard) Changes(ctx context.Context, query domain.ChangesQuery) ([]domain.Change, error) {
	if err := g.stop("Changes", false); err != nil {
		return nil, err
	}
	return g.HistoryReader.Changes(ctx, query)
}

// strange are queries that might be taken for an order to do something.
var strange = []string{
	"", "?_method=POST", "?_method=DELETE&confirmed=yes&action=delete&id=1", "?action=delete&all=1&count=1&confirmed=yes", "?confirmed=yes&id=1", "?active=", "?active=1",
	"?password=longenough1&repeat=longenough1", "?username=x&password=y", "?name=x&age=1&read=", "?then=stay", "?cancel", "?format=ndjson", "?format=x", "?q=%00&min=x&max=-1&o=,,&p=0&before=x",
	"?p=99", "?o=-name,age,id,name", "?after=-1", "?before=-9", "?next=/admin/logout/", "?;;;&%zz=%", "?q=" + strings.Repeat("a", 5000),
}

func TestNoGetChangesAnything(t *testing.T) {
	t.Parallel()
	w, path := furnished(t, guardAll(func(call string, changes bool) error {
		if changes {
			t.Errorf("%s was called by a GET", call)
		}
		return nil
	}))
	before := stateOf(t, w)
	for _, route := range w.site.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		for _, query := range strange {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				request := httptest.NewRequest(method, path(route.Path)+query, http.NoBody)
				request.Header.Set("X-Http-Method-Override", http.MethodPost)
				if got := w.signedIn().do(request); got.status >= 500 {
					t.Errorf("%s %s%s: status %d", method, route.Path, query, got.status)
				}
			}
			w.signedIn().part(path(route.Path) + query)
		}
	}
	if after := stateOf(t, w); !reflect.DeepEqual(after, before) {
		t.Errorf("something was changed by a GET:\n got %v\nwant %v", after, before)
	}
}

// stateOf returns what the store holds, but for sessions.
func stateOf(t *testing.T, w *world) []any {
	t.Helper()
	ctx := context.Background()
	changes := must(w.Changes(ctx, domain.ChangesQuery{Size: 1000}))
	page := must(w.Page(ctx, domain.PageQuery{Number: 1, Size: 1000}))
	jobs := must(w.ListJobs(ctx, "", 1000))
	users := must(w.ListUsers(ctx, 0, 1000))
	for i := range users {
		users[i].LastLogin = time.Time{}
	}
	tokens := must(w.ListTokens(ctx, 0, 1000))
	return []any{changes, page, jobs, users, tokens}
}

func TestAPostFromAnotherSiteIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	foreign := map[string]http.Header{
		"cross-site":                  {"Sec-Fetch-Site": {"cross-site"}},
		"same-site":                   {"Sec-Fetch-Site": {"same-site"}},
		"cross-site with our Origin":  {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"http://example.com"}},
		"an Origin of another host":   {"Origin": {"https://evil.example"}},
		"an Origin of another port":   {"Origin": {"http://example.com:81"}},
		"an Origin that is null":      {"Origin": {"null"}},
		"htmx, said by somebody else": {"Origin": {"https://evil.example"}, "Hx-Request": {"true"}},
	}
	w, path := furnished(t, guardAll(func(call string, _ bool) error {
		t.Errorf("%s was called for a request from another site", call)
		return nil
	}))
	before := stateOf(t, w)
	user := must(w.FindUserByName(t.Context(), "ann"))
	for _, route := range w.site.Routes() {
		if route.Method != http.MethodPost {
			continue
		}
		for name, header := range foreign {
			request := httptest.NewRequest(http.MethodPost, path(route.Path), strings.NewReader("username=ann&confirmed=yes&action=delete&id=1"))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for key, values := range header {
				request.Header[key] = values
			}
			if got := w.browserOf(user).do(request); got.status != http.StatusForbidden {
				t.Errorf("POST %s, %s: status %d, want 403", route.Path, name, got.status)
			}
		}
	}
	if after := stateOf(t, w); !reflect.DeepEqual(after, before) {
		t.Errorf("something was changed from another site:\n got %v\nwant %v", after, before)
	}
}

// errorStatuses are the answers to errors of use cases.
var errorStatuses = map[domain.Code]int{
	domain.CodeInvalid: 400, domain.CodeNotFound: 404, domain.CodeConflict: 409, domain.CodePrecondition: 409, domain.CodeKeyReused: 409, domain.CodeTooLarge: 413,
	domain.CodeUpstream: 502, domain.CodeUnauthenticated: 401, domain.CodeForbidden: 403, domain.CodeUnavailable: 503, domain.CodeCanceled: 499, domain.CodeDeadline: 503, domain.CodeInternal: 500,
	"another": 500,
}

func TestErrorsOfUseCasesHaveTheirStatusAndKeepTheirCauses(t *testing.T) {
	t.Parallel()
	for _, code := range append(domain.Codes(), "another") {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			fails := false
			w, path := furnished(t, guardAll(func(string, bool) error {
				if !fails {
					return nil
				}
				return fmt.Errorf("wrapped: %w", fault(code))
			}))
			ann := w.signedIn()
			fails = true
			for _, target := range []string{"/admin/", "/admin/persons/", "/admin/persons/export/", "/admin/persons/export/?format=ndjson", "/admin/persons/{id}/", "/admin/persons/{id}/delete/", "/admin/persons/{id}/history/", "/admin/history/", "/admin/jobs/", "/admin/jobs/{id}/", "/admin/jobs/{id}/progress/", "/admin/jobs/{id}/rejected/", "/admin/users/", "/admin/users/{id}/"} {
				got := ann.get(path(target))
				if got.status != errorStatuses[code] {
					t.Errorf("GET %s: status %d, want %d", target, got.status, errorStatuses[code])
				}
				got.says(t, "What went wrong <b>.")
				if got.header.Get("Content-Disposition") != "" {
					t.Errorf("GET %s: the page that says what went wrong would be saved as a file", target)
				}
				if wantsRetry := errorStatuses[code] == 503; (got.header.Get("Retry-After") != "") != wantsRetry {
					t.Errorf("GET %s: Retry-After %q with status %d", target, got.header.Get("Retry-After"), got.status)
				}
			}
			if got := ann.part("/admin/persons/"); got.header.Get("HX-Refresh") != "true" || got.status != errorStatuses[code] {
				t.Errorf("a part: status %d, HX-Refresh %q: a page of an error is no part of another", got.status, got.header.Get("HX-Refresh"))
			}
			for _, route := range w.site.Routes() {
				if route.Method == http.MethodPost {
					got := ann.post(path(route.Path), "name", "x", "age", "1", "action", "delete", "id", "1", "confirmed", "yes")
					got.saysNot(t, "secret cause")
				}
			}
			if logged := w.logged.String(); (code == domain.CodeInternal) != strings.Contains(logged, "secret cause") {
				t.Errorf("code %s, the log is %q: the cause of a fault of this program stands there, and no other", code, logged)
			}
		})
	}
}

func TestFilesAreKeptForEverOnlyAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.browser().get("/").want(t, http.StatusOK).page
	addresses := []string{page.all("script")[0].attr["src"], page.all("script")[1].attr["src"]}
	for _, link := range page.all("link") {
		addresses = append(addresses, link.attr["href"])
	}
	if len(addresses) != 4 {
		t.Fatalf("the page loads %q, want two scripts, a style and an icon", addresses)
	}
	for _, address := range addresses {
		got := w.browser().get(address).want(t, http.StatusOK)
		if cache := got.header.Get("Cache-Control"); cache != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q, want to be kept", address, cache)
		}
		if strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") || got.body == "" {
			t.Errorf("%s: %q, %d bytes", address, got.header.Get("Content-Type"), len(got.body))
		}
		file, _, _ := strings.Cut(address, "?")
		for _, other := range []string{file, file + "?", file + "?0", address + "&x"} {
			if cache := w.browser().get(other).want(t, http.StatusOK).header.Get("Cache-Control"); cache != "no-cache" {
				t.Errorf("%s: Cache-Control %q, want no-cache for what may become another", other, cache)
			}
		}
		if got := forger(w).get(address); len(got.header["Set-Cookie"]) > 0 {
			t.Errorf("%s: %q: a cache would give this to everybody", address, got.header["Set-Cookie"])
		}
	}
}

func TestFormsThatAreTooLargeOrBrokenAreRefused(t *testing.T) {
	t.Parallel()
	w, path := furnished(t)
	before := stateOf(t, w)
	for _, route := range w.site.Routes() {
		target := path(route.Path)
		reads := !strings.HasSuffix(target, "/logout/") && !strings.HasSuffix(target, "/cancel/") && !strings.HasSuffix(target, "/import/")
		if route.Method != http.MethodPost || !reads {
			continue
		}
		if got := w.signedIn().post(target, "name", strings.Repeat("x", 2<<20)); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("POST %s with 2 MiB: status %d, want 413", target, got.status)
		}
		request := httptest.NewRequest(http.MethodPost, target, strings.NewReader("a=%zz"))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := w.signedIn().do(request); got.status != http.StatusBadRequest {
			t.Errorf("POST %s that is broken: status %d, want 400", target, got.status)
		}
	}
	if after := stateOf(t, w); !reflect.DeepEqual(after, before) {
		t.Errorf("something was changed:\n got %v\nwant %v", after, before)
	}
}
