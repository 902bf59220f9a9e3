package admin_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

func TestAUserIsAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	for _, c := range []struct {
		name, email, password, repeat string
		status                        int
		says                          []string
	}{
		{"", "", "", "", 422, []string{"Please fill this in."}},
		{"a b", "no address", "12345", "12345", 422, []string{"This holds a character that cannot stand here.", "Please take at least 8 characters.", "Please take more than digits."}},
		{"bob", "", "password", "password", 422, []string{"This password is one of those that are tried first."}},
		{"bobbybobby", "", "bobbybobby", "bobbybobby", 422, []string{"This is too much like the user's name or address."}},
		{"bob", "", secret, secret + "x", 422, []string{"The two passwords are not the same."}},
		{strings.Repeat("x", 151), "", secret, secret, 422, []string{"At most 150 characters fit here."}},
		{"ann", "", secret, secret, 409, []string{"Another user has this name."}},
	} {
		got := b.post("/admin/users/add/", "username", c.name, "email", c.email, "password", c.password, "repeat", c.repeat).want(t, c.status).says(t, c.says...)
		if got.page.field("username").attr["value"] != c.name || got.page.field("email").attr["value"] != c.email {
			t.Errorf("%q: what was typed is lost", c.name)
		}
		if got.page.field("password").attr["value"] != "" || got.page.field("repeat").attr["value"] != "" {
			t.Errorf("%q: the page sends the password back", c.name)
		}
	}
	if users := must(w.ListUsers(t.Context(), 0, 9)); len(users) != 1 {
		t.Fatalf("%d users, want ann only", len(users))
	}
	b.post("/admin/users/add/", "username", "bob", "email", "Bob@EXAMPLE.org", "password", secret, "repeat", secret).leadsTo(t, "/admin/users/")
	list := b.get("/admin/users/").says(t, "bob", "Bob@example.org", "never")
	if list.message() != "The user bob was added." {
		t.Errorf("the message is %q", list.message())
	}
	bob := w.browser()
	bob.post("/admin/login/", "username", "bob", "password", secret).leadsTo(t, "/admin/")
	bob.get(list.page.link("bob")).want(t, http.StatusOK).says(t, "Change your password").saysNot(t, "Disable", "Give another password")
}

func TestAUserIsDisabledAndEnabled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := w.signedIn()
	bob := w.user("bob")
	his := w.browserOf(bob)
	his.get("/admin/").want(t, http.StatusOK)
	path := fmt.Sprintf("/admin/users/%d/", bob.ID)
	ann.post(path+"active/").leadsTo(t, path)
	page := ann.get(path).says(t, "May sign inno", "Enable again")
	if page.message() != "bob may not sign in any more, and was signed out everywhere." {
		t.Errorf("the message is %q", page.message())
	}
	his.get("/admin/").leadsTo(t, "/admin/login/")
	ann.post(path+"active/", "active", "1").leadsTo(t, path)
	if got := ann.get(path).says(t, "May sign inyes", "Disable").message(); got != "bob may sign in again." {
		t.Errorf("the message is %q", got)
	}
	ann.post("/admin/users/1/active/").leadsTo(t, "/admin/users/1/")
	if got := ann.get("/admin/users/1/").want(t, http.StatusOK).message(); !strings.HasPrefix(got, "You cannot disable yourself") {
		t.Errorf("the message is %q", got)
	}
}

func TestAnotherPasswordSignsAUserOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := w.signedIn()
	bob := w.user("bob")
	his := w.browserOf(bob)
	path := fmt.Sprintf("/admin/users/%d/", bob.ID)
	ann.post(path+"password/", "password", another, "repeat", "x").want(t, http.StatusUnprocessableEntity).says(t, "The two passwords are not the same.")
	ann.post(path+"password/", "password", "short", "repeat", "short").want(t, http.StatusUnprocessableEntity).says(t, "Please take at least 8 characters.", "bob")
	his.get("/admin/").want(t, http.StatusOK)
	ann.post(path+"password/", "password", another, "repeat", another).leadsTo(t, path)
	if got := ann.get(path).message(); got != "bob has another password, and was signed out everywhere." {
		t.Errorf("the message is %q", got)
	}
	his.get("/admin/").leadsTo(t, "/admin/login/")
	if hash := must(w.FindUser(t.Context(), bob.ID)).Password; !hash.Matches(another) {
		t.Error("the password is another")
	}
	before := must(w.FindUser(t.Context(), 1)).Password
	ann.post("/admin/users/1/password/", "password", another, "repeat", another).leadsTo(t, "/admin/password/")
	if after := must(w.FindUser(t.Context(), 1)).Password; after != before {
		t.Error("one's own password is changed without the old one")
	}
}

func TestUsersAreListedInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	for i := range 120 {
		w.user(fmt.Sprintf("user%d", i))
	}
	if _, err := w.AddUser(t.Context(), account.User{Name: "django", Active: true}); err != nil {
		t.Fatal(err)
	}
	var shown []string
	next := "/admin/users/"
	for parts := 1; next != ""; parts++ {
		got := b.get(next).want(t, http.StatusOK)
		shown = append(shown, listed(got)...)
		if (parts == 1) != (got.page.link("The first ones") == "") {
			t.Errorf("part %d leads back to %q", parts, got.page.link("The first ones"))
		}
		next = got.page.link("More")
	}
	if len(shown) != 122 || len(slices.Compact(slices.Sorted(slices.Values(shown)))) != 122 {
		t.Errorf("%d users are shown, want each of 122 once", len(shown))
	}
	b.get("/admin/users/122/").want(t, http.StatusOK).says(t, "Only superusers sign in here, and this user is none.", "E-mailnone")
	b.get("/admin/users/?after=999").want(t, http.StatusOK)
}
