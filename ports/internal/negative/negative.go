// Package negative runs negative controls: a conformance suite is worth what it
// catches, so each suite is also run against adapters that are broken on purpose
// and must fail it.
//
// A failing test fails its parents too, so the suite runs in a child process:
// the test binary itself, started again for the one case that should fail.
package negative

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// variable names the control whose body a child process runs.
const variable = "ROSTER_NEGATIVE_CONTROL"

// limit is how long a child process may take.
const limit = 2 * time.Minute

// Control passes when body fails as wanted, and fails otherwise. The test that
// calls it is run again in a child process, and there body runs with that test's
// t; body starts subtests, usually by running a whole suite.
//
// Of those only the wanted one runs: wantFailing is the start of its name below
// t, as it is written in the source, with a slash between levels. It must be
// reported as failed, in whole by t.Error and its like, or by the panic with
// which testing/synctest reports a deadlock. Any other panic, such as a test
// that takes too long, says nothing about the suite and makes Control fail.
//
// Control costs the start of a process.
func Control(t *testing.T, wantFailing string, body func(t *testing.T)) {
	t.Helper()
	if running := os.Getenv(variable); running == t.Name() || strings.HasPrefix(running, t.Name()+"/") {
		body(t)
		return
	}
	output, err := runChild(t.Context(), t.Name(), wantFailing)
	if problem := judge(t.Name(), wantFailing, output, err); problem != "" {
		t.Fatalf("control of %q: %s; the child process said:\n%s", wantFailing, problem, output)
	}
}

// Complete fails the test for each case that no control wants to fail: such a case
// may check nothing. cases are the names below the suite's test, and wantFailing
// is what the controls hand to Control.
func Complete(tb testing.TB, cases, wantFailing []string) {
	tb.Helper()
	for _, name := range cases {
		startsName := func(start string) bool { return strings.HasPrefix(name, start) }
		if !slices.ContainsFunc(wantFailing, startsName) {
			tb.Errorf("case %q: got no control, want one: a case that fails no broken adapter may check nothing", name)
		}
	}
}

// runChild runs one case below the test and returns what it printed.
func runChild(ctx context.Context, test, wantFailing string) (string, error) {
	binary, err := os.Executable()
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, binary,
		"-test.run="+pattern(test, wantFailing), "-test.count=1", "-test.timeout="+limit.String())
	command.Env = append(os.Environ(), variable+"="+test)
	output, err := command.CombinedOutput()
	return string(output), err
}

// pattern matches exactly the test, and below it the cases whose names start as wanted.
func pattern(test, wantFailing string) string {
	var levels []string
	for level := range strings.SplitSeq(test, "/") {
		levels = append(levels, "^"+regexp.QuoteMeta(level)+"$")
	}
	for level := range strings.SplitSeq(written(wantFailing), "/") {
		levels = append(levels, "^"+regexp.QuoteMeta(level))
	}
	return strings.Join(levels, "/")
}

// written returns a subtest's name as package testing prints it.
func written(name string) string { return strings.ReplaceAll(name, " ", "_") }

var panicLine = regexp.MustCompile(`(?m)^panic: (.*)$`)

// judge returns what speaks against the child process, or "".
func judge(test, wantFailing, output string, err error) string {
	if err == nil {
		return "want a failure, got none: the case accepts the broken adapter, or there is no such case"
	}
	if said := panicLine.FindStringSubmatch(output); said != nil && !strings.HasPrefix(said[1], "deadlock: ") {
		return fmt.Sprintf("want the case to fail, got a panic (%s), which proves nothing", said[1])
	}
	if want := "--- FAIL: " + test + "/" + written(wantFailing); !strings.Contains(output, want) {
		return fmt.Sprintf("want %q in the output, got it not (%v): something else failed", want, err)
	}
	return ""
}
