package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/chart"
)

func panel(title string, points ...chart.Point) chart.Panel {
	return chart.Panel{
		Title: title,
		X:     chart.Axis{Label: "rows", Format: chart.Count},
		Y:     chart.Axis{Label: "time", Format: chart.Seconds},
		Lines: []chart.Line{{Name: "line of " + title, Points: points}},
	}
}

// texts returns what is written in a picture.
func texts(t *testing.T, svg []byte) []string {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	var found []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("got %v, want a picture in XML", err)
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			found = append(found, strings.TrimSpace(string(text)))
		}
	}
}

func TestPictureNamesPanelsLinesAxesAndMarks(t *testing.T) {
	t.Parallel()
	svg, err := chart.SVG([]chart.Panel{
		panel("one", chart.Point{X: 1e3, Y: 1e-4}, chart.Point{X: 1e6, Y: 1}),
		panel("two <&>", chart.Point{X: 10, Y: 1e-3}),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := "|" + strings.Join(texts(t, svg), "|") + "|"
	for _, want := range []string{"one", "two <&>", "line of one", "line of two <&>", "rows", "time", "1k", "10k", "100k", "1M", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"} {
		if !strings.Contains(got, "|"+want+"|") {
			t.Errorf("got the texts %s, want %q among them", got, want)
		}
	}
}

func TestPointsWithoutAPlaceAreLeftOut(t *testing.T) {
	t.Parallel()
	svg, err := chart.SVG([]chart.Panel{
		panel("sound", chart.Point{X: 0, Y: 1}, chart.Point{X: 1, Y: -1}, chart.Point{X: 10, Y: 0.1}, chart.Point{X: 10, Y: math.Inf(1)}, chart.Point{X: math.NaN(), Y: 1}),
		panel("empty"),
		panel("bad", chart.Point{X: 1, Y: math.NaN()}),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(texts(t, svg), "|")
	if !strings.Contains(got, "sound") || strings.Contains(got, "empty") || strings.Contains(got, "bad") {
		t.Errorf("got the texts %s, want the sound panel only", got)
	}
	if bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
		t.Error("got a picture with NaN or Inf in it")
	}
}

func TestNothingToDrawIsAnError(t *testing.T) {
	t.Parallel()
	if svg, err := chart.SVG([]chart.Panel{panel("empty")}); err == nil {
		t.Errorf("got %s, want an error", svg)
	}
}

func TestPictureIsTheSameForTheSameNumbers(t *testing.T) {
	t.Parallel()
	panels := []chart.Panel{panel("one", chart.Point{X: 1, Y: 1}, chart.Point{X: 2, Y: 2})}
	first, err := chart.SVG(panels)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := chart.SVG(panels); err != nil || !bytes.Equal(first, second) {
		t.Errorf("got another picture and the error %v, want the same: it is kept in git", err)
	}
}

func TestMarksAreReadable(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{1: "1", 256: "256", 1e3: "1k", 1e4: "10k", 1e7: "10M"} {
		if got := chart.Count(value); got != want {
			t.Errorf("%v: got %q, want %q", value, got, want)
		}
	}
	for exponent, want := range map[float64]string{-6: "1 µs", -5: "10 µs", -4: "100 µs", -3: "1 ms", -2: "10 ms", -1: "100 ms", 0: "1 s", 1: "10 s"} {
		if got := chart.Seconds(math.Pow(10, exponent)); got != want {
			t.Errorf("10^%v s: got %q, want %q", exponent, got, want)
		}
	}
}
