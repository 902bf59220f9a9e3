package stats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

func TestMedianAndQuartilesCutTheRoundsWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                 string
		sample               stats.Sample
		lower, median, upper float64
	}{
		{"one round", stats.Sample{7}, 7, 7, 7},
		{"two rounds", stats.Sample{3, 1}, 1.5, 2, 2.5},
		{"an odd count", stats.Sample{9, 1, 5}, 3, 5, 7},
		{"an even count", stats.Sample{4, 1, 3, 2}, 1.75, 2.5, 3.25},
		{"five rounds", stats.Sample{50, 10, 40, 20, 30}, 20, 30, 40},
		{"an outlier on each side moves nothing", stats.Sample{1e9, 30, 20, 40, -1e9}, 20, 30, 40},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(test.sample)
			if got := test.sample.Median(); got != test.median {
				t.Errorf("median: got %v, want %v", got, test.median)
			}
			if got := test.sample.Lower(); got != test.lower {
				t.Errorf("lower quartile: got %v, want %v", got, test.lower)
			}
			if got := test.sample.Upper(); got != test.upper {
				t.Errorf("upper quartile: got %v, want %v", got, test.upper)
			}
			if !slices.Equal(test.sample, before) {
				t.Errorf("got the rounds %v, want them in their order, %v", test.sample, before)
			}
		})
	}
}

func TestNoRoundsAreNoNumber(t *testing.T) {
	t.Parallel()
	var none stats.Sample
	for name, got := range map[string]float64{"median": none.Median(), "lower quartile": none.Lower(), "upper quartile": none.Upper()} {
		if !math.IsNaN(got) {
			t.Errorf("%s: got %v, want NaN: 0 would look like a measurement", name, got)
		}
	}
}

// The machine is half as fast in the second round. The ratio of the medians
// would be 0.75; each round by itself says 0.5.
func TestRatioIsTakenWithinARound(t *testing.T) {
	t.Parallel()
	ratio, err := stats.Sample{50, 25, 50}.Over(stats.Sample{100, 50, 100})
	if err != nil || !slices.Equal(ratio, stats.Sample{0.5, 0.5, 0.5}) {
		t.Errorf("got %v and the error %v, want 0.5 in each round", ratio, err)
	}
}

func TestDifferentRoundsHaveNoRatio(t *testing.T) {
	t.Parallel()
	if ratio, err := (stats.Sample{1, 2}).Over(stats.Sample{1}); err == nil {
		t.Errorf("got %v, want an error", ratio)
	}
}
