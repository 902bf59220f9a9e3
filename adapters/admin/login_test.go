package admin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

const (
	secret  = "correct horse 1"
	another = "battery staple 2"
)

func TestSomebodySignsInChangesThePasswordAndSignsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.userWith("ann")
	b := w.browser()
	form := b.get("/admin/login/?next=/admin/jobs/?before=x").want(t, http.StatusOK)
	if next := form.page.field("next").attr["value"]; next != "/admin/jobs/?before=x" {
		t.Errorf("next is %q", next)
	}
	b.post("/admin/login/", "username", "ann", "password", secret, "next", "/admin/jobs/?before=x").leadsTo(t, "/admin/jobs/?before=x")
	first := b.cookies[sessionCookie]
	b.get("/admin/").want(t, http.StatusOK).says(t, "ann", "Sign out")
	b.get("/admin/login/?next=/admin/users/").leadsTo(t, "/admin/users/")

	b.post("/admin/login/", "username", "ann", "password", secret).leadsTo(t, "/admin/")
	second := b.cookies[sessionCookie]
	if first == second || first == "" {
		t.Errorf("the session was %q and is %q: one is made at each sign in", first, second)
	}
	old := w.browser()
	old.cookies[sessionCookie] = first
	old.get("/admin/").leadsTo(t, "/admin/login/")
	if _, kept := old.cookies[sessionCookie]; kept {
		t.Error("the browser keeps a session that is over")
	}

	b.post("/admin/password/", "old_password", "wrong", "password", another, "repeat", another).want(t, http.StatusUnprocessableEntity).says(t, "This is not the password.")
	b.post("/admin/password/", "old_password", secret, "password", another, "repeat", another+"x").want(t, http.StatusUnprocessableEntity).says(t, "The two passwords are not the same.")
	wrong := b.post("/admin/password/", "old_password", secret, "password", "12345", "repeat", "12345").want(t, http.StatusUnprocessableEntity)
	wrong.says(t, "Please take at least 8 characters.", "Please take more than digits.")
	for _, input := range wrong.page.all("input") {
		if input.attr["type"] == "password" && input.attr["value"] != "" {
			t.Error("a page sends a password back")
		}
	}
	b.post("/admin/password/", "old_password", secret, "password", another, "repeat", another).leadsTo(t, "/admin/")
	if third := b.cookies[sessionCookie]; third == second {
		t.Error("the session is the one of before the password was changed")
	}
	if got := b.get("/admin/").want(t, http.StatusOK).message(); got != "Your password was changed. You were signed out everywhere else." {
		t.Errorf("the message is %q", got)
	}

	last := b.cookies[sessionCookie]
	b.post("/admin/logout/").leadsTo(t, "/admin/login/")
	if _, kept := b.cookies[sessionCookie]; kept {
		t.Error("the browser keeps the session")
	}
	if got := b.get("/admin/login/").message(); got != "You have signed out." {
		t.Errorf("the message is %q", got)
	}
	b.cookies[sessionCookie] = last
	b.get("/admin/").leadsTo(t, "/admin/login/")
}

func TestWhoMayNotSignInIsToldNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.userWith("ann")
	off := w.userWith("off")
	if err := w.SetActive(t.Context(), off.ID, false); err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, try := range [][2]string{{"ann", "wrong"}, {"nobody", secret}, {"off", secret}, {"<script>alert(1)</script>\"'", "x"}} {
		b := w.browser()
		got := b.post("/admin/login/", "username", try[0], "password", try[1], "next", "/admin/users/").want(t, http.StatusUnauthorized)
		got.says(t, "The user name or the password is wrong, or this user may not sign in here.")
		if name := got.page.field("username").attr["value"]; name != try[0] {
			t.Errorf("the name that was typed is %q, want %q", name, try[0])
		}
		if next := got.page.field("next").attr["value"]; next != "/admin/users/" {
			t.Errorf("next is %q", next)
		}
		if len(b.cookies) > 0 || strings.Contains(got.body, try[1]+`"`) && try[1] != "x" {
			t.Errorf("%q: cookies %v", try[0], b.cookies)
		}
		pages = append(pages, got.text())
	}
	for _, page := range pages[1:] {
		if page != pages[0] {
			t.Errorf("pages tell who there is:\n%s\n%s", pages[0], page)
		}
	}
}

func TestTooManyTriesAreToldToWait(t *testing.T) {
	t.Parallel()
	for wait, told := range map[time.Duration][2]string{
		90 * time.Second: {"90", "Please wait 2 minutes."}, 1500 * time.Millisecond: {"2", "Please wait 2 seconds."}, time.Millisecond: {"1", "Please wait 1 second."}, time.Minute: {"60", "Please wait 1 minute."},
	} {
		mock := &portmock.AccountManagerMock{}
		throttled := &account.ThrottledError{RetryAfter: wait}
		w := newWorld(t, func(w *world) {
			mock.SignedInFunc = w.useCases.Accounts.SignedIn
			mock.SignInFunc = signInAnswers(throttled)
			mock.ChangePasswordFunc = changeAnswers(throttled)
			w.useCases.Accounts = mock
		})
		got := w.browser().post("/admin/login/", "username", "ann", "password", "x").want(t, http.StatusTooManyRequests)
		if after := got.header.Get("Retry-After"); after != told[0] {
			t.Errorf("%s: Retry-After %q, want %q", wait, after, told[0])
		}
		got.says(t, told[1])
		w.signedIn().post("/admin/password/", "old_password", "x").want(t, http.StatusTooManyRequests).says(t, told[1])
	}
}

func TestAPasswordThatWasChangedMeanwhileIsToldOf(t *testing.T) {
	t.Parallel()
	mock := &portmock.AccountManagerMock{}
	w := newWorld(t, func(w *world) {
		mock.SignedInFunc = w.useCases.Accounts.SignedIn
		mock.ChangePasswordFunc = changeAnswers(account.PasswordChanged())
		w.useCases.Accounts = mock
	})
	got := w.signedIn().post("/admin/password/", "old_password", "x").want(t, http.StatusConflict).says(t, "The password was changed meanwhile.")
	if len(got.header.Values("Set-Cookie")) > 0 {
		t.Errorf("got cookies %q, want none: nothing was changed", got.header.Values("Set-Cookie"))
	}
}

func TestTriesAreCountedByTheNetworkOfTheClient(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "192.0.2.1": "192.0.2.1", "[::ffff:192.0.2.1]:9": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80": "fe80::/64", "": "", "@": "@", "somewhere:80": "somewhere",
	} {
		if got := admin.ClientNetwork(remote); got != want {
			t.Errorf("%q is counted as %q, want %q", remote, got, want)
		}
	}
	mock := &portmock.AccountManagerMock{SignInFunc: signInAnswers(fault(domain.CodeUnauthenticated))}
	w := newWorld(t, func(w *world) { w.useCases.Accounts = mock })
	request := httptest.NewRequest(http.MethodPost, "/admin/login/", strings.NewReader("username=a&password=b"))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Forwarded-For", "203.0.113.9")
	request.RemoteAddr = "[2001:db8::7]:1"
	w.browser().do(request)
	if got := mock.SignInCalls()[0].Attempt; got != (account.Attempt{Name: "a", Password: "b", Address: "2001:db8::/64"}) {
		t.Errorf("the try is %+v: a client cannot say where it is", got)
	}
}

func TestOverTLSCookiesBelongToThisHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.userWith("ann")
	b := w.browser()
	b.tls = true
	b.post("/admin/login/", "username", "ann", "password", secret).leadsTo(t, "/admin/")
	token := b.cookies["__Host-"+sessionCookie]
	if token == "" {
		t.Fatalf("cookies %v, want one of __Host-", b.cookies)
	}
	b.get("/admin/").want(t, http.StatusOK)
	planted := w.browser()
	planted.tls = true
	planted.cookies[sessionCookie] = token // anybody can set this one from another host of the domain
	planted.get("/admin/").leadsTo(t, "/admin/login/")
	b.post("/admin/logout/").leadsTo(t, "/admin/login/")
	if len(b.cookies) != 1 {
		t.Errorf("cookies %v, want the message only", b.cookies)
	}
}

func TestCookiesThatMakeNoSenseDoNoHarm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.user("ann")
	for _, value := range []string{"x", strings.Repeat("x", 1<<20), "\xff\x00", "a b", `"quoted"`, "'; drop table sessions", "=;=;="} {
		for _, name := range []string{sessionCookie, flashCookie} {
			request := httptest.NewRequest(http.MethodGet, "/admin/login/", http.NoBody)
			request.Header.Set("Cookie", name+"="+value)
			got := w.browser().do(request).want(t, http.StatusOK)
			if got.message() != "" {
				t.Errorf("a forged message is shown: %q", got.message())
			}
			request = httptest.NewRequest(http.MethodGet, "/admin/", http.NoBody)
			request.Header.Set("Cookie", name+"="+value)
			w.browser().do(request).leadsTo(t, "/admin/login/")
		}
	}
	b := w.browserOf(user)
	if err := w.SetActive(t.Context(), user.ID, false); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/").leadsTo(t, "/admin/login/")
	if len(b.cookies) > 0 {
		t.Errorf("cookies %v, want none for who may not sign in any more", b.cookies)
	}
}

var nexts = []string{
	"", "/", "/admin", "/admin/", "/admin/persons/?q=a+b&o=-name", "//evil.example/admin/", "///evil.example", "https://evil.example/admin/", "http:/admin/", "http:admin", "javascript:alert(1)", `/\evil.example`,
	`\\evil.example`, "/admin/\\evil", "/admin/../../evil", "/admin/..//evil.example", "/admin/%2e%2e//evil.example", "/%61dmin/", "%2f%2fevil.example/admin/", "/admin/\r\nSet-Cookie: a=b", "/admin/%0d%0aX: y", "/admin/\t", "\t//evil",
	" /admin/", "/admin/#@evil", "?next=x", "//evil.example@/admin/", "/admin/?next=//evil.example", "/admin/;//evil", "/admin/\x00", "/admin/ä", "/admin/?q=ä b", "mailto:a@b", "http://[::1", "/api/v1/",
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	for _, next := range nexts {
		got := b.get("/admin/login/?"+url.Values{"next": {next}}.Encode()).want(t, http.StatusSeeOther)
		checkLocal(t, next, got.header.Get("Location"))
	}
	for _, foreign := range []string{"https://evil.example/admin/users/", "//evil.example/admin/users/", "http:/admin/users/", "/api/v1/", "/", "users/", "/admin/users/\n"} {
		if got := admin.LocalPath(foreign); got != "/admin/" {
			t.Errorf("%q leads to %q, want home: it is no page of the admin", foreign, got)
		}
	}
	if got := admin.LocalPath("/admin/persons/?q=a+b&o=-name"); got != "/admin/persons/?q=a+b&o=-name" {
		t.Errorf("a page of the admin becomes %q", got)
	}
}

// checkLocal fails unless browsers resolve an address to one of this host.
func checkLocal(t *testing.T, next, to string) {
	t.Helper()
	here := &url.URL{Scheme: "https", Host: "here.example", Path: "/admin/login/"}
	resolved, err := here.Parse(to)
	if err != nil || resolved.Host != "here.example" || resolved.Scheme != "https" || resolved.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t\x00") {
		t.Errorf("next=%q leads to %q (%v)", next, to, err)
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, next := range nexts {
		f.Add(next)
	}
	f.Fuzz(func(t *testing.T, next string) {
		to := admin.LocalPath(next)
		checkLocal(t, next, to)
		if again := admin.LocalPath(to); again != to {
			t.Errorf("%q leads to %q, and that to %q", next, to, again)
		}
		recorder := httptest.NewRecorder()
		http.Redirect(recorder, httptest.NewRequest(http.MethodGet, "/admin/login/", http.NoBody), to, http.StatusSeeOther)
		checkLocal(t, next, recorder.Header().Get("Location"))
	})
}

// One keyboard writes é as one code point, another as two.
func TestAUserNameIsTheSameHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.userWith("zo\u00e9")
	w.browser().post("/admin/login/", "username", "zoe\u0301", "password", secret).leadsTo(t, "/admin/")
	w.signedIn().post("/admin/users/add/", "username", "ne\u0301e", "password", another, "repeat", another).leadsTo(t, "/admin/users/")
	if _, err := w.useCases.Accounts.FindByName(t.Context(), "n\u00e9e"); err != nil {
		t.Errorf("the user who was added: got %v, want that of the composed name", err)
	}
}
