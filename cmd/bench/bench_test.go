package main_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	main "github.com/seed-bbcc19ba/roster/cmd/bench"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

func TestThingsAreMeasuredInTurnAndTheFirstRoundIsNotCounted(t *testing.T) {
	t.Parallel()
	var order []string
	counting := func(name string) main.Measurement {
		value := 0.0
		return func(context.Context) (float64, error) {
			order = append(order, name)
			value++
			return value, nil
		}
	}
	samples, err := main.InTurn(t.Context(), 3, counting("a"), counting("b"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(order, ""), "abababab"; got != want {
		t.Errorf("got the order %s, want %s", got, want)
	}
	for i, sample := range samples {
		if want := (stats.Sample{2, 3, 4}); !slices.Equal(sample, want) {
			t.Errorf("sample %d: got %v, want %v", i, sample, want)
		}
	}
}

func TestFirstErrorEndsTheRounds(t *testing.T) {
	t.Parallel()
	wrong := errors.New("a wrong answer")
	calls := 0
	_, err := main.InTurn(t.Context(), 5, func(context.Context) (float64, error) {
		calls++
		if calls == 3 {
			return 0, wrong
		}
		return 1, nil
	})
	if !errors.Is(err, wrong) || calls != 3 {
		t.Errorf("got the error %v after %d calls, want %v after 3", err, calls, wrong)
	}
}

func TestRoundsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	late := errors.New("too late")
	ctx, cancel := context.WithCancelCause(t.Context())
	calls := 0
	_, err := main.InTurn(ctx, 5, func(context.Context) (float64, error) {
		calls++
		cancel(late)
		return 1, nil
	})
	if !errors.Is(err, late) || calls != 1 {
		t.Errorf("got the error %v after %d calls, want %v after 1", err, calls, late)
	}
}

func TestOnlyAWholeRunIsWrittenToDocs(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"everything":            {nil, filepath.Join(root, "docs")},
		"a quick run":           {[]string{"-quick"}, filepath.Join(root, "bin", "benchmark")},
		"some parts":            {[]string{"-only", "reads,start"}, filepath.Join(root, "bin", "benchmark")},
		"where it is told to":   {[]string{"-out", "elsewhere"}, "elsewhere"},
		"quick where told to":   {[]string{"-quick", "-out", "elsewhere"}, "elsewhere"},
		"a part where told to":  {[]string{"-out", "elsewhere", "-only", "hexagon"}, "elsewhere"},
		"quick and some, alone": {[]string{"-quick", "-only", "bulks"}, filepath.Join(root, "bin", "benchmark")},
	} {
		options, err := main.ParseOptions(append([]string{"-root", root}, test.args...), io.Discard)
		if err != nil || options.Out() != test.want {
			t.Errorf("%s: got the folder %s and the error %v, want %s", name, options.Out(), err, test.want)
		}
		if whole := len(test.args) == 0 || test.args[0] == "-out" && len(test.args) == 2; whole != (options.Partial() == "") {
			t.Errorf("%s: got %q, want words for a run that is not whole", name, options.Partial())
		}
	}
}

func TestOptionsThatAreNoneAreErrors(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-fast"}, {"quick"}, {"-only", "reads,nothing"}} {
		if _, err := main.ParseOptions(args, io.Discard); err == nil {
			t.Errorf("%v: got no error, want one", args)
		}
	}
}

func TestDepthIsAPageOfTheTable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ rows, percent, want int }{
		{1_000, 50, 6}, {1_000, 99, 10}, {10_000_000, 99, 99_001}, {10_000_000, 50, 50_001}, {1, 99, 1}, {100, 100, 1},
	} {
		if got := main.Depth(test.rows, test.percent); got != test.want {
			t.Errorf("%d %% of %d rows: got page %d, want %d", test.percent, test.rows, got, test.want)
		}
	}
}

func TestPartsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	names := main.PartNames()
	if slices.Sort(names); len(slices.Compact(names)) != len(main.PartNames()) || slices.Contains(names, "") {
		t.Errorf("got %v, want a name for each", main.PartNames())
	}
}
