package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/django"
)

// The other page is of the same site, as browsers see it, so the cookie of the session comes with what it sends.
func TestAPageOfAnotherOriginDeletesNobody(t *testing.T) {
	t.Parallel()
	for name, look := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, roster := serve(t)
			if _, err := send(t.Context(), http.MethodPost, roster+"/api/v1/persons/", "application/json", strings.NewReader(`{"name":"Ann","age":31}`)); err != nil {
				t.Fatal(err)
			}
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = fmt.Fprintf(w, `<form method="post" action="%s/admin/persons/1/delete/"><button>Win a prize</button></form>`, roster)
			}))
			t.Cleanup(other.Close)
			v := visit(t, roster, look)
			v.open("/admin/login/")
			v.signIn()
			if status, err := v.Goto(other.URL); err != nil || status != 200 {
				t.Fatalf("the other page: got %d and the error %v", status, err)
			}
			v.press("button", http.StatusForbidden)
			v.reads("body", "another site")
			v.open("/admin/persons/1/")
			v.press("a.danger", 200)
			v.press("button.danger", 200) // of roster's own page
			v.reads(".message.ok", "Ann was deleted")
		})
	}
}

// Fifty wrong passwords are asked for at once. No more are checked than one client may try, and
// programs go on being answered: a check takes a processor for long.
func TestWrongPasswordsAreThrottledAndProgramsNoticeNothing(t *testing.T) { //nolint:paralleltest // it measures
	_, roster := serve(t)
	if _, err := send(t.Context(), http.MethodPost, roster+"/api/v1/persons/", "application/json", strings.NewReader(`{"name":"Ann","age":31}`)); err != nil {
		t.Fatal(err)
	}
	quiet := askFor(t, roster, func() bool { return false }, 2_000)
	began := time.Now()
	guess(t, roster, "the first guess")
	check := time.Since(began)
	const tries = 50
	var refused, throttled atomic.Int64
	var guessing sync.WaitGroup
	for i := range tries {
		guessing.Go(func() {
			switch status := guess(t, roster, fmt.Sprintf("guess number %d", i)); status {
			case http.StatusUnauthorized:
				refused.Add(1)
			case http.StatusTooManyRequests:
				throttled.Add(1)
			default:
				t.Errorf("a wrong password: got %d, want 401 or 429", status)
			}
		})
	}
	over := make(chan struct{})
	go func() { guessing.Wait(); close(over) }()
	under := askFor(t, roster, func() bool {
		select {
		case <-over:
			return false
		default:
			return true
		}
	}, 2_000)
	if refused.Load() != 9 || throttled.Load() != 41 {
		t.Errorf("got %d tries checked and %d throttled, want 9 and 41: one was before", refused.Load(), throttled.Load())
	}
	t.Logf("99 of 100 requests took at most %s without, and %s of %d while passwords were guessed", p99(quiet), p99(under), len(under))
	if slow := p99(under); slow > check/2 {
		t.Errorf("99 of 100 requests took up to %s while passwords were guessed, and a check takes %s: they waited for checks", slow, check)
	}
	if status := guess(t, roster, password); status != http.StatusTooManyRequests {
		t.Errorf("the right password after too many tries: got %d, want 429", status)
	}
}

// guess tries to sign in, as a program.
func guess(t *testing.T, roster, password string) int {
	t.Helper()
	answer, err := http.PostForm(roster+"/admin/login/", url.Values{"username": {userName}, "password": {password}})
	if err != nil {
		t.Error(err)
		return 0
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// askFor asks for a person at least so many times, and as long as it goes on, and returns how long each took.
func askFor(t *testing.T, roster string, goesOn func() bool, least int) (took []time.Duration) {
	t.Helper()
	for len(took) < least || goesOn() {
		began := time.Now()
		if _, err := send(t.Context(), http.MethodGet, roster+"/api/v1/persons/1/", "", nil); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	return took
}

func p99(took []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[len(sorted)*99/100]
}

func TestAUserMadeHereSignsInToDjangoAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	place, roster := serve(t)
	v := visit(t, roster, desktop)
	v.open("/admin/users/add/")
	v.signIn()
	const other, hers = "grace.hopper@navy", "nanoseconds of wire"
	v.fill("#username", other)
	v.fill("#password", hers)
	v.fill("#repeat", hers)
	v.press("form.card button.primary", 200)
	v.reads(".message.ok", other+" was added")
	for password, want := range map[string]bool{hers: true, "something else": false} {
		if got, err := django.Authenticates(t.Context(), database(place), other, password); err != nil || got != want {
			t.Errorf("Django asked about %q: got %t and the error %v, want %t", password, got, err, want)
		}
	}

	v.press("nav.sections a[href='/admin/users/']", 200)
	v.press("tbody tr:nth-child(2) .name a", 200)
	v.press("button.danger", 200)
	v.reads(".message.ok", "may not sign in any more")
	if got, err := django.Authenticates(t.Context(), database(place), other, hers); err != nil || got {
		t.Errorf("Django asked about a user who was disabled: got %t and the error %v, want false", got, err)
	}
	v.calm()
}

func TestAPasswordThatChangesEndsOtherSessions(t *testing.T) {
	t.Parallel()
	_, roster := serve(t)
	here, there := visit(t, roster, desktop), visit(t, roster, desktop)
	for _, v := range []*visitor{here, there} {
		v.open("/admin/login/")
		v.signIn()
	}
	here.press(".account a", 200)
	here.fill("#old_password", password)
	here.fill("#password", "12345678")
	here.fill("#repeat", "12345678")
	here.press("form.card button.primary", 422)
	here.reads("#password-errors", "tried first")
	here.fill("#old_password", password)
	here.fill("#password", "an even longer way")
	here.fill("#repeat", "an even longer way")
	here.press("form.card button.primary", 200)
	here.reads(".message.ok", "Your password was changed")
	here.open("/admin/persons/")
	here.reads("h1", "Persons")
	there.open("/admin/persons/")
	there.reads("h1", "Sign in")
}

// The cookie of a session that was signed out of is of no use to who kept it.
func TestACookieOfBeforeIsOfNoUse(t *testing.T) {
	t.Parallel()
	_, roster := serve(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	ask := func(method, path string, form url.Values) string {
		request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, roster+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	ask(http.MethodPost, "/admin/login/", url.Values{"username": {userName}, "password": {password}})
	address, err := url.Parse(roster)
	if err != nil {
		t.Fatal(err)
	}
	kept := jar.Cookies(address)
	if page := ask(http.MethodGet, "/admin/", nil); !strings.Contains(page, "Overview") {
		t.Fatalf("signed in: got %q, want the overview", page)
	}
	ask(http.MethodPost, "/admin/logout/", nil)
	jar.SetCookies(address, kept)
	if page := ask(http.MethodGet, "/admin/", nil); !strings.Contains(page, "<h1>Sign in</h1>") {
		t.Errorf("with the cookie of before: got %q, want to sign in", page)
	}
}
