package report

import (
	"math"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

// Row is one thing that was measured.
type Row struct {
	// Work says what was measured.
	Work string
	// Measured are the rounds, counted in Unit.
	Measured stats.Sample
	Unit     Unit
	// Against says what was measured next to it, in the same rounds and unit; ""
	// is nothing.
	Against string
	Base    stats.Sample
	// Figure is what is to be reached; the zero Figure is nothing.
	Figure Figure
	// Missing says why there are no numbers; "" is a row with numbers.
	Missing string
}

// Figure is a limit that a measurement has to keep. Make it with one of the
// functions below.
type Figure struct {
	kind  figureKind
	limit float64
}

type figureKind int

const (
	noFigure figureKind = iota
	ratioAtLeast
	ratioAtMost
	measuredAtMost
)

// RatioAtLeast wants the median of the ratios to be limit or more.
func RatioAtLeast(limit float64) Figure { return Figure{kind: ratioAtLeast, limit: limit} }

// RatioAtMost wants the median of the ratios to be limit or less.
func RatioAtMost(limit float64) Figure { return Figure{kind: ratioAtMost, limit: limit} }

// MeasuredAtMost wants the median of what was measured to be limit or less, in the
// unit of the row.
func MeasuredAtMost(limit float64) Figure { return Figure{kind: measuredAtMost, limit: limit} }

// Verdict is whether a figure was reached.
type Verdict int

const (
	// NoFigure is for a row that has none.
	NoFigure Verdict = iota
	// Reached is for a median that keeps the limit.
	Reached
	// Missed is for one that does not.
	Missed
	// NotMeasured is for a figure without a measurement.
	NotMeasured
)

// Verdict compares the row with its figure. What has no number is not reached.
func (r Row) Verdict() (Verdict, error) {
	if r.Figure.kind == noFigure {
		return NoFigure, nil
	}
	if r.Missing != "" {
		return NotMeasured, nil
	}
	value := r.Measured.Median()
	if r.Figure.kind != measuredAtMost {
		ratio, err := r.Measured.Over(r.Base)
		if err != nil {
			return NoFigure, err
		}
		value = ratio.Median()
	}
	switch {
	case math.IsNaN(value):
		return Missed, nil
	case r.Figure.kind == ratioAtLeast && value >= r.Figure.limit, r.Figure.kind != ratioAtLeast && value <= r.Figure.limit:
		return Reached, nil
	default:
		return Missed, nil
	}
}
