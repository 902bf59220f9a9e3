package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lines is how many lines the file has that is imported; one of them is wrong.
const lines = 40_000

func writeCSV(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("name,age\n")
	for i := range lines {
		age := fmt.Sprint(i % 90)
		if i == 7 {
			age = "old"
		}
		fmt.Fprintf(&text, "Imported %d,%s\n", i, age)
	}
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The daily work of somebody who looks after persons, from signing in to signing out.
func TestADayAtTheAdmin(t *testing.T) {
	t.Parallel()
	for name, look := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := serve(t)
			v := visit(t, url, look)

			v.open("/admin/persons/")
			v.reads("h1", "Sign in")
			v.signIn()
			v.reads("h1", "Persons") // where the visit was to
			v.reads(".empty", "Nobody is here yet")

			v.press("a[href='/admin/persons/add/']", 200)
			for _, person := range []struct{ name, age string }{{"Grace Hopper", "85"}, {"Ada Lovelace", "36"}, {"<script>alert('run')</script>", "3"}} {
				v.fill("#name", person.name)
				v.fill("#age", person.age)
				v.press("button[value=another]", 200)
				v.reads(".message.ok", person.name+" was added")
			}
			v.fill("#name", " ")
			v.fill("#age", "many")
			v.press("button[value=list]", 422)
			v.reads("#name-errors", "fill this in")
			v.reads("#age-errors", "whole number")
			v.fill("#name", "Alan Turing")
			v.fill("#age", "41")
			v.press("button[value=list]", 200)
			v.reads(".found", "4 persons")
			v.reads("tbody tr:nth-child(2) .name", "<script>alert('run')</script>")

			v.press("tbody tr:first-child .name a", 200)
			v.fill("#age", "42")
			v.press("button[value=stay]", 200)
			v.reads(".message.ok", "Alan Turing was saved")
			v.press("a[href$='/history/']", 200)
			v.reads(".changes li:first-child", "41 → 42")
			v.reads(".changes li:first-child .by", userName+", admin")

			v.open("/admin/persons/")
			v.press("thead th:nth-child(4) a", 200) // by age
			v.reads("tbody tr:first-child .name", "<script>")
			v.press("thead th:nth-child(4) a", 200) // the other way round
			v.reads("tbody tr:first-child .name", "Grace Hopper")
			v.press("thead th:nth-child(3) a", 200) // by name first
			v.reads("tbody tr:first-child .name", "<script>")
			v.reads("thead th:nth-child(4)", "2")

			v.open("/admin/persons/")
			v.fill("#q", "LOVE")
			v.press("form.search button", reached(look.NoScript))
			v.reads(".found", "1 person found")
			v.reads("tbody tr .name", "Ada Lovelace")
			v.open("/admin/persons/?min=40&max=60")
			v.reads(".found", "1 person found")
			v.reads("tbody tr .name", "Alan Turing")

			v.press("nav.sections a[href='/admin/import/']", 200)
			v.check(v.Attach("#file", writeCSV(t)))
			v.press("form.card button.primary", 200)
			v.check(v.Await("#progress .state"))
			v.check(v.Await("#progress .state.done")) // it comes to its end by itself
			v.reads(".figures", "39,999")
			v.reads(".refused tbody tr", "9")
			v.reads(".refused tbody tr", "whole number")

			v.open("/admin/persons/?q=imported+1")
			v.reads(".found", "11,111 persons found")
			v.click("[data-pick-everybody]")
			v.choose("#action", "delete")
			v.press(".bar button", 200)
			v.reads("h1", "Delete 11,111 persons?")
			v.reads(".names", "and 11,091 more")
			v.press("button.danger", 200)
			v.reads(".message.ok", "11,111 persons were deleted")
			v.open("/admin/persons/")
			v.reads(".found", "28,892 persons")

			v.click("tbody tr:first-child input[name=id]")
			v.choose("#action", "delete")
			v.press(".bar button", 200)
			v.reads("h1", "Delete 1 person?")
			v.press("button.danger", 200)
			v.reads(".message.ok", "1 person was deleted")

			v.open("/admin/")
			v.reads(".tiles", "28,891")
			v.press(".account button", 200)
			v.reads(".message.ok", "You have signed out")
			v.open("/admin/persons/")
			v.reads("h1", "Sign in")
			v.calm()
		})
	}
}

// reached is the status of a search: with JavaScript the page stays, and a part of it is another.
func reached(noScript bool) int64 {
	if noScript {
		return 200
	}
	return 0
}
