package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/app/cli"
	"github.com/seed-bbcc19ba/roster/domain"
)

// run runs a command line over a database.
func run(ctx context.Context, database string, stdout io.Writer, args ...string) (exitCode int, stderr string) {
	var errs bytes.Buffer
	exitCode = cli.Run(ctx, cli.Process{
		Args:    args,
		Environ: []string{"DATABASE_URL=" + database, "LOG_LEVEL=ERROR"},
		Stdout:  stdout,
		Stderr:  &errs,
	})
	return exitCode, errs.String()
}

func TestNamesCannotMoveTheCursor(t *testing.T) {
	t.Parallel()
	database := "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3")
	config, err := app.Load(map[string]string{"DATABASE_URL": database})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a\x1b[2Jb", "a\nb", "a\u009b2Jb", "Zoë 世界"} {
		draft, err := domain.NewDraft(name, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Registry.Create(t.Context(), draft); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}

	var out bytes.Buffer
	if code, stderr := run(t.Context(), database, &out, "list"); code != 0 {
		t.Fatalf("got exit code %d and %s, want 0", code, stderr)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 5 || !strings.HasSuffix(lines[4], "  Zoë 世界") {
		t.Errorf("got %q, want a header and four persons, the last as it is", lines)
	}
	for _, line := range lines {
		if strings.ContainsFunc(line, unicode.IsControl) {
			t.Errorf("got %q, want nothing that a terminal obeys", line)
		}
	}
}

// brokenWriter is a full disk.
type brokenWriter struct{}

// Write implements io.Writer.
func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, command := range []string{
		"list", "list --page 1", "bulk 1", "bulk 1 --json", "config", "config --json", "check", "check --json", "version", "version --json",
		"fetch x:", "fetch x: --json", "showmigrations", "showmigrations --json", "migrate", "migrate --plan", "sqlmigrate 1",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			code, stderr := run(t.Context(), "sqlite://:memory:", brokenWriter{}, strings.Fields(command)...)
			if code != 1 || !strings.Contains(stderr, "roster: the disk is full\n") {
				t.Errorf("got exit code %d and %q, want 1 and the reason", code, stderr)
			}
		})
	}
}

func TestBulkThatIsInterruptedSaysHowManyWereSaved(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	database := "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3")
	interrupt := writerFunc(func(line []byte) (int, error) {
		if strings.HasPrefix(string(line), "saved 2000 of 10000") {
			cancel()
		}
		return len(line), nil
	})
	var errs bytes.Buffer
	code := cli.Run(ctx, cli.Process{
		Args:    []string{"bulk", "10000"},
		Environ: []string{"DATABASE_URL=" + database, "BULK_MAX=1000", "LOG_LEVEL=ERROR"},
		Stdout:  io.Discard,
		Stderr:  io.MultiWriter(&errs, interrupt),
	})
	if code != 1 || !strings.Contains(errs.String(), "roster: 2000 of 10000 persons were saved, then: ") {
		t.Errorf("got exit code %d and %q, want 1 and how many were saved", code, errs.String())
	}
	var out bytes.Buffer
	if code, _ := run(t.Context(), database, &out, "list", "--json"); code != 0 || strings.Count(out.String(), "\n") != 2000 {
		t.Errorf("got exit code %d and %d persons, want 2000", code, strings.Count(out.String(), "\n"))
	}
}

// writerFunc is a function that is an io.Writer.
type writerFunc func([]byte) (int, error)

// Write implements io.Writer.
func (f writerFunc) Write(content []byte) (int, error) { return f(content) }
