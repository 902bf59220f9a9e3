package chart

import (
	"math"
	"strconv"
)

// Count writes 1000 as "1k" and 10000000 as "10M".
func Count(value float64) string {
	switch {
	case value >= 1e6:
		return short(value/1e6) + "M"
	case value >= 1e3:
		return short(value/1e3) + "k"
	default:
		return short(value)
	}
}

// Seconds writes 0.001 as "1 ms".
func Seconds(value float64) string {
	switch {
	case value < 0.9999e-3:
		return short(value*1e6) + " µs"
	case value < 0.9999:
		return short(value*1e3) + " ms"
	default:
		return short(value) + " s"
	}
}

// short writes a number without the rest that a power of ten below 1 leaves.
func short(value float64) string {
	return strconv.FormatFloat(math.Round(value*1000)/1000, 'f', -1, 64)
}
