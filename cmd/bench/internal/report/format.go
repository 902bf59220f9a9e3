package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Unit says what a number counts.
type Unit int

const (
	// PerSecond is how many a second: more is better.
	PerSecond Unit = iota
	// Seconds is how long: less is better.
	Seconds
	// Bytes is how much memory: less is better.
	Bytes
)

// Format writes a number with three digits that count, in a unit of its size.
func (u Unit) Format(value float64) string {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return "?"
	}
	switch u {
	case PerSecond:
		return formatRate(value)
	case Seconds:
		return formatSeconds(value)
	default:
		return digits(value/(1<<20)) + " MiB"
	}
}

func formatSeconds(value float64) string {
	switch {
	case value < 1e-3:
		return digits(value*1e6) + " µs"
	case value < 1:
		return digits(value*1e3) + " ms"
	default:
		return digits(value) + " s"
	}
}

func formatRate(value float64) string {
	whole, fraction, broken := strings.Cut(digits(value), ".")
	if broken {
		fraction = "." + fraction
	}
	return commas(whole) + fraction + "/s"
}

// digits writes three digits that count, and zeros for the others before the point.
func digits(value float64) string {
	if value == 0 {
		return "0"
	}
	rounded, err := strconv.ParseFloat(fmt.Sprintf("%.3g", value), 64)
	if err != nil {
		return "?"
	}
	decimals := max(0, 2-int(math.Floor(math.Log10(math.Abs(rounded)))))
	return strconv.FormatFloat(rounded, 'f', decimals, 64)
}

// Grouped writes a whole number with a comma after each thousand.
func Grouped(n int) string { return commas(strconv.Itoa(n)) }

// commas puts a comma after each thousand.
func commas(whole string) string {
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	return whole
}
