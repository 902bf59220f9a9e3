package app_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/app/dotenv"
)

func TestEnvExampleListsEveryVariableWithItsDefault(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	example, warnings := dotenv.Parse(string(text), func(string) (string, bool) { return "", false })
	if len(warnings) > 0 {
		t.Errorf("lines that cannot be read: %v", warnings)
	}
	defaults := map[string]string{}
	for _, setting := range app.Defaults().Settings() {
		defaults[setting.Name] = setting.Value
	}
	if diff := cmp.Diff(defaults, example); diff != "" {
		t.Errorf(".env.example and the defaults differ (-defaults +example):\n%s", diff)
	}
}
