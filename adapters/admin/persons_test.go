package admin_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// listed returns the names in the list.
func listed(a answer) []string {
	var names []string
	for _, cell := range a.page.all("td") {
		if cell.attr["class"] == "name" {
			names = append(names, cell.text())
		}
	}
	return names
}

func numbered(numbers ...int) []string {
	var names []string
	for _, number := range numbers {
		names = append(names, fmt.Sprintf("Person %d", number))
	}
	return names
}

func TestTheListIsPagedSearchedAndSorted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	b.get("/admin/persons/").want(t, http.StatusOK).says(t, "0 persons", "Nobody is here yet.", "Add the first person")
	w.persons(35)
	for query, want := range map[string][]string{
		"":                       numbered(34, 33, 32, 31, 30, 29, 28, 27, 26, 25),
		"?p=4":                   numbered(4, 3, 2, 1, 0),
		"?p=-1":                  numbered(4, 3, 2, 1, 0),
		"?q=pERSON 1":            numbered(19, 18, 17, 16, 15, 14, 13, 12, 11, 10),
		"?q=pERSON 1&p=2":        numbered(1),
		"?min=3&max=5":           numbered(5, 4, 3),
		"?min=34":                numbered(34),
		"?max=0":                 numbered(0),
		"?min=x&max=1":           nil, // never more than were looked for
		"?q=person 1&max=1":      numbered(1),
		"?q=nobody":              nil,
		"?o=age":                 numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
		"?o=-name":               numbered(9, 8, 7, 6, 5, 4, 34, 33, 32, 31),
		"?o=id&p=2":              numbered(10, 11, 12, 13, 14, 15, 16, 17, 18, 19),
		"?o=evil,-age,age,%00&x": numbered(34, 33, 32, 31, 30, 29, 28, 27, 26, 25),
	} {
		target := "/admin/persons/" + strings.ReplaceAll(query, " ", "+")
		if got := listed(b.get(target).want(t, http.StatusOK)); !slices.Equal(got, want) {
			t.Errorf("%s shows %q, want %q", query, got, want)
		}
		part := b.part(target).want(t, http.StatusOK)
		if got := listed(part); !slices.Equal(got, want) {
			t.Errorf("%s shows %q as a part, want %q", query, got, want)
		}
		if len(part.page.children) != 1 || part.page.children[0].attr["id"] != "results" {
			t.Errorf("%s as a part begins with %.60q, want the element that it takes the place of", query, part.body)
		}
		if pushed := part.header.Get("HX-Push-Url"); !slices.Equal(listed(b.get(pushed)), want) {
			t.Errorf("%s has the address %q, which shows something else", query, pushed)
		}
	}
	b.get("/admin/persons/?p=99").leadsTo(t, "/admin/persons/")
	b.get("/admin/persons/?p=3&q=Person+1&o=age").leadsTo(t, "/admin/persons/?o=age&q=Person+1")
	b.get("/admin/persons/?q=nobody").says(t, "Nobody was found.")
	b.get("/admin/persons/?p=2").says(t, "35 persons", "11 to 20 of 35")
	if link := b.get("/admin/persons/?q=Person+1").page.link("Show all"); link != "/admin/persons/" {
		t.Errorf("Show all leads to %q", link)
	}
}

func TestGoingBackShowsAWholePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := httptest.NewRequest(http.MethodGet, "/admin/persons/", http.NoBody)
	request.Header.Set("HX-Request", "true")
	request.Header.Set("HX-Request-Type", "full")
	request.Header.Set("HX-History-Restore-Request", "true")
	got := w.signedIn().do(request).want(t, http.StatusOK)
	if !strings.HasPrefix(got.body, "<!doctype html>") || got.header.Get("HX-Push-Url") != "" {
		t.Errorf("got %.40q and HX-Push-Url %q: htmx puts this in the place of all of the page", got.body, got.header.Get("HX-Push-Url"))
	}
}

func TestColumnsAddTurnAndRemoveAnOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		order          string
		places         []int
		toggle, remove []string
	}{
		{"", []int{0, 0, 0}, []string{"id", "name", "age"}, []string{"-", "-", "-"}},
		{"name", []int{0, 1, 0}, []string{"id,name", "-name", "age,name"}, []string{"-", "", "-"}},
		{"-age,name", []int{0, 2, 1}, []string{"id,-age,name", "-age,-name", "age,name"}, []string{"-", "-age", "name"}},
		{"id,name,-age", []int{1, 2, 3}, []string{"-id,name,-age", "id,-name,-age", "id,name,age"}, []string{"name,-age", "id,-age", "id,name"}},
	} {
		query := admin.ReadListQuery(url.Values{"o": {c.order}, "q": {"x"}, "p": {"3"}, "before": {"9"}})
		for i, column := range query.Columns() {
			if column.Place != c.places[i] {
				t.Errorf("%q, %s: place %d, want %d", c.order, column.Title, column.Place, c.places[i])
			}
			checkOrder(t, c.order+" "+column.Title+" toggled", column.Toggle, c.toggle[i])
			if (column.Remove == "") != (c.remove[i] == "-") {
				t.Errorf("%q, %s: remove is %q", c.order, column.Title, column.Remove)
			}
			if column.Remove != "" {
				checkOrder(t, c.order+" "+column.Title+" removed", column.Remove, c.remove[i])
			}
		}
	}
}

func checkOrder(t *testing.T, what, href, want string) {
	t.Helper()
	address := must(url.Parse(href))
	values := address.Query()
	if address.Path != "/admin/persons/" || values.Get("o") != want || values.Get("q") != "x" || values.Get("before") != "9" || values.Has("p") {
		t.Errorf("%s: %q, want the order %q, the same search, and the first page", what, href, want)
	}
}

func TestThePagerLeadsToEveryPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.persons(95)
	b := w.signedIn()
	page := b.get("/admin/persons/?o=age&p=5").want(t, http.StatusOK).page
	for text, want := range map[string]string{
		"Page before": "/admin/persons/?o=age&p=4", "Next page": "/admin/persons/?o=age&p=6", "Page 1": "/admin/persons/?o=age", "Page 3": "/admin/persons/?o=age&p=3", "Page 10": "/admin/persons/?o=age&p=10", "Page 5": "", "Page 8": "",
	} {
		if got := page.link(text); got != want {
			t.Errorf("%s leads to %q, want %q", text, got, want)
		}
	}
	var jump []string
	for _, form := range page.all("form") {
		if form.attr["class"] == "jump" {
			jump = append(form.hidden(), form.field("p").attr["max"])
		}
	}
	if !slices.Equal(jump, []string{"o", "age", "10"}) {
		t.Errorf("the jump sends %q, want the order, and takes pages up to 10", jump)
	}
	seen := map[string]bool{}
	next := "/admin/persons/?o=-name"
	for pages := 0; next != "" && pages < 20; pages++ {
		got := b.get(next).want(t, http.StatusOK)
		for _, name := range listed(got) {
			if seen[name] {
				t.Errorf("%s is on two pages", name)
			}
			seen[name] = true
		}
		next = got.page.link("Next page")
	}
	if len(seen) != 95 {
		t.Errorf("going on from page to page shows %d persons, want 95", len(seen))
	}
}

func TestPagesShownAreTheEndsAndThoseAround(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		pages := 1 + random.Int64N(60)
		number := 1 + random.Int64N(pages)
		var want []int64
		for page := int64(1); page <= pages; page++ {
			if page == 1 || page == pages || max(page-number, number-page) <= 2 {
				want = append(want, page)
			}
		}
		if got := admin.PagesShown(number, pages); !slices.Equal(got, want) {
			t.Fatalf("page %d of %d shows %v, want %v", number, pages, got, want)
		}
	}
	for _, number := range []int64{1, 2, 3, 4, 1 << 40, 1<<62 - 3, 1<<62 - 2, 1<<62 - 1, 1 << 62} {
		if got := admin.PagesShown(number, 1<<62); len(got) > 7 || got[0] != 1 || got[len(got)-1] != 1<<62 || !slices.Contains(got, number) {
			t.Errorf("page %d of very many shows %v", number, got)
		}
	}
}

func TestASearchThatStopsGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.persons(250)
	b := w.signedIn()
	first := b.get("/admin/persons/?q=person").want(t, http.StatusOK).says(t, "100 persons found among 100 looked at", "it stopped before ID 151")
	on := first.page.link("Go on with older persons")
	if on != "/admin/persons/?before=151&q=person" {
		t.Fatalf("it goes on at %q", on)
	}
	second := b.get(on).want(t, http.StatusOK).says(t, "it stopped before ID 51")
	if back := second.page.link("Back to the latest"); back != "/admin/persons/?q=person" {
		t.Errorf("it goes back to %q", back)
	}
	if got := listed(second)[0]; got != "Person 149" {
		t.Errorf("it goes on with %q, want Person 149", got)
	}
	third := b.get(second.page.link("Go on with older persons")).want(t, http.StatusOK).says(t, "50 persons found", "These are the oldest persons.")
	if more := third.page.link("Go on with older persons"); more != "" {
		t.Errorf("the last part goes on to %q", more)
	}
}

var names = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='x`, "</title></textarea></style><script>", "{{.}} ${x} <!-- ]]>", "\u202eevil\u2066", strings.Repeat("😀", 255), "a&amp;b&lt;", "javascript:alert(1)", "é\u0301 中文 \u202e", "a\\b`c`",
}

func TestNamesAreTextEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	b.header.Set("Sec-Fetch-Site", "same-origin")
	for _, name := range names {
		b.post("/admin/persons/add/", "name", name, "age", "7", "then", "stay").want(t, http.StatusSeeOther)
		b.get("/admin/").says(t, strings.Join(strings.Fields(name), " "))
	}
	list := append(listed(b.get("/admin/persons/?p=2")), listed(b.get("/admin/persons/"))...)
	for i, name := range names {
		path := fmt.Sprintf("/admin/persons/%d/", i+1)
		if !slices.Contains(list, strings.Join(strings.Fields(name), " ")) {
			t.Errorf("the list shows %q, and not %q", list, name)
		}
		if got := b.get(path).want(t, http.StatusOK).page.field("name").attr["value"]; got != name {
			t.Errorf("the form shows %q, want %q", got, name)
		}
		shown := strings.Join(strings.Fields(name), " ")
		b.get(path+"delete/").want(t, http.StatusOK).says(t, shown)
		b.get(path+"history/").want(t, http.StatusOK).says(t, shown)
		b.get("/admin/history/").says(t, shown)
		b.post("/admin/persons/selected/", "action", "delete", "id", strconv.Itoa(i+1)).want(t, http.StatusOK).says(t, shown)
		b.post(path, "name", name+"!", "age", "x").want(t, http.StatusUnprocessableEntity)
		b.post(path+"delete/", confirm(b.get(path+"delete/"))...).leadsTo(t, "/admin/persons/")
		if got := b.get("/admin/persons/").message(); got != shown+" was deleted." {
			t.Errorf("the message is %q, want of %q", got, name)
		}
		search := b.get("/admin/persons/?q="+url.QueryEscape(name)).want(t, http.StatusOK)
		if got := search.page.field("q").attr["value"]; got != name {
			t.Errorf("the search shows %q, want %q", got, name)
		}
	}
	evil := w.user(`<b>"evil"</b>`)
	by := w.browserOf(evil)
	by.post("/admin/persons/add/", "name", "Eve", "age", "1")
	by.get("/admin/history/").want(t, http.StatusOK).says(t, `by <b>"evil"</b>, admin`)
	by.get("/admin/users/").says(t, `<b>"evil"</b>`)
	b.get(fmt.Sprintf("/admin/users/%d/", evil.ID)).want(t, http.StatusOK).says(t, `<b>"evil"</b>`)
}

func TestAPersonIsAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	for then, to := range map[string]string{"list": "/admin/persons/", "": "/admin/persons/", "another": "/admin/persons/add/"} {
		b.post("/admin/persons/add/", "name", " Eve ", "age", " 20 ", "then", then).leadsTo(t, to)
	}
	b.post("/admin/persons/add/", "name", "Stay", "age", "21", "then", "stay").leadsTo(t, "/admin/persons/4/")
	if got := must(w.Find(t.Context(), 4)); got.Name() != "Stay" || got.Age() != 21 {
		t.Errorf("saved %v", got)
	}
	change := must(w.Changes(t.Context(), domain.ChangesQuery{Size: 1}))[0]
	if change.Origin != (domain.Origin{Via: domain.ViaAdmin, Who: "ann"}) {
		t.Errorf("done by %+v, want by ann", change.Origin)
	}
	for _, c := range []struct{ name, age, says string }{
		{"", "1", "Please fill this in."}, {"x", "", "Please fill this in."}, {"x", "old", "Please give a whole number."}, {"x", "1.5", "Please give a whole number."}, {"x", "-1", "The least number is 0."},
		{"x", "2147483648", "The greatest number is 2147483647."}, {"x", "99999999999999999999", "Please give a whole number."}, {strings.Repeat("ä", 256), "1", "At most 255 characters fit here."}, {"a\x00b", "1", "This holds a character that is no text."}, {"a\xff", "1", "This is not valid text."},
	} {
		got := b.post("/admin/persons/add/", "name", c.name, "age", c.age).want(t, http.StatusUnprocessableEntity).says(t, c.says)
		if shown := got.page.field("age").attr["value"]; shown != c.age {
			t.Errorf("age %q is shown as %q", c.age, shown)
		}
		if shown := got.page.field("name").attr["value"]; shown != c.name && c.name != "a\x00b" && c.name != "a\xff" {
			t.Errorf("name %q is shown as %q", c.name, shown)
		}
	}
	if got := must(w.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})).Total; got != 4 {
		t.Errorf("%d persons, want 4: what is wrong is not saved", got)
	}
}

// resend returns the fields of the form of a person as a browser sends them that was given others for some.
func resend(a answer, changed ...string) url.Values {
	form := pairs(a.page.hidden()...)
	for _, name := range []string{"name", "age"} {
		form.Set(name, strings.NewReplacer("\r", "", "\n", "").Replace(a.page.field(name).attr["value"]))
	}
	for name, values := range pairs(changed...) {
		form[name] = values
	}
	for _, values := range form { // as the URL standard has it
		for i := range values {
			values[i] = strings.ReplaceAll(strings.ReplaceAll(values[i], "\r\n", "\n"), "\n", "\r\n")
		}
	}
	return form
}

func TestAPersonIsChangedUnlessSomebodyElseWasFaster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person("Eve", 20)
	b := w.signedIn()
	mine, theirs := b.get("/admin/persons/1/"), b.get("/admin/persons/1/")
	b.postForm("/admin/persons/1/", resend(theirs, "name", "Theirs", "then", "stay")).leadsTo(t, "/admin/persons/1/")
	conflict := b.postForm("/admin/persons/1/", resend(mine, "name", "Mine", "age", "22")).want(t, http.StatusConflict)
	conflict.says(t, "Somebody else has changed this person meanwhile: the name is now Theirs, the age 20.")
	if conflict.page.field("name").attr["value"] != "Mine" || conflict.page.field("age").attr["value"] != "22" {
		t.Error("what was typed is lost")
	}
	if got := must(w.Find(t.Context(), 1)); got.Name() != "Theirs" {
		t.Errorf("saved %v over somebody else's change", got)
	}
	b.postForm("/admin/persons/1/", resend(conflict, "then", "another")).leadsTo(t, "/admin/persons/add/")
	if got := must(w.Find(t.Context(), 1)); got.Name() != "Mine" || got.Age() != 22 {
		t.Errorf("saved %v, want what was typed, once the other is known", got)
	}
	wrong := b.postForm("/admin/persons/1/", resend(b.get("/admin/persons/1/"), "age", "x")).want(t, http.StatusUnprocessableEntity)
	b.postForm("/admin/persons/1/", resend(wrong, "age", "23")).leadsTo(t, "/admin/persons/")
	form := b.get("/admin/persons/1/")
	b.post("/admin/persons/1/", "name", "Eve", "age", "1").want(t, http.StatusConflict)
	b.post("/admin/persons/1/delete/", confirm(b.get("/admin/persons/1/delete/"))...).leadsTo(t, "/admin/persons/")
	b.postForm("/admin/persons/1/", resend(form)).want(t, http.StatusNotFound)
}

func TestAPersonIsDeletedUnlessSomebodyElseWasFaster(t *testing.T) {
	t.Parallel()
	var w *world
	faster := 0
	w = newWorld(t, guardAll(func(call string, _ bool) error {
		if call == "Registry.Delete" && faster > 0 {
			must(w.Replace(t.Context(), 1, must(domain.NewDraft("Faster", int64(faster)))))
			faster--
		}
		return nil
	}))
	w.person("Eve", 20)
	b := w.signedIn()
	const path = "/admin/persons/1/delete/"
	ask := b.get(path).want(t, http.StatusOK).saysNot(t, "meanwhile")
	must(w.Replace(t.Context(), 1, must(domain.NewDraft("Theirs", 20))))
	again := b.post(path, confirm(ask)...).want(t, http.StatusConflict).says(t, "Somebody else has changed this person meanwhile. Nobody was deleted.", "Delete Theirs?")
	faster = 1
	again = b.post(path, confirm(again)...).want(t, http.StatusConflict).says(t, "Delete Faster?")
	if w.total() != 1 {
		t.Fatal("the person was deleted as somebody who was not shown")
	}
	b.post(path).want(t, http.StatusConflict)
	b.post(path, confirm(again)...).leadsTo(t, "/admin/persons/")
	if got := b.get("/admin/persons/").message(); got != "Faster was deleted." || w.total() != 0 {
		t.Errorf("%q, and %d persons are left", got, w.total())
	}
	b.post(path, confirm(again)...).want(t, http.StatusNotFound)
}

func TestAPersonIsChangedAtTheMomentOfTheChange(t *testing.T) {
	t.Parallel()
	var w *world
	w = newWorld(t, guardAll(func(call string, _ bool) error {
		if call == "Replace" { // somebody is faster still
			must(w.Replace(t.Context(), 1, must(domain.NewDraft("Faster", 3))))
		}
		return nil
	}))
	w.person("Eve", 20)
	b := w.signedIn()
	b.postForm("/admin/persons/1/", resend(b.get("/admin/persons/1/"), "name", "Mine")).want(t, http.StatusConflict).says(t, "Faster")
	if got := must(w.Find(t.Context(), 1)); got.Name() != "Faster" {
		t.Errorf("saved %v over somebody else's change", got)
	}
}

func TestANameWithLineBreaksOutlivesTheForm(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a\nb", "a\r\nb", "a\rb", "a\n\n\nb c", "a\tb", "a\u2028b", "a\n\r \n b"} {
		w := newWorld(t)
		w.person(name, 20)
		b := w.signedIn()
		b.postForm("/admin/persons/1/", resend(b.get("/admin/persons/1/"), "age", "21")).leadsTo(t, "/admin/persons/")
		if got := must(w.Find(t.Context(), 1)); got.Name() != name || got.Age() != 21 {
			t.Errorf("%q of the age 20 became %q of the age %d, want the same name and 21", name, got.Name(), got.Age())
		}
		b.postForm("/admin/persons/1/", resend(b.get("/admin/persons/1/"), "name", "other")).leadsTo(t, "/admin/persons/")
		if got := must(w.Find(t.Context(), 1)); got.Name() != "other" {
			t.Errorf("%q became %q, want another name", name, got.Name())
		}
	}
}

func TestTheLongestNamesCanBeTyped(t *testing.T) {
	t.Parallel()
	b := newWorld(t).signedIn()
	for path, c := range map[string][2]string{"/admin/persons/add/": {"name", strings.Repeat("😀", domain.MaxNameLength)}, "/admin/users/add/": {"username", strings.Repeat("𝒳", account.MaxName)}} {
		most := must(strconv.Atoi(b.get(path).page.field(c[0]).attr["maxlength"]))
		if units := len(utf16.Encode([]rune(c[1]))); units > most {
			t.Errorf("%s: browsers count %d units of UTF-16, and cut at %d", path, units, most)
		}
	}
}

func TestARowThatAnOlderProgramWroteIsShownAndMended(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.useCases.Registry = oldRows{w.useCases.Registry} })
	w.person("x", 1)
	b := w.signedIn()
	b.get("/admin/persons/1/").want(t, http.StatusOK)
	b.get("/admin/persons/1/delete/").want(t, http.StatusOK)
}

func TestRoundTripsOfAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"q=a+b&min=3&max=5&o=-name,id&p=7&before=12", "p=-1", "", "q=%00%ff"} {
		values := must(url.ParseQuery(address))
		if got := admin.ReadListQuery(values).Values(); !reflect.DeepEqual(got, values) {
			t.Errorf("%q becomes %q", address, got.Encode())
		}
	}
}

func FuzzReadListQuery(f *testing.F) {
	for _, address := range append(strange, "?q=a+b&min=3&max=5&o=-name,id&p=7&before=12", "?q=+a+&min=+5&max=٣&o=--id", fmt.Sprint("?p=", math.MaxInt64, "&before=", math.MinInt64)) {
		f.Add(strings.TrimPrefix(address, "?"))
	}
	f.Fuzz(func(t *testing.T, address string) {
		values, _ := url.ParseQuery(address)
		query := admin.ReadListQuery(values)
		again := admin.ReadListQuery(query.Values())
		if !reflect.DeepEqual(again, query) {
			t.Errorf("%q is read as %+v, and its address %q as %+v", address, query, query.Values().Encode(), again)
		}
		if query.Number < 1 && query.Number != domain.LastPage {
			t.Errorf("%q asks for page %d", address, query.Number)
		}
		for _, column := range query.Columns() {
			for _, href := range []string{column.Toggle, column.Remove} {
				if href != "" && (!strings.HasPrefix(href, "/admin/persons/") || strings.ContainsAny(href, "\r\n\x00<>\" ")) {
					t.Errorf("%q leads to %q", address, href)
				}
			}
		}
	})
}

// What is left of a filter that cannot be read would find more persons than somebody looks for.
func TestAnAgeThatIsNoNumberFindsNobodyAndSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.persons(5)
	for _, query := range []string{"?min=1.5", "?max=1e1", "?min=3+years", "?max=99999999999999999999", "?min=0&max=-"} {
		got := w.signedIn().get("/admin/persons/"+query).want(t, http.StatusOK)
		got.says(t, "0 persons found", "Please give a whole number.").saysNot(t, "Pick all")
	}
	w.signedIn().get("/admin/persons/?min=2&max=3").want(t, http.StatusOK).says(t, "2 persons found").saysNot(t, "whole number")
}

// Anybody may send the form of signing in, very many at once.
func TestFormsAreNoLargerThanTheyNeedBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().post("/admin/login/", "username", "ann", "password", strings.Repeat("x", 16<<10)).want(t, http.StatusRequestEntityTooLarge)
	w.signedIn().post("/admin/persons/add/", "name", strings.Repeat("x", 64<<10)).want(t, http.StatusRequestEntityTooLarge)
	w.signedIn().post("/admin/persons/add/", "name", strings.Repeat("x", 32<<10)).want(t, http.StatusUnprocessableEntity)
}
