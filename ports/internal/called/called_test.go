package called_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/ports/internal/called"
)

// port is what a suite would be of.
type port interface {
	First(number int) (int, error)
	Second(words ...string) string
}

// mock has the shape of those in package portmock.
type mock struct {
	FirstFunc  func(number int) (int, error)
	SecondFunc func(words ...string) string
}

func (m *mock) First(number int) (int, error) { return m.FirstFunc(number) }

func (m *mock) Second(words ...string) string { return m.SecondFunc(words...) }

// sound is an adapter.
type sound struct{}

func (sound) First(number int) (int, error) { return number + 1, nil }

func (sound) Second(words ...string) string { return strings.Join(words, " ") }

// ending collects what would fail a test, and ends when it is told to.
type ending struct {
	testing.TB
	said     []string
	cleanups []func()
}

func (e *ending) Helper() {}

func (e *ending) Cleanup(do func()) { e.cleanups = append(e.cleanups, do) }

func (e *ending) Errorf(format string, args ...any) {
	e.said = append(e.said, fmt.Sprintf(format, args...))
}

// end returns what fails the test at its end.
func (e *ending) end() []string {
	for _, do := range e.cleanups {
		do()
	}
	return e.said
}

func TestEachMethodThatIsNotCalledFailsTheTest(t *testing.T) {
	t.Parallel()
	first := func(through port) { _, _ = through.First(1) }
	second := func(through port) { _ = through.Second() }
	for name, test := range map[string]struct {
		calls []func(port)
		want  []string
	}{
		"none where each is called":    {[]func(port){first, second, first}, nil},
		"one":                          {[]func(port){first}, []string{"called_test.port.Second: "}},
		"the other":                    {[]func(port){second, second}, []string{"called_test.port.First: "}},
		"all where nothing was called": {nil, []string{"called_test.port.First: ", "called_test.port.Second: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &ending{TB: t}
			methods, through := called.Want[port](tb), &mock{}
			methods.Forward(through, sound{})
			for _, call := range test.calls {
				call(through)
			}
			got := tb.end()
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("got the failures %q, want one for each of %q", got, test.want)
			}
		})
	}
}

func TestAMockAnswersAsWhatItForwardsTo(t *testing.T) {
	t.Parallel()
	through := &mock{}
	called.Want[port](&ending{TB: t}).Forward(through, sound{})
	if got, err := through.First(41); got != 42 || err != nil {
		t.Errorf("First: got %d and %v, want 42 and nil", got, err)
	}
	if got := through.Second("so", "many"); got != "so many" {
		t.Errorf("Second: got %q, want %q", got, "so many")
	}
}

func TestWhatIsPlantedInAMockIsRecordedAsItIs(t *testing.T) {
	t.Parallel()
	tb := &ending{TB: t}
	through := &mock{SecondFunc: func(...string) string { return "planted" }}
	called.Want[port](tb).Record(through)
	if got := through.Second("x"); got != "planted" {
		t.Errorf("Second: got %q, want what was planted", got)
	}
	if got := tb.end(); len(got) != 1 || !strings.Contains(got[0], "First") {
		t.Errorf("got the failures %q, want that of First only, which has no function", got)
	}
}
