package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/browser"
)

// The page of the API asks nobody but its own server, complains of nothing under its policy, and creates a person.
func TestARequestIsTriedOnThePageOfTheAPI(t *testing.T) {
	t.Parallel()
	_, roster := serve(t)
	for name, look := range map[string]browser.Look{
		"wide, light": desktop, "narrow, dark": {Width: 390, Height: 844, Dark: true},
		"wide, dark": {Width: 1280, Height: 900, Dark: true}, "narrow, light": {Width: 390, Height: 844},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := visit(t, roster, look)
			v.open("/api/docs/")
			const operation = "#operations-persons-createPerson "
			v.check(v.Await(operation))
			v.picture(name + " list")
			v.check(v.Click(operation + ".opblock-summary-control"))
			v.check(v.Await(operation + "button.execute"))
			v.check(v.Await(operation + "textarea.body-param__text"))
			v.click(operation + "button.execute")
			v.reads(operation+".live-responses-table .response .response-col_status", "201")
			v.reads(operation+".live-responses-table", `"name": "Ann"`)
			v.picture(name + " tried")
			if dark, err := browser.Evaluate[bool](v.Tab, `document.documentElement.classList.contains("dark-mode")`); err != nil || dark != look.Dark {
				t.Errorf("got dark colours: %t and the error %v, want those of the system: %t", dark, err, look.Dark)
			}
			v.calm()
		})
	}
}

// Where tokens are asked for, the page has a field for one, and it lies in no storage.
func TestATokenIsPutInOnThePageOfTheAPI(t *testing.T) {
	t.Parallel()
	place, _ := serve(t)
	place.Settings = append(place.Settings, "REQUIRE_AUTH=True")
	output, err := place.Command(t.Context(), "token", "create", "--write", "the page").Output()
	if err != nil {
		t.Fatal(err, string(output))
	}
	start := strings.Index(string(output), "roster_")
	if start < 0 {
		t.Fatalf("got %q, want a token in it", output)
	}
	secret := strings.Fields(string(output)[start:])[0]
	server, err := place.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	v := visit(t, server.URL, desktop)
	v.open("/api/docs/")
	const operation = "#operations-persons-listPersons "
	v.check(v.Await(operation))
	v.click("button.authorize")
	v.fill("#auth-bearer-value", secret)
	v.click(".auth-container:first-of-type button.authorize")
	v.click("button.btn-done")
	v.click(operation + ".opblock-summary-control")
	v.check(v.Await(operation + "button.execute"))
	v.click(operation + "button.execute")
	v.reads(operation+".live-responses-table .response .response-col_status", "200")
	kept, err := browser.Evaluate[string](v.Tab, `JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])`)
	if err != nil || strings.Contains(kept, secret) {
		t.Errorf("got %s and the error %v, want the secret nowhere", kept, err)
	}
	v.calm()
}

// picture keeps a picture in the folder that ROSTER_PICTURES names, for who wants to look.
func (v *visitor) picture(name string) {
	v.Helper()
	folder := os.Getenv("ROSTER_PICTURES")
	if folder == "" {
		return
	}
	shot, err := v.Shot()
	v.check(err)
	v.check(os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".webp"), shot, 0o600))
}
