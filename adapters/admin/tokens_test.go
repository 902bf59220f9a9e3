package admin_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

var secretPattern = regexp.MustCompile(`roster_[A-Z2-7]{50,}`)

func TestATokenIsMadeAndItsSecretShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	form := b.get("/admin/tokens/add/").want(t, http.StatusOK)
	proposed, err := time.Parse(time.DateOnly, form.page.field("expires").attr["value"])
	if days := time.Until(proposed).Hours() / 24; err != nil || days < 88 || days > 91 {
		t.Errorf("the end that is proposed is %q, want one in 90 days", form.page.field("expires").attr["value"])
	}
	for _, c := range []struct {
		name, scope, expires string
		says                 []string
	}{
		{" ", "read", "", []string{"Please fill this in."}},
		{"a\tb", "read", "", []string{"This holds a character that cannot stand here."}},
		{strings.Repeat("x", 101), "read", "", []string{"At most 100 characters fit here."}},
		{"a report", "all", "", []string{"This is none of the choices."}},
		{"a report", "read", "2001-01-31", []string{"This has to lie ahead."}},
		{"a report", "read", "0001-01-01", []string{"Please give a date such as 2027-01-31."}},
		{"a report", "read", "tomorrow", []string{"Please give a date such as 2027-01-31."}},
		{"", "", "2001-01-31", []string{"Please fill this in.", "This is none of the choices.", "This has to lie ahead."}},
	} {
		got := b.post("/admin/tokens/add/", "name", c.name, "scope", c.scope, "expires", c.expires).want(t, http.StatusUnprocessableEntity).says(t, c.says...)
		if got.page.field("name").attr["value"] != c.name || got.page.field("expires").attr["value"] != c.expires {
			t.Errorf("%q: what was typed is lost", c.name)
		}
	}
	if tokens := must(w.ListTokens(t.Context(), 0, 9)); len(tokens) != 0 {
		t.Fatalf("%d tokens, want none", len(tokens))
	}

	made := b.post("/admin/tokens/add/", "name", " <b>the import</b> ", "scope", "write", "expires", "2999-01-31").want(t, http.StatusOK).
		says(t, "The token <b>the import</b> was made.", "nobody can see it again", "may read and write until 31 Jan 2999, 00:00:00 UTC")
	secret := secretPattern.FindString(made.body)
	token, err := w.useCases.Tokens.Check(t.Context(), account.APISecret(secret))
	if err != nil || token.Name != "<b>the import</b>" || token.Scope != account.ScopeWrite {
		t.Fatalf("the secret %q opens %+v, %v, want the token that was made", secret, token, err)
	}
	if strings.Count(made.body, "roster_") != 1 || strings.Contains(fmt.Sprint(made.header, b.cookies), "roster_"+secret[7:20]) {
		t.Error("the secret stands elsewhere than in the page, or twice")
	}
	for _, path := range []string{"/admin/tokens/", "/admin/tokens/add/", "/admin/tokens/1/revoke/", "/admin/history/", "/admin/"} {
		if got := b.get(path).want(t, http.StatusOK); strings.Contains(got.body, secret[:20]) {
			t.Errorf("%s shows the secret", path)
		}
	}
	if strings.Contains(w.logged.String(), secret[:20]) {
		t.Error("the log has the secret")
	}
	b.get("/admin/tokens/").says(t, "<b>the import</b>", "read and write", "valid", "31 Jan 2999")

	b.post("/admin/tokens/add/", "name", "another", "scope", "read", "expires", "").want(t, http.StatusOK).says(t, "Who has it may read.").saysNot(t, "until")
	if tokens := must(w.ListTokens(t.Context(), 1, 9)); len(tokens) != 1 || !tokens[0].Expires.IsZero() || tokens[0].Scope != account.ScopeRead {
		t.Errorf("got %+v, want one that reads, without an end", tokens)
	}
}

func TestATokenIsRevokedAfterAQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	token, secret := w.token("a report")
	_, other := w.token("another")
	path := b.get("/admin/tokens/").page.link(fmt.Sprintf("Revoke a report, token %d", token.ID))
	b.get(path).want(t, http.StatusOK).says(t, "Revoke a report?", "may read, and was last used: never")
	if _, err := w.useCases.Tokens.Check(t.Context(), secret); err != nil {
		t.Fatalf("to be asked has revoked it: %v", err)
	}
	b.post(path).leadsTo(t, "/admin/tokens/")
	list := b.get("/admin/tokens/").says(t, "revoked")
	if list.message() != "The token a report opens nothing any more." || list.page.link(fmt.Sprintf("Revoke a report, token %d", token.ID)) != "" {
		t.Errorf("the message is %q, and the list has a link to revoke it again, or none is wanted", list.message())
	}
	if _, err := w.useCases.Tokens.Check(t.Context(), secret); domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Errorf("the token opens still: %v", err)
	}
	if _, err := w.useCases.Tokens.Check(t.Context(), other); err != nil {
		t.Errorf("the other token: %v, want it as it was", err)
	}
	revoked := must(w.ListTokens(t.Context(), 0, 1))[0].Revoked
	b.get(path).want(t, http.StatusOK).says(t, "a report is revoked").saysNot(t, "Keep")
	b.post(path).leadsTo(t, "/admin/tokens/")
	if again := must(w.ListTokens(t.Context(), 0, 1))[0].Revoked; !again.Equal(revoked) {
		t.Errorf("revoked again: %s, want it to stay %s", again, revoked)
	}
	for _, nobody := range []string{"0", "3", "-1", "x", "99999999999999999999"} {
		b.get("/admin/tokens/"+nobody+"/revoke/").want(t, http.StatusNotFound)
		b.post("/admin/tokens/"+nobody+"/revoke/").want(t, http.StatusNotFound)
	}
}

func TestTheListTellsWhatBecameOfTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.AsksTokens = true })
	b := w.signedIn()
	b.get("/admin/tokens/").says(t, "There is no token.").saysNot(t, "REQUIRE_AUTH")
	made := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	must(w.AddToken(t.Context(), account.APIToken{Name: "over", Scope: account.ScopeRead, Key: account.APISecret("a").Key(), Created: made, Expires: made.Add(time.Hour)}))
	b.get("/admin/tokens/").says(t, "expired", "2 Jan 2026, 04:04:05 UTC", "never")
	b.get("/admin/tokens/1/revoke/").want(t, http.StatusOK).says(t, "Revoke over?")
	if err := w.UseToken(t.Context(), 1, made.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/tokens/").says(t, "2 Jan 2026, 03:05:05 UTC")
	newWorld(t).signedIn().get("/admin/tokens/").says(t, "The API asks nobody for a token", "REQUIRE_AUTH=True")
}

func TestTokensAreListedInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	for i := range 120 {
		w.token(fmt.Sprintf("token%d", i))
	}
	var shown []string
	next := "/admin/tokens/"
	for parts := 1; next != ""; parts++ {
		got := b.get(next).want(t, http.StatusOK)
		for _, head := range got.page.all("th") {
			if head.attr["scope"] == "row" {
				shown = append(shown, head.text())
			}
		}
		if (parts == 1) != (got.page.link("The first ones") == "") {
			t.Errorf("part %d leads back to %q", parts, got.page.link("The first ones"))
		}
		next = got.page.link("More")
	}
	if len(shown) != 120 || len(slices.Compact(slices.Sorted(slices.Values(shown)))) != 120 {
		t.Errorf("%d tokens are shown, want each of 120 once", len(shown))
	}
	b.get("/admin/tokens/?after=999").want(t, http.StatusOK)
}

func TestTokensThatCannotBeReachedAreNotShownAsNone(t *testing.T) {
	t.Parallel()
	w, path := furnished(t, guardAll(func(call string, _ bool) error {
		if call == "Make" || call == "Tokens.List" || call == "Revoke" {
			return fault(domain.CodeUnavailable)
		}
		return nil
	}))
	b := w.signedIn()
	for _, route := range []admin.Route{{Method: "GET", Path: "/admin/tokens/"}, {Method: "GET", Path: "/admin/tokens/{id}/revoke/"}, {Method: "POST", Path: "/admin/tokens/{id}/revoke/"}} {
		ask(b, route.Method, path(route.Path)).want(t, http.StatusServiceUnavailable)
	}
	b.post("/admin/tokens/add/", "name", "x", "scope", "read").want(t, http.StatusServiceUnavailable)
}
