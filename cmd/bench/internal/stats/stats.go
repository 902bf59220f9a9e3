// Package stats says what several rounds of a measurement come to.
package stats

import (
	"fmt"
	"math"
	"slices"
)

// Sample is what the rounds of a measurement gave, one number each, in the order
// of the rounds.
type Sample []float64

// Median returns the number in the middle, and NaN for no rounds.
func (s Sample) Median() float64 { return s.quantile(0.5) }

// Lower returns the lower quartile: a quarter of the rounds gave less. NaN for no
// rounds.
func (s Sample) Lower() float64 { return s.quantile(0.25) }

// Upper returns the upper quartile: a quarter of the rounds gave more. NaN for no
// rounds.
func (s Sample) Upper() float64 { return s.quantile(0.75) }

// quantile returns the number below which a share of the rounds is. Between two
// rounds it goes straight from one to the other.
func (s Sample) quantile(share float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	below, rest := math.Modf(share * float64(len(sorted)-1))
	at := int(below)
	if rest == 0 {
		return sorted[at]
	}
	return sorted[at] + rest*(sorted[at+1]-sorted[at])
}

// Over returns the ratio of each round. Numbers of one round were measured next
// to each other, so what slowed the machine down for a while slowed both. The
// error is for samples of different rounds, which have no ratio.
func (s Sample) Over(base Sample) (Sample, error) {
	if len(s) != len(base) {
		return nil, fmt.Errorf("%d rounds cannot be compared with %d", len(s), len(base))
	}
	ratios := make(Sample, len(s))
	for i := range s {
		ratios[i] = s[i] / base[i]
	}
	return ratios, nil
}
