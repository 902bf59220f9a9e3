package main

import (
	"fmt"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/browser"
)

// stop is a page of the tour.
type stop struct {
	name string
	path string
	// title and text are what the tour says of it.
	title, text string
	// before is what is done on the page before the picture; nil is nothing.
	before func(tab *browser.Tab) error
	// outside is for who has not signed in.
	outside bool
}

// stops are the pages of the tour, in its order.
func stops() []stop {
	return []stop{
		{name: "landing", path: "/", outside: true, title: "The front door",
			text: "Browsers find the ways in at `/`; programs that ask for JSON find the same as links."},
		{name: "login", path: "/admin/login/", outside: true, title: "Signing in",
			text: "With the name and the password of a superuser, Django's or one that `roster createsuperuser` made."},
		{name: "overview", path: "/admin/", title: "Overview",
			text: "What there is, what goes on and how the server does. Each picture has its numbers as a table."},
		{name: "persons", path: "/admin/persons/", title: "Persons",
			text: "The whole list, the latest first, however long it is."},
		{name: "search", path: "/admin/persons/?q=lace&min=30&o=-age,name", title: "Searching and sorting",
			text: "By a part of the name, by age, and by several columns: here by age, and by name where that is the same. On a list of more than 50,000 a search says where it stopped, and goes on from there."},
		{name: "delete-selected", path: "/admin/persons/?q=hopper", before: pickAll, title: "What is picked",
			text: "One by one, or all that were found. Before anything is done the page names whom it concerns."},
		{name: "person", path: "/admin/persons/24/", title: "A person",
			text: "Who saves what somebody else has changed meanwhile sees both, and nothing is lost."},
		{name: "delete", path: "/admin/persons/24/delete/", title: "Deleting", text: "Never without a question."},
		{name: "add", path: "/admin/persons/add/", before: saveNothing, title: "Adding",
			text: "What is wrong stands beside the field."},
		{name: "person-history", path: "/admin/persons/24/history/", title: "The history of a person",
			text: "Who changed what, when, and by which way: the API, the command line, a job or the admin."},
		{name: "history", path: "/admin/history/", title: "Recent actions", text: "The same of everybody, the latest first, for 90 days."},
		{name: "import", path: "/admin/import/", title: "Importing",
			text: "A file of any length becomes a job. It may be checked first without saving anybody."},
		{name: "jobs", path: "/admin/jobs/", title: "Jobs", text: "What goes on, and what is over."},
		{name: "job", path: "/admin/jobs/", before: follow(".jobs .title"), title: "A job",
			text: "Its progress, live, and the rows that were refused, with their lines."},
		{name: "lab", path: "/admin/lab/", title: "The strategy lab",
			text: "The same work by several strategies, side by side. The presets have a story; other numbers are one's own."},
		{name: "lab-result", path: "/admin/lab/", before: runPreset, title: "What happened in the lab",
			text: "Who did what and when, who waited, who was refused, and how fast it went: of a real run."},
		{name: "users", path: "/admin/users/", title: "Users", text: "Those of Django's `auth_user`."},
		{name: "user", path: "/admin/users/1/", title: "A user", text: "Others can be disabled and given another password; then they are signed out everywhere."},
		{name: "add-user", path: "/admin/users/add/", title: "Adding a user", text: "Django's rules hold for names and passwords."},
		{name: "tokens", path: "/admin/tokens/", title: "API tokens", text: "Which programs may use the API, where `REQUIRE_AUTH` makes it ask, and when each did so last."},
		{name: "add-token", path: "/admin/tokens/add/", before: follow("form.card button"), title: "Making a token", text: "It reads, or reads and writes, and mostly has an end."},
		{name: "secret", path: "/admin/tokens/add/", before: makeToken, title: "A secret", text: "Shown once, on this page, and kept nowhere."},
		{name: "revoke", path: "/admin/tokens/1/revoke/", title: "Revoking a token", text: "It holds at the next request, in every server."},
		{name: "password", path: "/admin/password/", title: "One's own password", text: "It ends all other sessions."},
		{name: "not-found", path: "/admin/nowhere/", title: "Nothing here", text: "What is not there says so."},
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

// runPreset does an experiment, and waits for its pictures.
func runPreset(tab *browser.Tab) error {
	if err := follow(".presets button")(tab); err != nil {
		return err
	}
	return tab.Await(".lab-picture")
}

// makeToken makes a token.
func makeToken(tab *browser.Tab) error {
	if err := tab.Fill("#name", "the figures of the month"); err != nil {
		return err
	}
	return follow("form.card button")(tab)
}

// look is how a picture is taken.
type look struct {
	name   string
	scheme string
	browser.Look
}

// looks are the widths of a desktop and of a phone, each in light and in dark.
func looks() []look {
	var all []look
	for _, size := range []struct{ width, height int }{{1280, 900}, {390, 844}} {
		for _, scheme := range []string{"light", "dark"} {
			all = append(all, look{
				name:   fmt.Sprintf("%d-%s", size.width, scheme),
				scheme: scheme,
				Look:   browser.Look{Width: size.width, Height: size.height, Dark: scheme == "dark"},
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
