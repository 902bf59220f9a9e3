package app_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-bbcc19ba/roster/app"
)

// FuzzLoad gives any setting any value: it is refused in one line that names it, or
// it is a value that can be shown, and given again.
func FuzzLoad(f *testing.F) {
	for _, seed := range [][2]string{
		{"PORT", "8000"}, {"PORT", "-1"}, {"DATABASE_URL", "sqlite:///a?b"}, {"DATABASE_URL", "postgres://u:p@h/d"}, {"ALLOWED_HOSTS", ".a,[::1],*"}, {"CORS_ALLOWED_ORIGINS", "http://a,null"},
		{"FETCH_URLS", "http://u:p@a/"}, {"FETCH_TIMEOUT", "1h"}, {"FETCH_MAX_BYTES", "1GiB"}, {"LOG_LEVEL", "warn"}, {"CHECK_STRATEGY", "pooled"}, {"BULK_MAX", "1"}, {"HOST", "::1"}, {"DEBUG", "maybe"}, {"PORT", "8000\n\x00\u202e"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		config, err := app.Load(map[string]string{name: value})
		if err != nil {
			var mistakes *app.ConfigError
			if !errors.As(err, &mistakes) || len(mistakes.Mistakes) == 0 {
				t.Fatalf("%s=%q: got %v, want a mistake", name, value, err)
			}
			for _, mistake := range mistakes.Mistakes {
				if strings.ContainsAny(mistake.String(), "\n\r\x1b\x00") {
					t.Fatalf("%s=%q: got %q, want one line that a terminal can only show", name, value, mistake)
				}
			}
			return
		}
		shown := map[string]string{}
		for _, setting := range config.Settings() {
			shown[setting.Name] = setting.Value
		}
		if key := config.SecretKey.Reveal(); len(key) > 20 && strings.Contains(strings.Join(values(shown), "\n"), key) {
			t.Fatalf("%s=%q: the secret is shown", name, value)
		}
		delete(shown, "SECRET_KEY")
		again, err := app.Load(shown)
		if err != nil {
			t.Fatalf("%s=%q is shown as %q, which is refused: %v", name, value, shown[name], err)
		}
		again.SecretKey = config.SecretKey
		if again.Database.String() == config.Database.String() {
			again.Database = config.Database // a password is not shown
		}
		if diff := cmp.Diff(config, again, compareConfigs); diff != "" {
			t.Fatalf("%s=%q: what is shown means another thing: %s", name, value, diff)
		}
	})
}

func values(of map[string]string) []string {
	var list []string
	for _, value := range of {
		list = append(list, value)
	}
	return list
}
