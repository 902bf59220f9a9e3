package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-bbcc19ba/roster/app"
)

// A server of one's own: the use cases and the API over a store in memory.
func ExampleNew() {
	ctx := context.Background()
	config, err := app.Load(map[string]string{"DATABASE_URL": "memory:", "ALLOWED_HOSTS": "example.com"})
	if err != nil {
		fmt.Println(err)
		return
	}
	roster, err := app.New(ctx, config, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer roster.Close()

	saved, err := roster.CreateBulk.Generate(ctx, 2)
	fmt.Println(saved, err)
	answer := httptest.NewRecorder()
	roster.Handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/v1/persons/2/", nil))
	fmt.Println(answer.Code, answer.Body)
	// Output:
	// 2 <nil>
	// 200 {"id":2,"name":"Person 1","age":1}
}

// All mistakes are reported together, and no secret with them.
func ExampleLoad() {
	_, err := app.Load(map[string]string{
		"PORT":         "80x",
		"DATABASE_URL": "mysql://roster:secret@localhost/roster",
		"DEBUG":        "maybe",
	})
	fmt.Println(err)
	// Output:
	// PORT: "80x" is not a whole number in range; allowed: 0 to 65535, where 0 is any free port
	// DATABASE_URL: it names no database that this program can use; allowed: sqlite:///relative/path, sqlite:////absolute/path, sqlite://:memory:, memory: or postgresql://user@host/name
	// DEBUG: "maybe" is neither true nor false; allowed: True or False
}

func ExampleParseDatabase() {
	database, err := app.ParseDatabase("sqlite:////var/lib/roster%20data/db.sqlite3")
	fmt.Println(database, err)
	_, err = app.ParseDatabase("mysql://roster:secret@localhost/roster")
	fmt.Println(err)
	// Output:
	// sqlite:////var/lib/roster data/db.sqlite3 <nil>
	// it names no database that this program can use
}

func ExampleReadEnvironment() {
	environment, err := app.ReadEnvironment(".env", false, []string{"PORT=9000"})
	if err != nil {
		fmt.Println(err)
		return
	}
	config, err := app.Load(environment.Variables)
	fmt.Println(config.Port, environment.Source("PORT"), err)
	fmt.Println(config.Host, environment.Source("HOST"))
	// Output:
	// 9000 environment <nil>
	// 127.0.0.1 default
}

func ExampleConfig_DeployFindings() {
	config := app.Defaults()
	config.SecretKey = app.NewSecret("hunter2")
	for _, finding := range config.DeployFindings() {
		fmt.Println(finding.Level, finding.ID, finding.Message)
	}
	// Output:
	// error deploy.E002 SECRET_KEY has fewer than 50 characters.
	// warning deploy.W006 RATE_LIMIT is not set, so one client may take all that the server can do.
}

func ExampleConfig_Settings() {
	config := app.Defaults()
	config.SecretKey = app.NewSecret("hunter2")
	for _, setting := range config.Settings() {
		if strings.HasSuffix(setting.Name, "_KEY") || strings.HasPrefix(setting.Name, "PAGE_") {
			fmt.Println(setting.Name, setting.Value)
		}
	}
	// Output:
	// SECRET_KEY (hidden)
	// PAGE_SIZE 100
}
