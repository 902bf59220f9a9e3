// These tests use roster as people do: the program itself, and Chromium.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/browser"
	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/django"
	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/program"
)

const (
	userName = "ada"
	password = "a long way from home"
)

// built is the program, and started the browser that all tests share.
var (
	built   string
	started *browser.Browser
)

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "roster-tour")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if built, err = program.Build(ctx, dir); err == nil {
		started, err = browser.Start(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer started.Close()
	return m.Run()
}

// visitor is somebody before a browser.
type visitor struct {
	*testing.T
	*browser.Tab
	url string
}

// serve starts a server over a database in which real Django has made a superuser.
func serve(t *testing.T, settings ...string) (place program.Place, url string) {
	t.Helper()
	place = program.Place{File: built, Dir: t.TempDir(), Settings: settings}
	if err := django.MakeSuperuser(t.Context(), database(place), userName, password); err != nil {
		t.Fatal(err)
	}
	server, err := place.Serve(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Errorf("the end of the server: got %v, want nil", err)
		}
	})
	return place, server.URL
}

func database(place program.Place) string { return filepath.Join(place.Dir, "db.sqlite3") }

var (
	desktop = browser.Look{Width: 1280, Height: 900}
	scripts = map[string]browser.Look{
		"with JavaScript":    desktop,
		"without JavaScript": {Width: 1280, Height: 900, NoScript: true},
	}
)

func visit(t *testing.T, url string, look browser.Look) *visitor {
	t.Helper()
	tab, leave, err := started.Open(look)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leave)
	return &visitor{T: t, Tab: tab, url: url}
}

// The steps of a visit fail the test where they do not go as they should.

func (v *visitor) open(path string) {
	v.Helper()
	if got, err := v.Goto(v.url + path); err != nil || got != 200 {
		v.Fatalf("open %s: got %d and the error %v, want 200", path, got, err)
	}
}

// press presses what leads to a page that is served with a status.
func (v *visitor) press(selector string, status int64) {
	v.Helper()
	if got, err := v.Press(selector); err != nil || got != status {
		text, _ := v.Text("main")
		v.Fatalf("press %s: got %d and the error %v, want %d; the page says %q", selector, got, err, status, text)
	}
}

func (v *visitor) fill(selector, text string) {
	v.Helper()
	v.check(v.Fill(selector, text))
}

func (v *visitor) click(selector string) {
	v.Helper()
	v.check(v.Click(selector))
}

func (v *visitor) choose(selector, value string) {
	v.Helper()
	v.check(v.Choose(selector, value))
}

func (v *visitor) check(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

// reads waits until a part of the page says something.
func (v *visitor) reads(selector, want string) {
	v.Helper()
	var (
		got string
		err error
	)
	for end := time.Now().Add(browser.Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got, err = v.Text(selector); err == nil && strings.Contains(got, want) {
			return
		}
	}
	address, _ := v.Address()
	v.Fatalf("%s of %s: got %q and the error %v, want %q in it", selector, address, got, err, want)
}

// calm fails where a page complained, asked another host for something, or opened a dialog.
func (v *visitor) calm() {
	v.Helper()
	if said := v.Said(); len(said) > 0 {
		v.Errorf("the console: got %q, want nothing", said)
	}
	for _, address := range v.Loaded() {
		// Chromium draws its own controls by data: URLs; of the pages' own ones the policy would complain.
		if !strings.HasPrefix(address, v.url+"/") && !strings.HasPrefix(address, "data:") {
			v.Errorf("a page asked for %s, want nothing but of %s", address, v.url)
		}
	}
}

func (v *visitor) signIn() {
	v.Helper()
	v.fill("#username", userName)
	v.fill("#password", password)
	v.press("form button.primary", 200)
}
