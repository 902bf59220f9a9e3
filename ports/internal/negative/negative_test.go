package negative_test

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
)

func passes(*testing.T)  {}
func crashes(*testing.T) { panic("planted") }

func fails(t *testing.T) {
	t.Helper()
	t.Error("planted")
}

func deadlocks(t *testing.T) {
	t.Helper()
	synctest.Test(t, func(*testing.T) { <-make(chan struct{}) })
}

// suite runs cases as a conformance suite would.
func suite(first, second func(t *testing.T)) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		t.Run("the first case (of 2)", first)
		t.Run("the second case", second)
	}
}

func TestControlPassesWhenTheWantedCaseFails(t *testing.T) {
	t.Parallel()
	for name, control := range map[string]struct {
		want string
		body func(t *testing.T)
	}{
		"by its full name":                   {"the first case (of 2)", suite(fails, passes)},
		"by the start of its name":           {"the second", suite(passes, fails)},
		"by a deadlock in virtual time":      {"the first", suite(deadlocks, passes)},
		"two levels down":                    {"group/the second case", grouped(suite(passes, fails))},
		"while another case would crash":     {"the second case", suite(crashes, fails)},
		"while another case would also fail": {"the first case", suite(fails, fails)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, control.want, control.body)
		})
	}
}

// A control that fails would fail this test, so it is planted in a child process
// whose end is looked at here, without the help of package negative.
func TestControlFails(t *testing.T) {
	t.Parallel()
	for name, control := range map[string]struct {
		want string
		body func(t *testing.T)
	}{
		"when every case passes":         {"the first case", suite(passes, passes)},
		"when only another case fails":   {"the first case", suite(passes, fails)},
		"when there is no such case":     {"the third case", suite(fails, fails)},
		"when the wanted case panics":    {"the first case", suite(crashes, passes)},
		"when the body fails before it":  {"the first case", fails},
		"when the name starts elsewhere": {"case", suite(fails, fails)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const planted = "ROSTER_PLANTED_CONTROL"
			if os.Getenv(planted) != "" {
				negative.Control(t, control.want, control.body)
				return
			}
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestControlFails$/^"+path.Base(t.Name())+"$")
			command.Env = append(os.Environ(), planted+"=1")
			output, err := command.CombinedOutput()
			if want := "--- FAIL: " + t.Name(); err == nil || !strings.Contains(string(output), want) {
				t.Errorf("Control: got %v, want a failed process that says %q:\n%s", err, want, output)
			}
		})
	}
}

// failures collects what would fail a test.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestCompleteFailsForEachCaseWithoutAControl(t *testing.T) {
	t.Parallel()
	cases := []string{"the first case", "the second case", "a third case"}
	for name, controls := range map[string]struct {
		wantFailing []string
		want        []string
	}{
		"none where each has one":            {[]string{"the second case", "a third", "the first"}, nil},
		"none where one is for two":          {[]string{"the", "a"}, nil},
		"those that are missing":             {[]string{"the second"}, []string{"the first case", "a third case"}},
		"all where there are no controls":    {nil, cases},
		"one whose control starts elsewhere": {[]string{"the", "third case"}, []string{"a third case"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := &failures{TB: t}
			negative.Complete(got, cases, controls.wantFailing)
			if len(got.said) != len(controls.want) {
				t.Fatalf("controls of %q: got the failures %q, want one for each of %q", controls.wantFailing, got.said, controls.want)
			}
			for i, want := range controls.want {
				if !strings.Contains(got.said[i], want) {
					t.Errorf("failure %d: got %q, want it to name %q", i, got.said[i], want)
				}
			}
		})
	}
}

func grouped(body func(t *testing.T)) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		t.Run("group", body)
	}
}
