package app_test

import (
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/app"
)

func TestParseDatabase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // what it prints as
		"memory:":                    "memory:",
		"sqlite://:memory:":          "sqlite://:memory:",
		"sqlite:///db.sqlite3":       "sqlite:///db.sqlite3",
		"sqlite:///data/db.sqlite3":  "sqlite:///data/db.sqlite3",
		"sqlite:////var/lib/roster":  "sqlite:////var/lib/roster",
		"sqlite:///a%20b%2Fc":        "sqlite:///a b/c",
		"sqlite:///100%25.db":        "sqlite:///100%25.db",
		"sqlite:///what%3F%23now.db": "sqlite:///what%3F%23now.db",
		"sqlite:///C:/db.sqlite3":    "sqlite:///C:/db.sqlite3",
	} {
		database, err := app.ParseDatabase(text)
		if err != nil || database.String() != want {
			t.Errorf("%s: got %q, %v; want %q", text, database, err, want)
		}
		if again, err := app.ParseDatabase(database.String()); err != nil || again != database {
			t.Errorf("%s prints as %s, which reads as %q, %v", text, database, again, err)
		}
	}
}

func TestDatabaseDoesNotShowItsPassword(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"postgresql://ann:canary@db:5433/roster?sslmode=disable": "postgresql://ann:xxxxx@db:5433/roster?sslmode=disable",
		"postgres://ann@db/roster?password=canary":               "postgres://ann@db/roster?password=xxxxx",
		"postgresql://ann@db/roster":                             "postgresql://ann@db/roster",
	} {
		database, err := app.ParseDatabase(text)
		if err != nil || database.String() != want {
			t.Errorf("%s: got %q, %v; want %q", text, database, err, want)
		}
	}
}

func TestParseDatabaseRefuses(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]string{
		"":                          "names no database",
		"canary":                    "names no database",
		"mysql://u:canary@host/db":  "names no database",
		"postgresql:canary":         "two slashes",
		"postgres://u:canary@h:x/d": "no URL",
		"postgresql://u:canary@h/d?sslmode=canary": "an option of it",
		"memory":                   "names no database",
		"SQLITE:///canary":         "names no database",
		"sqlite:":                  "three slashes",
		"sqlite://canary":          "three slashes",
		"sqlite:canary":            "three slashes",
		"sqlite:///":               "names no file",
		"sqlite:////":              "names no file",
		"sqlite:///canary/":        "names no file",
		"sqlite:///:memory:":       "two slashes",
		"sqlite:///canary?mode=ro": "options",
		"sqlite:///canary#x":       "options",
		"sqlite:///canary%":        "escape",
		"sqlite:///canary%zz":      "escape",
		"sqlite:///canary%00":      "NUL",
		"\tsqlite:///canary":       "names no database",
	} {
		database, err := app.ParseDatabase(text)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: got %q, %v; want an error that says %q", text, database, err, why)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error shows the URL, which may hold a password: %v", text, err)
		}
	}
}
