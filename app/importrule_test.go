package app_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers are the only folders with code; each imports only layers before it, and
// itself.
var layers = []string{"domain", "ports", "adapters", "app", "cmd"}

func TestImportRule(t *testing.T) {
	t.Parallel()
	breaches, files, err := importBreaches("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, breach := range breaches {
		t.Error(breach)
	}
	if files < len(layers) {
		t.Errorf("read %d files, want at least one in each of %v: is this the module?", files, layers)
	}
}

// importBreaches reads the imports of every Go file of the module at root,
// whatever its build tags, and returns where they break the rule:
//
//	cmd → app → adapters → ports → domain → standard library
//
// Adapters do not import each other. What several of them need stands in
// adapters/internal, which imports no adapter. Tests may import what they like, but those of
// domain and ports need nothing beyond the standard library and this module, also
// not by way of another package of the module.
func importBreaches(root string) (breaches []string, files int, err error) {
	m, err := readModule(root)
	if err != nil {
		return nil, 0, err
	}
	for _, file := range m.files {
		breaches = append(breaches, m.breachesOf(file)...)
	}
	return breaches, len(m.files), nil
}

// goFile is a file of the module.
type goFile struct {
	path    string // from the module's root, with slashes
	imports []string
}

func (f goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }
func (f goFile) dir() string  { return path.Dir(f.path) }

// module is the files of a module and its path.
type module struct {
	path  string
	files []goFile
}

func readModule(root string) (*module, error) {
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(string(gomod), "\n")
	m := &module{path: strings.TrimPrefix(strings.TrimSpace(line), "module ")}
	return m, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") {
			return nil
		}
		return m.readFile(root, name)
	})
}

func (m *module) readFile(root, name string) error {
	relative, err := filepath.Rel(root, name)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	file := goFile{path: filepath.ToSlash(relative)}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		file.imports = append(file.imports, imported)
	}
	m.files = append(m.files, file)
	return nil
}

func (m *module) breachesOf(file goFile) []string {
	from := layerOf(file.dir())
	if from < 0 {
		return []string{fmt.Sprintf("%s: code stands in %v only", file.path, layers)}
	}
	pure := layers[from] == "domain" || layers[from] == "ports"

	var breaches []string
	report := func(imported, why string) {
		breaches = append(breaches, fmt.Sprintf("%s imports %s: %s", file.path, imported, why))
	}
	for _, imported := range file.imports {
		dir, inside := m.dirOf(imported)
		switch {
		case !inside && isStandard(imported):
		case !inside && pure:
			report(imported, "domain and ports, and their tests, need the standard library only")
		case !inside:
		case file.isTest():
			if foreign := m.foreignNeeds(dir, map[string]bool{}); pure && len(foreign) > 0 {
				report(imported, "it needs "+strings.Join(foreign, ", ")+", and tests of domain and ports reach the go.sum of whoever imports them")
			}
		case layerOf(dir) > from:
			report(imported, layers[from]+" does not know "+layers[layerOf(dir)])
		case layers[from] == "adapters" && layerOf(dir) == from && adapterOf(dir) != adapterOf(file.dir()) && adapterOf(dir) != "internal":
			report(imported, "adapters do not import each other")
		}
	}
	return breaches
}

// foreignNeeds returns the packages outside the module and the standard library
// that the package in dir imports, itself or through the module.
func (m *module) foreignNeeds(dir string, seen map[string]bool) []string {
	if seen[dir] {
		return nil
	}
	seen[dir] = true
	var foreign []string
	for _, file := range m.files {
		if file.dir() != dir || file.isTest() {
			continue
		}
		for _, imported := range file.imports {
			if next, inside := m.dirOf(imported); inside {
				foreign = append(foreign, m.foreignNeeds(next, seen)...)
			} else if !isStandard(imported) {
				foreign = append(foreign, imported)
			}
		}
	}
	slices.Sort(foreign)
	return slices.Compact(foreign)
}

// dirOf returns where an imported package of the module stands.
func (m *module) dirOf(imported string) (dir string, inside bool) {
	if imported == m.path {
		return ".", true
	}
	return strings.CutPrefix(imported, m.path+"/")
}

// layerOf returns the index of a folder's layer, -1 where it is in none.
func layerOf(dir string) int {
	top, _, _ := strings.Cut(dir, "/")
	return slices.Index(layers, top)
}

// adapterOf returns the name of the adapter that a folder below adapters belongs to.
func adapterOf(dir string) string { return strings.Split(dir+"/", "/")[1] }

// isStandard tells whether a package is the standard library's: its first element
// has no dot.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

func TestServerDoesNotNeedWhatWritesMigrations(t *testing.T) {
	t.Parallel()
	m, err := readModule("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range m.foreignNeeds("app", map[string]bool{}) {
		if strings.HasPrefix(foreign, "ariga.io/") {
			t.Errorf("app needs %s, want it in app/cli only, for makemigrations", foreign)
		}
	}
}

// The rule is only worth something if it finds what breaks it.
func TestImportRuleFindsBreaches(t *testing.T) {
	t.Parallel()
	sound := map[string]string{
		"go.mod":                            "module example.com/m\n\ngo 1.26.0\n",
		"domain/a.go":                       `package domain; import "strings"`,
		"domain/a_test.go":                  `package domain_test; import ("testing"; "example.com/m/adapters/mem")`,
		"ports/a.go":                        `package ports; import "example.com/m/domain"`,
		"ports/suite/a.go":                  `package suite; import ("testing"; "example.com/m/ports")`,
		"adapters/mem/a.go":                 `package mem; import "example.com/m/ports"`,
		"adapters/sql/a.go":                 `package sql; import ("github.com/x/orm"; "example.com/m/adapters/sql/rows")`,
		"adapters/sql/a_test.go":            `package sql_test; import ("example.com/m/app"; "example.com/m/adapters/mem")`,
		"adapters/sql/rows/a.go":            `package rows`,
		"adapters/mem/c.go":                 `package mem; import "example.com/m/adapters/internal/text"`,
		"adapters/internal/text/a.go":       `package text; import "example.com/m/ports"`,
		"app/a.go":                          `package app; import ("example.com/m/adapters/sql"; "example.com/m/app/cli")`,
		"app/cli/a.go":                      `package cli; import "github.com/x/cobra"`,
		"cmd/m/main.go":                     `package main; import "example.com/m/app"`,
		"testdata/a.go":                     `package nowhere`,
		".hidden/a.go":                      `package nowhere`,
		"adapters/sql/testdata/import_a.go": `package nowhere; import "example.com/m/cmd/m"`,
	}
	tests := []struct {
		name, path, content string
		want                string // in the breach; "" for none
	}{
		{"a sound module has none", "README.md", "", ""},
		{"domain does not import ports", "domain/b.go", `package domain; import "example.com/m/ports"`, "domain does not know ports"},
		{"domain does not import a third party", "domain/b.go", `package domain; import "github.com/x/y"`, "standard library only"},
		{"a file behind a build tag counts too", "domain/b.go", "//go:build never\n\npackage domain; import \"github.com/x/y\"", "standard library only"},
		{"a renamed import counts too", "domain/b.go", `package domain; import _ "github.com/x/y"`, "standard library only"},
		{"a test of domain does not import a third party", "domain/b_test.go", `package domain; import "github.com/x/y"`, "standard library only"},
		{"a test of domain does not need one through an adapter", "domain/b_test.go", `package domain_test; import "example.com/m/adapters/sql"`, "it needs github.com/x/orm"},
		{"nor through two packages", "ports/suite/b_test.go", `package suite; import "example.com/m/app"`, "it needs github.com/x/cobra, github.com/x/orm"},
		{"ports do not import an adapter", "ports/b.go", `package ports; import "example.com/m/adapters/mem"`, "ports does not know adapters"},
		{"a suite does not import a third party", "ports/suite/b.go", `package suite; import "github.com/x/y"`, "standard library only"},
		{"adapters do not import each other", "adapters/mem/b.go", `package mem; import "example.com/m/adapters/sql"`, "adapters do not import each other"},
		{"not even from below", "adapters/mem/deep/b.go", `package deep; import "example.com/m/adapters/sql/rows"`, "adapters do not import each other"},
		{"nor does what they share", "adapters/internal/text/b.go", `package text; import "example.com/m/adapters/mem"`, "adapters do not import each other"},
		{"an adapter does not import app", "adapters/mem/b.go", `package mem; import "example.com/m/app"`, "adapters does not know app"},
		{"app does not import cmd", "app/cli/b.go", `package cli; import "example.com/m/cmd/m"`, "app does not know cmd"},
		{"no other folder has code", "internal/b.go", `package internal`, "internal/b.go: code stands in"},
		{"no other folder has tests", "e2e/b_test.go", `package e2e`, "e2e/b_test.go: code stands in"},
		{"the module's root has no code", "b.go", `package m`, "b.go: code stands in"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for name, content := range sound {
				plant(t, root, name, content)
			}
			plant(t, root, test.path, test.content)
			breaches, _, err := importBreaches(root)
			if err != nil {
				t.Fatal(err)
			}
			if test.want == "" {
				if len(breaches) > 0 {
					t.Errorf("got %v, want no breach", breaches)
				}
				return
			}
			if !slices.ContainsFunc(breaches, func(breach string) bool {
				return strings.HasPrefix(breach, test.path) && strings.Contains(breach, test.want)
			}) {
				t.Errorf("%s: %s\ngot %v, want a breach that says %q", test.path, test.content, breaches, test.want)
			}
		})
	}
}

func plant(t *testing.T, root, name, content string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The table of packages in ARCHITECTURE.md is where newcomers look first.
func TestEveryPackageStandsInTheArchitecture(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(string(text), "```mermaid")
	for _, layer := range []string{"../domain/*", "../ports/*", "../adapters/*", "../adapters/internal/*", "../app/*", "../cmd/*"} {
		files, err := filepath.Glob(layer + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("Glob: got %q and %v, want the packages of %s", files, err, layer)
		}
		folders := map[string]bool{}
		for _, file := range files {
			folders[filepath.Dir(file)] = true
		}
		for folder := range folders {
			if !regexp.MustCompile("[`/]" + filepath.Base(folder) + "`").MatchString(table) {
				t.Errorf("ARCHITECTURE.md does not say what %s is for", folder)
			}
		}
	}
}
