package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func TestAMessageIsShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	b.post("/admin/persons/add/", "name", "Eve <b>&\"'", "age", "20").leadsTo(t, "/admin/persons/")
	if got, want := b.get("/admin/persons/").message(), "Eve <b>&\"' was added, with the ID 1."; got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
	if got := b.get("/admin/persons/").message(); got != "" {
		t.Errorf("the message comes again: %q", got)
	}
	if _, kept := b.cookies[flashCookie]; kept {
		t.Error("the browser keeps the message")
	}
}

func TestAMessageThatSomebodyElseMadeIsNotShown(t *testing.T) {
	t.Parallel()
	elsewhere := newWorld(t, func(w *world) { w.config.Secret = []byte("another secret") })
	other := elsewhere.signedIn()
	other.post("/admin/persons/selected/").leadsTo(t, "/admin/persons/")
	w := newWorld(t)
	b := w.signedIn()
	foreign := other.cookies[flashCookie]
	b.post("/admin/persons/selected/").leadsTo(t, "/admin/persons/")
	own := b.cookies[flashCookie]
	for _, forged := range []string{foreign, own[:len(own)-2], own + "AA", "A" + own[1:], own[:43], own[:42], "", "====", strings.ToUpper(own)} {
		b.cookies[flashCookie] = forged
		if got := b.get("/admin/persons/").message(); got != "" {
			t.Errorf("a message that was made elsewhere is shown: %q", got)
		}
	}
	b.cookies[flashCookie] = own
	if got := b.get("/admin/persons/").message(); got == "" {
		t.Error("the message is not shown as it came")
	}
	for _, secretless := range []string{"", "again"} {
		w := newWorld(t, func(w *world) { w.config.Secret = nil })
		b := w.signedIn()
		b.post("/admin/persons/selected/")
		if got := b.get("/admin/persons/").message(); got == "" {
			t.Errorf("a site that makes up its secret knows no message of its own %s", secretless)
		}
	}
}

func TestLongMessagesFitIntoACookie(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"emoji": strings.Repeat("😀", 5000), "markup": strings.Repeat("<", 20000), "controls": strings.Repeat("\x01", 20000), "no text": strings.Repeat("\xff", 20000), "quotes": strings.Repeat(`"\`, 9999), "a little": "ä",
	} {
		w := newWorld(t, guardAll(func(call string, _ bool) error {
			if call == "Selected" {
				return &domain.Error{Code: domain.CodePrecondition, Message: text}
			}
			return nil
		}))
		b := w.signedIn()
		b.post("/admin/persons/selected/", "action", "delete", "id", "1").leadsTo(t, "/admin/persons/") // the browser checks the size
		if cookie := b.cookies[flashCookie]; cookie == "" || len(cookie) > 4000 {
			t.Errorf("%s: the cookie has %d bytes", name, len(cookie))
		}
		if name == "controls" || name == "no text" {
			continue // what a browser shows of these is its own matter
		}
		if got := b.get("/admin/persons/").message(); got == "" || !strings.HasPrefix(strings.ToUpper(text), strings.ToUpper(string([]rune(got)[0]))) {
			t.Errorf("%s: the message is %.20q", name, got)
		}
	}
	w := newWorld(t)
	b := w.signedIn()
	long := strings.Repeat("😀", 255)
	b.post("/admin/persons/add/", "name", long, "age", "1").leadsTo(t, "/admin/persons/")
	if got := b.get("/admin/persons/").want(t, http.StatusOK).message(); got != long+" was added, with the ID 1." {
		t.Errorf("a name of 255 emoji becomes %q", got)
	}
}
