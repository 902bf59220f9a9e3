package app_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/app"
)

// goodKey has no weakness.
var goodKey = strings.Repeat("kq7!Zp$", 8)

func TestDeployFindings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]string
		want      []string // ids
	}{
		{"a good key and the defaults are fine", map[string]string{"SECRET_KEY": goodKey}, nil},
		{"no key is an error", nil, []string{"deploy.E001"}},
		{"a short key is an error", map[string]string{"SECRET_KEY": goodKey[:49]}, []string{"deploy.E002"}},
		{"a key of 50 characters is long enough", map[string]string{"SECRET_KEY": goodKey[:50]}, nil},
		{"a key of few characters is an error", map[string]string{"SECRET_KEY": strings.Repeat("abcd", 20)}, []string{"deploy.E002"}},
		{"Django's key for development is an error", map[string]string{"SECRET_KEY": "django-insecure-" + goodKey}, []string{"deploy.E002"}},
		{"a key from an example is an error", map[string]string{"SECRET_KEY": "Change-Me " + goodKey}, []string{"deploy.E002"}},
		{"DEBUG is an error", map[string]string{"SECRET_KEY": goodKey, "DEBUG": "True"}, []string{"deploy.E003"}},
		{"profiles for the network are a warning", map[string]string{"SECRET_KEY": goodKey, "PPROF_ADDR": "0.0.0.0:6060"}, []string{"deploy.W010"}},
		{"profiles on all addresses are too", map[string]string{"SECRET_KEY": goodKey, "PPROF_ADDR": ":6060"}, []string{"deploy.W010"}},
		{"profiles on this machine are not", map[string]string{"SECRET_KEY": goodKey, "PPROF_ADDR": "[::1]:6060"}, nil},
		{"any host is a warning", map[string]string{"SECRET_KEY": goodKey, "ALLOWED_HOSTS": "example.com,*"}, []string{"deploy.W001"}},
		{"no host is a warning", map[string]string{"SECRET_KEY": goodKey, "ALLOWED_HOSTS": ""}, []string{"deploy.W002"}},
		{
			"each origin over plain http is a warning",
			map[string]string{"SECRET_KEY": goodKey, "CORS_ALLOWED_ORIGINS": "http://a.example,https://b.example,http://c.example:8080"},
			[]string{"deploy.W003", "deploy.W003"},
		},
		{
			"an origin on this machine is not, its traffic passes nobody",
			map[string]string{"SECRET_KEY": goodKey, "CORS_ALLOWED_ORIGINS": "http://localhost:3000,http://127.0.0.1,http://[::1]:80,http://x.localhost"},
			nil,
		},
		{
			"a commit that does not wait for the disk is a warning",
			map[string]string{"SECRET_KEY": goodKey, "SQLITE_SYNCHRONOUS": "NORMAL"},
			[]string{"deploy.W004"},
		},
		{
			"it is not where there is no file",
			map[string]string{"SECRET_KEY": goodKey, "SQLITE_SYNCHRONOUS": "NORMAL", "DATABASE_URL": "sqlite://:memory:"},
			nil,
		},
		{
			"fetching from anywhere is a warning",
			map[string]string{"SECRET_KEY": goodKey, "FETCH_ALLOW_PRIVATE": "True"},
			[]string{"deploy.W005"},
		},
		{
			"an API that is open to the network is a warning",
			map[string]string{"SECRET_KEY": goodKey, "HOST": "0.0.0.0"},
			[]string{"deploy.W009"},
		},
		{
			"it is not where tokens are asked for, or nobody else reaches it",
			map[string]string{"SECRET_KEY": goodKey, "HOST": "192.0.2.1", "REQUIRE_AUTH": "True"},
			nil,
		},
		{
			"clients without a limit are a warning",
			map[string]string{"SECRET_KEY": goodKey, "RATE_LIMIT": ""},
			[]string{"deploy.W006"},
		},
		{
			"so are bulks and fetches that no limit ever allows",
			map[string]string{"SECRET_KEY": goodKey, "RATE_LIMIT": "4/1s", "BULK_MAX": "5", "FETCH_URLS": "http://a,http://b,http://c,http://d,http://e"},
			[]string{"deploy.W007", "deploy.W007"},
		},
		{
			"they are none where the limit allows them",
			map[string]string{"SECRET_KEY": goodKey, "RATE_LIMIT": "5/1s", "BULK_MAX": "5", "FETCH_URLS": "http://a,http://b,http://c,http://d,http://e"},
			nil,
		},
		{
			"everybody as a proxy is a warning",
			map[string]string{"SECRET_KEY": goodKey, "TRUSTED_PROXIES": "10.0.0.0/8,0.0.0.0/0,::/0"},
			[]string{"deploy.W008", "deploy.W008"},
		},
		{
			"errors come first", map[string]string{"DEBUG": "1", "ALLOWED_HOSTS": "*", "CORS_ALLOWED_ORIGINS": "http://a.example"},
			[]string{"deploy.E001", "deploy.E003", "deploy.W001", "deploy.W003"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			variables := map[string]string{"RATE_LIMIT": "10000/1m"} // as many as a bulk may cost
			maps.Copy(variables, test.variables)
			config, err := app.Load(variables)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, finding := range config.DeployFindings() {
				got = append(got, finding.ID)
				if isError := finding.Level == app.FindingError; isError != strings.Contains(finding.ID, ".E") {
					t.Errorf("%s has the level %s", finding.ID, finding.Level)
				}
				if finding.Hint == "" || finding.Setting == "" {
					t.Errorf("%s says neither what to change nor how: %+v", finding.ID, finding)
				}
				if key := test.variables["SECRET_KEY"]; key != "" && strings.Contains(fmt.Sprint(finding), key) {
					t.Errorf("%s shows the key: %+v", finding.ID, finding)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%v: got %v, want %v", test.variables, got, test.want)
			}
		})
	}
}
