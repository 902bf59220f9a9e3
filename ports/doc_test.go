package ports_test

import (
	"os"
	"path/filepath"
	"regexp"
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

// Whoever looks for a use case finds out how it is called: each method of a driving port has an
// example at the use case that stands behind it.
func TestEveryVerbHasAnExample(t *testing.T) {
	t.Parallel()
	driving := read(t, "driving.go")
	uses := regexp.MustCompile(`(?m)^\t_ (\w+) += \(\*(\w+)\.(\w+)\)\(nil\)$`).FindAllStringSubmatch(driving, -1)
	if len(uses) < 10 {
		t.Fatalf("driving.go: got %d use cases, want all of them", len(uses))
	}
	for _, use := range uses {
		port, pkg, useCase := use[1], use[2], use[3]
		_, methods, _ := strings.Cut(driving, "type "+port+" interface {\n")
		methods, _, _ = strings.Cut(methods, "\n}\n")
		for _, verb := range regexp.MustCompile(`(?m)^\t(\w+)\(`).FindAllStringSubmatch(methods, -1) {
			if want := "func Example" + useCase + "_" + verb[1] + "("; !strings.Contains(examples(t, pkg), want) {
				t.Errorf("no test file of package %s has %s)", pkg, want)
			}
		}
	}
}

// examples returns the files of examples of one of the domain's packages.
func examples(t *testing.T, pkg string) string {
	t.Helper()
	folder := map[string]string{"domain": "../domain", "account": "../domain/account", "lab": "../domain/lab"}[pkg]
	files, err := filepath.Glob(folder + "/example*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob: got %q and %v, want the examples of package %s", files, err, pkg)
	}
	var all strings.Builder
	for _, file := range files {
		all.WriteString(read(t, file))
	}
	return all.String()
}

// What a guide shows is in a file that is compiled and run: each block of Go stands, to the letter, in a file to which
// the guide leads or in the test beside it.
func TestTheGuidesShowWhatIsRun(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob("../docs/own-*.md")
	if err != nil || len(guides) != 3 {
		t.Fatalf("Glob: got %q and %v, want three guides", guides, err)
	}
	for _, guide := range guides {
		text, sources := read(t, guide), ""
		for _, link := range regexp.MustCompile(`\]\(\.\./([\w/]+)/(\w+_test\.go)\)`).FindAllStringSubmatch(text, -1) {
			files, _ := filepath.Glob("../" + link[1] + "/example*_test.go")
			for _, file := range files {
				sources += read(t, file)
			}
		}
		blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(text, -1)
		if len(blocks) < 3 {
			t.Errorf("%s: got %d blocks of Go, want some", guide, len(blocks))
		}
		for _, block := range blocks {
			if !strings.Contains(sources, block[1]) {
				t.Errorf("%s shows what stands in no example:\n%s", guide, block[1])
			}
		}
	}
}

// Where a guide leads, there is something.
func TestTheLinksOfTheGuidesLeadSomewhere(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, guide := range append(guides, "../README.md", "../ARCHITECTURE.md") {
		for _, link := range regexp.MustCompile(`\]\(([^)#: ]+)\)`).FindAllStringSubmatch(read(t, guide), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(guide), link[1])); err != nil {
				t.Errorf("%s leads to %s: %v", guide, link[1], err)
			}
		}
	}
}
