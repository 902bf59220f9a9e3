package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/usecasetest"
)

// The client of the program itself, with a file of its own for each case and a token, keeps what the use cases keep.
func TestTheClientOfTheProgramKeepsTheContract(t *testing.T) {
	t.Parallel()
	open := func(variables ...string) func(t *testing.T) usecasetest.UseCases {
		return func(t *testing.T) usecasetest.UseCases {
			t.Helper()
			url, token := start(t, variables...)
			client, err := httpclient.New(url, httpclient.Config{Token: token, BulkMax: usecasetest.BulkMax})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.Close() })
			return usecasetest.UseCases{ // what it fetches would need servers of its own
				Registry: client.Registry, Bulk: client.CreateBulk, Check: client.Check, Jobs: client.Jobs, Export: client.Export,
			}
		}
	}
	usecasetest.Run(t, usecasetest.Harness{Open: open(), Idle: open("JOB_WORKERS=0")})
}

func TestTheProgramKnowsWhoAsksItsClient(t *testing.T) {
	t.Parallel()
	url, _ := start(t)
	for token, want := range map[string]domain.Code{"": domain.CodeUnauthenticated, "roster_nobody": domain.CodeUnauthenticated} {
		client, err := httpclient.New(url, httpclient.Config{Token: token})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Registry.Get(t.Context(), 1); domain.CodeOf(err) != want {
			t.Errorf("the token %q: got %v, want code %q", token, err, want)
		}
		_ = client.Close()
	}
}

// start starts the program on an empty folder, and returns where it serves and a token of it.
func start(t *testing.T, variables ...string) (url, token string) {
	t.Helper()
	folder := t.TempDir()
	environment := append([]string{
		"HOME=" + folder, "PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0", "HOST=127.0.0.1", "PORT=0", "DATABASE_URL=sqlite:///" + filepath.Join(folder, "db.sqlite3"),
		"REQUIRE_AUTH=True", "PAGE_SIZE=5", "BULK_MAX=40", "ASYNC_CREATE_BULK_STRATEGY_BATCH=40", "SQLITE_SYNCHRONOUS=NORMAL", "DRAIN_DELAY=0s",
	}, variables...)
	run := func(arguments ...string) *exec.Cmd {
		binary, err := os.Executable() // TestMain makes it the program where it is called so
		if err != nil {
			t.Fatal(err)
		}
		return &exec.Cmd{Path: binary, Args: append([]string{"roster"}, arguments...), Dir: folder, Env: environment}
	}
	if said, err := run("migrate").CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v: %s", err, said)
	}
	secret, err := run("token", "create", "test", "--write").Output()
	if err != nil {
		t.Fatalf("token create: %v", err)
	}
	server := run("serve")
	log, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	serving, said := make(chan string, 1), make(chan string, 1)
	go func() { said <- readLog(log, serving) }()
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		text := <-said
		if err := server.Wait(); err != nil {
			t.Errorf("the program: got %v, want that it stops: %s", err, text)
		}
	})
	select {
	case url = <-serving:
	case <-time.After(soon):
	}
	if url == "" {
		t.Fatal("the program does not say where it serves")
	}
	return url, strings.TrimSpace(string(secret))
}

// readLog returns all that a program says, and tells where it serves as soon as it says so; "" where it ends before.
func readLog(log io.Reader, serving chan<- string) string {
	defer close(serving)
	var said strings.Builder
	for lines := bufio.NewScanner(io.TeeReader(log, &said)); lines.Scan(); {
		var line struct{ Msg, URL string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			serving <- strings.TrimSuffix(line.URL, "/api/v1/")
		}
	}
	return said.String()
}
