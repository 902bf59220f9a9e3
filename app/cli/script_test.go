package cli_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
	"github.com/seed-bbcc19ba/roster/app/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(besidePostgres{m}, map[string]func(){"roster": func() {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		os.Exit(cli.Run(ctx, cli.Process{
			Args:    os.Args[1:],
			Environ: os.Environ(),
			Stdout:  os.Stdout,
			Stderr:  os.Stderr,
		}))
	}})
}

// postgres is a server for the tests that need one.
var postgres *pgtest.Server

// besidePostgres runs tests beside a server, and not the commands that scripts run.
type besidePostgres struct{ *testing.M }

// Run implements testscript.TestingM.
func (b besidePostgres) Run() int {
	server, err := pgtest.Start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Stop()
	postgres = server
	return b.M.Run()
}

// The scripts in testdata run commands as somebody at a shell would, but that
// nothing is a terminal. DOCS is the URL of a server with JSON documents.
func TestScripts(t *testing.T) {
	t.Parallel()
	documents := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"path": %q}`, r.URL.Path)
	}))
	t.Cleanup(documents.Close)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DOCS", documents.URL)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command ends a second late under the race detector
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command that must end with an exit code: exits 2 roster serv.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if failed := (*exec.ExitError)(nil); errors.As(ts.Exec(args[1], args[2:]...), &failed) {
		code = failed.ExitCode()
	}
	if code != want {
		ts.Fatalf("%v: got exit code %d, want %d", args[1:], code, want)
	}
}
