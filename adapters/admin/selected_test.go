package admin_test

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

// pick returns the fields of the list's form as a browser sends it.
func pick(a answer, more ...string) []string {
	for _, form := range a.page.all("form") {
		if form.attr["class"] == "list" {
			return append(form.hidden(), more...)
		}
	}
	return more
}

// total returns how many persons there are.
func (w *world) total() int64 {
	w.tb.Helper()
	return must(w.Page(w.tb.Context(), domain.PageQuery{Number: 1, Size: 1})).Total
}

func TestPersonsPickedAreNamedAndThenDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.persons(30)
	b := w.signedIn()
	list := b.get("/admin/persons/?q=Person+2&o=age")
	ask := b.post("/admin/persons/selected/", pick(list, "id", "3", "id", "21", "id", "3", "id", "x", "id", "-1", "id", "999", "action", "delete")...).want(t, http.StatusOK)
	ask.says(t, "Delete 2 persons?", "Person 2, 2 ID 3", "Person 20, 20 ID 21").saysNot(t, "Person 22")
	if w.total() != 30 {
		t.Fatalf("%d persons: somebody was deleted before it was confirmed", w.total())
	}
	if back := ask.page.link("Keep them"); back != "/admin/persons/?o=age&q=Person+2" {
		t.Errorf("back leads to %q", back)
	}
	b.post("/admin/persons/selected/", confirm(ask)...).leadsTo(t, "/admin/persons/?o=age&q=Person+2")
	if got := b.get("/admin/persons/?q=Person+2&o=age"); got.message() != "2 persons were deleted." || w.total() != 28 {
		t.Errorf("%q, and %d persons are left", got.message(), w.total())
	}
	b.post("/admin/persons/selected/", confirm(ask)...).leadsTo(t, "/admin/persons/?o=age&q=Person+2")
	if got := b.get("/admin/persons/"); got.message() != "0 persons were deleted." || w.total() != 28 {
		t.Errorf("%q, and %d persons are left", got.message(), w.total())
	}
	b.post("/admin/persons/selected/", "id", "3", "action", "delete").leadsTo(t, "/admin/persons/")
	if got := b.get("/admin/persons/").message(); got != "Whom you picked is not there any more." {
		t.Errorf("the message is %q", got)
	}
	one := b.post("/admin/persons/selected/", "id", "5", "action", "delete").want(t, http.StatusOK).says(t, "Delete 1 person?")
	b.post("/admin/persons/selected/", confirm(one)...)
	if got := b.get("/admin/persons/").message(); got != "1 person was deleted." {
		t.Errorf("the message is %q", got)
	}
}

// confirm returns what the button of a question sends.
func confirm(a answer) []string {
	for _, form := range a.page.all("form") {
		if form.attr["class"] == "buttons" {
			return form.hidden()
		}
	}
	return nil
}

func TestWithoutAPickOrAnActionNothingIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.persons(3)
	b := w.signedIn()
	for want, fields := range map[string][]string{
		"Please choose what to do with the persons you picked.":  {"id", "1", "q", "x"},
		"Please choose what to do with the persons you picked. ": {"id", "1", "q", "x", "action", "evil", "confirmed", "yes"},
		"Please pick somebody first.":                            {"q", "x", "action", "delete", "confirmed", "yes"},
		"Please pick somebody first. ":                           {"q", "x", "action", "export", "id", "x"},
	} {
		b.post("/admin/persons/selected/", fields...).leadsTo(t, "/admin/persons/?q=x")
		if got := b.get("/admin/persons/").message(); got != strings.TrimSpace(want) || w.total() != 3 {
			t.Errorf("%v: %q, and %d persons", fields, got, w.total())
		}
	}
}

func TestAllThatWereShownArePicked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.persons(60)
	b := w.signedIn()
	list := b.get("/admin/persons/?min=10&max=39")
	if all := list.page.field("all"); all == nil {
		t.Fatal("all cannot be picked")
	}
	ask := b.post("/admin/persons/selected/", pick(list, "all", "1", "id", "60", "action", "delete")...).want(t, http.StatusOK).says(t, "Delete 30 persons?", "and 10 more", "Person 39, 39")
	w.person("Late", 20)
	if err := w.Delete(t.Context(), 21); err != nil {
		t.Fatal(err)
	}
	b.post("/admin/persons/selected/", confirm(ask)...).leadsTo(t, "/admin/persons/?max=39&min=10")
	if got := b.get("/admin/persons/").message(); got != "There were 30 persons to pick, and now there are 29. Nobody was deleted." || w.total() != 60 {
		t.Errorf("%q, and %d persons", got, w.total())
	}
	b.post("/admin/persons/selected/", pick(list, "all", "1", "action", "export")...).leadsTo(t, "/admin/persons/?max=39&min=10")
	if got := b.get("/admin/persons/").message(); got != "There were 30 persons to pick, and now there are 29. Nothing was done." {
		t.Errorf("the message is %q", got)
	}
	b.post("/admin/persons/export/", confirm(ask)...).leadsTo(t, "/admin/persons/?max=39&min=10")
	if got := b.get("/admin/persons/").message(); got != "There were 30 persons to pick, and now there are 29. Nothing was exported." {
		t.Errorf("the message is %q", got)
	}
	ask = b.post("/admin/persons/selected/", pick(b.get("/admin/persons/?min=10&max=39"), "all", "1", "action", "delete")...).want(t, http.StatusOK)
	w.person("Later", 20)
	b.post("/admin/persons/selected/", confirm(ask)...)
	if w.total() != 31 {
		t.Errorf("%d persons are left, want 31: who came after the question stays", w.total())
	}
	w.persons(100)
	if all := b.get("/admin/persons/").page.field("all"); all != nil {
		t.Error("131 persons can be picked at once, and 100 are looked at")
	}
	b.post("/admin/persons/selected/", "all", "1", "count", "131", "action", "delete", "confirmed", "yes").leadsTo(t, "/admin/persons/")
	if got := b.get("/admin/persons/").message(); got != "More than 100 persons cannot be picked at once. Nobody was deleted." || w.total() != 131 {
		t.Errorf("%q, and %d persons", got, w.total())
	}
}

func TestADeletionThatBreaksOffSaysHowFarItCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.useCases.Browser = halfway{w.useCases.Browser} })
	b := w.signedIn()
	b.post("/admin/persons/selected/", "id", "1", "action", "delete", "confirmed", "yes").leadsTo(t, "/admin/persons/")
	if got := b.get("/admin/persons/").message(); got != "1,500 persons were deleted, and then it went wrong: What went wrong <b>." {
		t.Errorf("the message is %q", got)
	}
}

func TestPersonsAreExported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.persons(30)
	b := w.signedIn()
	list := b.get("/admin/persons/?q=Person+2&o=-age")
	for text, want := range map[string][2]string{
		"Export all as CSV": {"text/csv; charset=utf-8", "persons.csv"}, "as NDJSON": {"application/x-ndjson", "persons.ndjson"},
	} {
		got := b.get(list.page.link(text)).want(t, http.StatusOK)
		if got.header.Get("Content-Type") != want[0] || got.header.Get("Content-Disposition") != `attachment; filename="`+want[1]+`"` || got.header.Get("X-Accel") != "" {
			t.Errorf("%s: %v", text, got.header)
		}
		if count := strings.Count(got.body, "Person 2"); count != 11 || strings.Contains(got.body, "Person 1") {
			t.Errorf("%s holds %d of those found, want 11 and nobody else:\n%s", text, count, got.body)
		}
		head := ask(b, http.MethodHead, list.page.link(text))
		if head.body != "" || head.header.Get("Content-Disposition") == "" {
			t.Errorf("HEAD: %d bytes, %v", len(head.body), head.header)
		}
	}
	ask := b.post("/admin/persons/selected/", pick(list, "id", "3", "id", "21", "action", "export")...).want(t, http.StatusOK).says(t, "Export 2 persons")
	for format, want := range map[string]string{"csv": "id,name,age\n3,Person 2,2\n21,Person 20,20\n", "ndjson": "{\"id\":3,\"name\":\"Person 2\",\"age\":2}\n{\"id\":21,\"name\":\"Person 20\",\"age\":20}\n"} {
		got := b.post("/admin/persons/export/", append(confirm(ask), "format", format)...).want(t, http.StatusOK)
		if strings.ReplaceAll(got.body, "\r", "") != want {
			t.Errorf("%s: %q, want %q", format, got.body, want)
		}
	}
	for _, format := range []string{"x", "csv\"\r\nX: y", "../csv"} {
		if got := b.post("/admin/persons/export/", "id", "3", "format", format).want(t, http.StatusBadRequest); got.header.Get("Content-Disposition") != "" {
			t.Errorf("format %q: %v", format, got.header)
		}
	}
	before := b.get("/admin/persons/export/?before=3&format=ndjson").body
	if strings.Count(before, "\n") != 2 {
		t.Errorf("before 3 there are %q, want two", before)
	}
	var ids []string
	for i := range 30 {
		ids = append(ids, "id", strconv.Itoa(i+1))
	}
	all := b.post("/admin/persons/export/", slices.Concat(ids, []string{"format", "csv"})...).want(t, http.StatusOK)
	for i := range 30 {
		if !strings.Contains(all.body, fmt.Sprintf("Person %d,", i)) {
			t.Errorf("person %d is missing", i)
		}
	}
}

func TestAnExportThatFailsLaterIsBrokenOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.useCases.Exporter = brokenOff{} })
	b := w.signedIn()
	defer func() {
		if got := recover(); got != http.ErrAbortHandler { //nolint:errorlint // a panic is compared as net/http does
			t.Errorf("got %v, want the connection to be broken off: half a file must not look like a whole one", got)
		}
	}()
	b.get("/admin/persons/export/")
}

// waitingExporter is an exporter whose clients take nothing.
type waitingExporter struct{ begun, end chan struct{} }

func (e waitingExporter) ExportOf(string, iter.Seq2[domain.Person, error], io.Writer) (int64, error) {
	e.begun <- struct{}{}
	<-e.end
	return 0, nil
}

func TestSoManyFilesAreSentAtOnce(t *testing.T) {
	t.Parallel()
	exporter := waitingExporter{make(chan struct{}), make(chan struct{})}
	w := newWorld(t, func(w *world) { w.useCases.Exporter = exporter })
	b := w.signedIn()
	var sending sync.WaitGroup
	for range 8 {
		one := w.browser()
		one.cookies = maps.Clone(b.cookies)
		sending.Go(func() { one.get("/admin/persons/export/") })
		<-exporter.begun
	}
	b.get("/admin/persons/export/").want(t, http.StatusServiceUnavailable).says(t, "Too many files are being made")
	close(exporter.end)
	sending.Wait()
	again := make(chan struct{})
	go func() { defer close(again); b.get("/admin/persons/export/").want(t, http.StatusOK) }()
	<-exporter.begun
	<-again
}
