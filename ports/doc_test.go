package ports_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// read returns a file of the repository.
func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("ReadFile: got %v, want the file", err)
	}
	return string(content)
}

func TestEverySuiteIsNamedWhereItIsLookedFor(t *testing.T) {
	t.Parallel()
	suites, err := filepath.Glob("*test")
	if err != nil || len(suites) < 8 {
		t.Fatalf("Glob: got %q and %v, want the suites", suites, err)
	}
	for _, suite := range suites {
		if !strings.Contains(read(t, "doc.go"), " "+suite) {
			t.Errorf("doc.go does not name %s", suite)
		}
		if !strings.Contains(read(t, "../README.md"), "`ports/"+suite+"`") {
			t.Errorf("README.md does not name ports/%s", suite)
		}
	}
}

// The mocks are written anew beside it, and it says what they are for.
func TestTheMocksAreDescribed(t *testing.T) {
	t.Parallel()
	if text := read(t, "portmock/doc.go"); !strings.HasPrefix(text, "// Package portmock ") {
		t.Errorf("portmock/doc.go: got %q, want what the package is", text)
	}
}
