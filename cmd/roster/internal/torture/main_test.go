//go:build linux

package torture_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
)

// large makes the tests take the size whose figures stand in docs/reliability.md.
var large = flag.Bool("torture", false, "take minutes for each test, and print figures")

// size returns how much of something a test does.
func size[N any](small, big N) N {
	if *large {
		return big
	}
	return small
}

func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "torture")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildFolder = folder
	code := m.Run()
	_ = os.RemoveAll(folder) // it is in the folder for what may be removed
	figures.print()
	os.Exit(code)
}

// buildFolder is where roster is built.
var buildFolder string

// build builds roster once.
var build = sync.OnceValues(func() (string, error) {
	return program.Build(context.Background(), buildFolder)
})

// binary returns the path of roster.
func binary(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// figures are what the tests of the large size found.
var figures figureList

type figureList struct {
	mu    sync.Mutex
	lines []string
}

// figure notes what a test found, in one line.
func figure(t *testing.T, format string, values ...any) {
	t.Helper()
	line := fmt.Sprintf(format, values...)
	t.Log(line)
	if !*large {
		return
	}
	figures.mu.Lock()
	defer figures.mu.Unlock()
	figures.lines = append(figures.lines, t.Name()+" | "+line)
}

func (f *figureList) print() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.lines) > 0 {
		fmt.Println("\nfigures:\n" + strings.Join(f.lines, "\n"))
	}
}
