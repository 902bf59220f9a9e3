package main

import (
	"fmt"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/browser"
)

// stop is a page of the tour.
type stop struct {
	name string
	path string
	// before is what is done on the page before the picture; nil is nothing.
	before func(tab *browser.Tab) error
	// outside is for who has not signed in.
	outside bool
}

// stops are the pages of the tour, in its order.
func stops() []stop {
	return []stop{
		{name: "landing", path: "/", outside: true},
		{name: "login", path: "/admin/login/", outside: true},
		{name: "overview", path: "/admin/"},
		{name: "persons", path: "/admin/persons/"},
		{name: "search", path: "/admin/persons/?q=lace&min=30&o=-age,name"},
		{name: "delete-selected", path: "/admin/persons/?q=hopper", before: pickAll},
		{name: "person", path: "/admin/persons/24/"},
		{name: "delete", path: "/admin/persons/24/delete/"},
		{name: "add", path: "/admin/persons/add/", before: saveNothing},
		{name: "person-history", path: "/admin/persons/24/history/"},
		{name: "history", path: "/admin/history/"},
		{name: "import", path: "/admin/import/"},
		{name: "jobs", path: "/admin/jobs/"},
		{name: "job", path: "/admin/jobs/", before: follow(".jobs .title")},
		{name: "users", path: "/admin/users/"},
		{name: "user", path: "/admin/users/1/"},
		{name: "add-user", path: "/admin/users/add/"},
		{name: "password", path: "/admin/password/"},
		{name: "not-found", path: "/admin/nowhere/"},
	}
}

func follow(selector string) func(*browser.Tab) error {
	return func(tab *browser.Tab) error {
		_, err := tab.Press(selector)
		return err
	}
}

// pickAll asks to delete all whom the list shows.
func pickAll(tab *browser.Tab) error {
	if err := tab.Click("[data-pick-everybody]"); err != nil {
		return err
	}
	if err := tab.Choose("#action", "delete"); err != nil {
		return err
	}
	return follow(".bar button")(tab)
}

// saveNothing sends an empty form, so that the page says what is wrong.
func saveNothing(tab *browser.Tab) error { return follow("button[value=list]")(tab) }

// look is how a picture is taken.
type look struct {
	name string
	browser.Look
}

// looks are the widths of a desktop and of a phone, each in light and in dark.
func looks() []look {
	var all []look
	for _, size := range []struct{ width, height int }{{1280, 900}, {390, 844}} {
		for _, scheme := range []string{"light", "dark"} {
			all = append(all, look{
				name: fmt.Sprintf("%d-%s", size.width, scheme),
				Look: browser.Look{Width: size.width, Height: size.height, Dark: scheme == "dark"},
			})
		}
	}
	return all
}

// walk shows each page of the tour to somebody.
func walk(tab *browser.Tab, url string, show func(at stop) error) error {
	signedIn := false
	for _, at := range stops() {
		if !at.outside && !signedIn {
			if err := signIn(tab, url); err != nil {
				return err
			}
			signedIn = true
		}
		if _, err := tab.Goto(url + at.path); err != nil {
			return err
		}
		if at.before != nil {
			if err := at.before(tab); err != nil {
				return fmt.Errorf("%s: %w", at.name, err)
			}
		}
		if err := show(at); err != nil {
			return fmt.Errorf("%s: %w", at.name, err)
		}
	}
	return nil
}

func signIn(tab *browser.Tab, url string) error {
	if _, err := tab.Goto(url + "/admin/login/"); err != nil {
		return err
	}
	if err := tab.Fill("#username", demoUser); err != nil {
		return err
	}
	if err := tab.Fill("#password", demoPassword); err != nil {
		return err
	}
	return follow("form button.primary")(tab)
}
