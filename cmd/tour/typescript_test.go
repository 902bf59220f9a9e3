package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// typescript is where the types of the API and what makes them lie. `make needs` installs its packages.
const typescript = "../../adapters/httpapi/typescript"

func TestTheTypesOfTheAPIAreThoseOfItsDescription(t *testing.T) {
	t.Parallel()
	made := filepath.Join(t.TempDir(), "roster.d.ts")
	tool(t, "openapi-typescript", "../openapi.yaml", "-o", made)
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(typescript, "roster.d.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("roster.d.ts is not what openapi.yaml says: in adapters/httpapi/typescript, npx openapi-typescript ../openapi.yaml -o roster.d.ts")
	}
}

// The example compiles by those types, strictly, and does what it says with a server.
func TestAClientByTheTypesOfTheAPI(t *testing.T) {
	t.Parallel()
	_, roster := serve(t)
	out := filepath.Join(t.TempDir(), "out")
	tool(t, "tsc", "-p", ".", "--outDir", out)
	packages, err := filepath.Abs(filepath.Join(typescript, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(packages, filepath.Join(out, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "package.json"), []byte(`{"type":"module"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), "node", filepath.Join(out, "example.js"), roster).CombinedOutput()
	if want := "created, listed, changed, refused and deleted Ann"; err != nil || strings.TrimSpace(string(said)) != want {
		t.Errorf("got %s and the error %v, want %q", said, err, want)
	}
}

// tool runs a program of the packages.
func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join("node_modules", ".bin", name), args...)
	command.Dir = typescript
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s (make needs installs it)", name, err, output)
	}
}
