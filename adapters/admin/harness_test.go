package admin_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/adapters/labpage"
	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

const (
	pageSize = 10
	look     = 100
)

// world is the site over a store in memory, with the use cases that the program has.
type world struct {
	*memstore.Store
	tb       testing.TB
	useCases admin.UseCases
	config   admin.Config
	site     *admin.Site
	tasks    tasks
	jobs     *domain.Jobs
	jobWork  *domain.JobWork
	logged   syncBuffer
}

// access lets superusers use everything, and anybody what signing in needs.
func access(_, route string) account.Access {
	switch route {
	case "/", "/admin/login/", "/admin/static/{file}":
		return account.Anybody
	default:
		return account.Superusers
	}
}

// newWorld returns a world that changes may have altered before the site is made.
func newWorld(tb testing.TB, changes ...func(*world)) *world {
	tb.Helper()
	store := memstore.New()
	w := &world{Store: store, tb: tb}
	registry := must(domain.NewRegistry(store, pageSize))
	browse := must(domain.NewBrowse(store, domain.BrowseConfig{PageSize: pageSize, Look: look}))
	jobsConfig := domain.JobsConfig{Formats: personfile.Formats(), NewID: func() (domain.JobID, error) {
		id, err := uuid.NewV7()
		return domain.JobID(id.String()), err
	}}
	w.jobs = must(domain.NewJobs(store, &w.tasks, jobsConfig))
	w.jobWork = domain.NewJobWork(store, &w.tasks, jobsConfig)
	survey := domain.NewSurvey(store, nil)
	tb.Cleanup(func() { _ = survey.Close() })
	w.useCases = admin.UseCases{
		Accounts: newAccounts(tb, store, 1000), Tokens: must(account.NewTokens(store, nil)), Registry: registry, Browser: browse, Exporter: domain.NewExport(registry, personfile.Formats()),
		History: store, Jobs: w.jobs, Survey: survey, Lab: quickLab{}, NewRefusalWriter: personfile.NewRefusalWriter, FormatOf: personfile.FormatOf,
	}
	w.config = admin.Config{
		Access: access, Secret: []byte("a secret of tests"), Look: look, Lab: admin.LabPictures{Draw: labpage.Body, Style: labpage.Style()},
		Logger: slog.New(slog.NewTextHandler(&w.logged, nil)),
	}
	for _, change := range changes {
		change(w)
	}
	w.site = must(admin.New(w.useCases, w.config))
	return w
}

// must returns a value that always comes without an error here.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func newAccounts(tb testing.TB, store account.Store, tries int) *account.Accounts {
	tb.Helper()
	throttle := func() account.Throttle {
		rate := must(domain.NewRate(tries, time.Hour))
		return must(memlimiter.New(rate))
	}
	return must(account.NewAccounts(store, account.Config{
		Throttles:       account.Throttles{Pair: throttle(), Address: throttle(), User: throttle()},
		CommonPasswords: common{},
	}))
}

// common knows one password.
type common struct{}

// Contains implements account.CommonPasswords.
func (common) Contains(password string) bool { return password == "password" }

// tasks is a queue whose tasks are done when a test says so.
type tasks struct {
	mu   sync.Mutex
	left []domain.JobTask
}

// Enqueue implements domain.TaskQueue.
func (t *tasks) Enqueue(_ context.Context, more []domain.JobTask) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = append(t.left, more...)
	return nil
}

func (t *tasks) next() (domain.JobTask, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.left) == 0 {
		return domain.JobTask{}, false
	}
	task := t.left[0]
	t.left = t.left[1:]
	return task, true
}

// work does all tasks.
func (w *world) work() {
	w.tb.Helper()
	for task, more := w.tasks.next(); more; task, more = w.tasks.next() {
		if err := w.jobWork.Work(w.tb.Context(), task); err != nil {
			w.tb.Fatal(err)
		}
	}
}

// person saves a person.
func (w *world) person(name string, age int) {
	w.tb.Helper()
	must(w.Create(w.tb.Context(), must(domain.NewDraft(name, int64(age)))))
}

// persons saves so many persons, "Person 0" of the age 0 and so on.
func (w *world) persons(count int) {
	w.tb.Helper()
	for i := range count {
		w.person(fmt.Sprintf("Person %d", i), i%100)
	}
}

// job has a file imported; it is done where the test does the work.
func (w *world) job(order domain.JobOrder, csv string) domain.Job {
	w.tb.Helper()
	ctx := domain.WithOrigin(w.tb.Context(), domain.Origin{Via: domain.ViaAdmin, Who: "ann"})
	return must(w.jobs.Import(ctx, order, "csv", strings.NewReader(csv)))
}

// user saves a superuser whom no password matches.
func (w *world) user(name string) account.User {
	w.tb.Helper()
	user := account.User{Name: name, Email: name + "@example.org", Password: "!", Active: true, Staff: true, Superuser: true, Joined: time.Now()}
	return must(w.AddUser(w.tb.Context(), user))
}

// userWith saves a superuser whose password is secret. It costs as much as a check of one.
func (w *world) userWith(name string) account.User {
	w.tb.Helper()
	user := w.user(name)
	if err := w.SetPassword(w.tb.Context(), user.ID, "", account.NewHash(secret)); err != nil {
		w.tb.Fatal(err)
	}
	return must(w.FindUser(w.tb.Context(), user.ID))
}

// token makes an API token that reads.
func (w *world) token(name string) (account.APIToken, account.APISecret) {
	w.tb.Helper()
	token, secret, err := must(account.NewTokens(w, nil)).Make(w.tb.Context(), account.NewAPIToken{Name: name, Scope: account.ScopeRead})
	if err != nil {
		w.tb.Fatal(err)
	}
	return token, secret
}

// begin begins a session of a user.
func (w *world) begin(user account.User) account.Token {
	w.tb.Helper()
	token := account.Token("token-" + uuid.NewString())
	session := account.Session{Key: token.Key(), User: user.ID, Password: user.Password.Fingerprint(), Began: time.Now(), Seen: time.Now()}
	if err := w.BeginSession(w.tb.Context(), session); err != nil {
		w.tb.Fatal(err)
	}
	return token
}

// signedIn returns a browser in which ann, the first user, has signed in.
func (w *world) signedIn() *browser {
	w.tb.Helper()
	user, err := w.FindUserByName(w.tb.Context(), "ann")
	if err != nil {
		user = w.user("ann")
	}
	return w.browserOf(user)
}

// browserOf returns a browser in which a user has signed in.
func (w *world) browserOf(user account.User) *browser {
	w.tb.Helper()
	b := w.browser()
	b.cookies[sessionCookie] = string(w.begin(user))
	return b
}

// browser returns one in which nobody has signed in.
func (w *world) browser() *browser {
	return &browser{tb: w.tb, site: w.site, cookies: map[string]string{}, header: http.Header{}}
}

const (
	sessionCookie = "roster_session"
	flashCookie   = "roster_messages"
)

// browser keeps cookies as browsers do, and checks every answer for what holds of all.
type browser struct {
	tb      testing.TB
	site    http.Handler
	cookies map[string]string
	header  http.Header // sent with each request
	tls     bool
}

// answer is what came, and the page in it.
type answer struct {
	status int
	header http.Header
	body   string
	page   *node // nil where it is no HTML
}

func (b *browser) get(target string) answer {
	b.tb.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, target, http.NoBody))
}

// part asks as htmx does.
func (b *browser) part(target string) answer {
	b.tb.Helper()
	request := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	request.Header.Set("HX-Request", "true")
	request.Header.Set("HX-Request-Type", "partial")
	return b.do(request)
}

// post sends a form: names and values in turn.
func (b *browser) post(target string, fields ...string) answer {
	b.tb.Helper()
	return b.postForm(target, pairs(fields...))
}

func pairs(fields ...string) url.Values {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}

func (b *browser) postForm(target string, form url.Values) answer {
	b.tb.Helper()
	request := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(request)
}

func (b *browser) do(request *http.Request) answer {
	b.tb.Helper()
	if b.tls {
		request.TLS = &tls.ConnectionState{}
	}
	for name, values := range b.header {
		request.Header[name] = values
	}
	for name, value := range b.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	recorder := httptest.NewRecorder()
	b.site.ServeHTTP(recorder, request)
	response := recorder.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.tb.Fatal(err)
	}
	where := request.Method + " " + request.URL.String()
	b.keep(where, response.Cookies())
	a := answer{status: response.StatusCode, header: response.Header, body: string(body)}
	checkHeader(b.tb, where, a)
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && a.body != "" {
		a.page = parse(b.tb, where, a.body)
		checkMarkup(b.tb, where, a.page)
		if strings.HasPrefix(a.body, "<!doctype") {
			checkWhole(b.tb, where, a.page)
		}
	}
	return a
}

// keep keeps cookies, and checks how they are set.
func (b *browser) keep(where string, cookies []*http.Cookie) {
	b.tb.Helper()
	for _, cookie := range cookies {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			b.tb.Errorf("%s: cookie %s is not HttpOnly, SameSite=Lax and of Path=/ without a domain: %s", where, cookie.Name, cookie.Raw)
		}
		if cookie.Secure != b.tls || strings.HasPrefix(cookie.Name, "__Host-") != b.tls {
			b.tb.Errorf("%s: over TLS is %t, and the cookie is %s: Secure and __Host- belong to TLS, and to that only", where, b.tls, cookie.Raw)
		}
		if len(cookie.Raw) > 4096 {
			b.tb.Errorf("%s: a cookie of %d bytes; browsers take 4,096", where, len(cookie.Raw))
		}
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
			continue
		}
		b.cookies[cookie.Name] = cookie.Value
	}
}

// want fails unless an answer has the status, and says what it has.
func (a answer) want(tb testing.TB, status int) answer {
	tb.Helper()
	if a.status != status {
		tb.Fatalf("status %d, want %d: %s %s", a.status, status, a.header.Get("Location"), a.text())
	}
	return a
}

// leadsTo fails unless an answer is a 303 to an address.
func (a answer) leadsTo(tb testing.TB, to string) {
	tb.Helper()
	a.want(tb, http.StatusSeeOther)
	if got := a.header.Get("Location"); got != to {
		tb.Fatalf("Location %q, want %q", got, to)
	}
}

// says fails unless the page has the texts.
func (a answer) says(tb testing.TB, texts ...string) answer {
	tb.Helper()
	for _, text := range texts {
		if !strings.Contains(a.text(), text) {
			tb.Errorf("the page does not say %q: %s", text, a.text())
		}
	}
	return a
}

// saysNot fails where the page has one of the texts.
func (a answer) saysNot(tb testing.TB, texts ...string) answer {
	tb.Helper()
	for _, text := range texts {
		if strings.Contains(a.text(), text) {
			tb.Errorf("the page says %q: %s", text, a.text())
		}
	}
	return a
}

// text returns what the page says, or the body.
func (a answer) text() string {
	if a.page == nil {
		return a.body
	}
	return a.page.text()
}

// message returns what the page before has left.
func (a answer) message() string {
	if a.page == nil {
		return ""
	}
	for _, n := range a.page.all("div") {
		if n.attr["role"] == "status" && strings.HasPrefix(n.attr["class"], "message ") {
			return n.text()
		}
	}
	return ""
}

// syncBuffer is a log.
type syncBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (b *syncBuffer) Write(content []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(content)
}

// String returns what was written.
func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func signInAnswers(err error) func(context.Context, account.Attempt) (account.Token, account.User, error) {
	return func(context.Context, account.Attempt) (account.Token, account.User, error) {
		return "", account.User{}, err
	}
}

func changeAnswers(err error) func(context.Context, account.Token, string, string, string) (account.Token, error) {
	return func(context.Context, account.Token, string, string, string) (account.Token, error) { return "", err }
}

// oldRows answers persons whom no rule of today would take.
type oldRows struct{ ports.PersonRegistry }

// Get implements ports.PersonRegistry.
func (oldRows) Get(_ context.Context, id int64) (domain.Person, error) {
	return domain.StoredPerson(id, " "+strings.Repeat("ä", 300)+" ", -5), nil
}

// halfway deletes some, and then fails.
type halfway struct{ ports.PersonBrowser }

// Delete implements ports.PersonBrowser.
func (halfway) Delete(context.Context, domain.Selection) (int, error) {
	return 1500, fault(domain.CodeUnavailable)
}

// brokenOff writes the beginning of a file, and then fails.
type brokenOff struct{}

// ExportOf implements ports.SelectionExporter.
func (brokenOff) ExportOf(_ string, _ iter.Seq2[domain.Person, error], w io.Writer) (int64, error) {
	_, _ = io.WriteString(w, "name,age\n")
	return 0, fault(domain.CodeUnavailable)
}
