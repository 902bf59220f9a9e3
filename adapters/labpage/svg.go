package labpage

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

// picture is an SVG as wide as the page lets it be. Across, a place is a share of the width; down, it is a number of pixels:
// so letters, lines and patterns keep their size on any page.
type picture struct {
	text strings.Builder
	// scale is the time from the left to the right.
	scale time.Duration
}

// at returns the share of the width at which a moment lies, within the picture.
func (p *picture) at(moment time.Duration) float64 {
	if p.scale <= 0 {
		return 0
	}
	return min(1, max(0, float64(moment)/float64(p.scale)))
}

// rect draws a box, which says its title where that is not "".
func (p *picture) rect(attributes string, x, width, y, height float64, title string) {
	fmt.Fprintf(&p.text, `<rect %s x="%s" width="%s" y="%s" height="%s"`, attributes, percent(x), percent(width), hundredths(y), hundredths(height))
	if title == "" {
		p.text.WriteString("/>")
		return
	}
	fmt.Fprintf(&p.text, "><title>%s</title></rect>", template.HTMLEscapeString(title))
}

// line draws a line of a class.
func (p *picture) line(class string, x1, x2, y1, y2 float64) {
	fmt.Fprintf(&p.text, `<line class="%s" x1="%s" x2="%s" y1="%s" y2="%s"/>`, class, percent(x1), percent(x2), hundredths(y1), hundredths(y2))
}

// words writes a text that begins at, is in the middle of, or ends at a place, as anchor says.
func (p *picture) words(class, anchor string, x, y float64, text string) {
	fmt.Fprintf(&p.text, `<text class="%s" text-anchor="%s" x="%s" y="%s">%s</text>`, class, anchor, percent(x), hundredths(y), template.HTMLEscapeString(text))
}

// mark draws a small shape around a place.
func (p *picture) mark(class string, x, y float64, shape, title string) {
	fmt.Fprintf(&p.text, `<svg x="%s" y="%s"><path class="%s" d="%s">`, percent(x), hundredths(y), class, shape)
	if title != "" {
		fmt.Fprintf(&p.text, "<title>%s</title>", template.HTMLEscapeString(title))
	}
	p.text.WriteString("</path></svg>")
}

// The shapes of marks.
const (
	cross = "M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5"
	star  = "M0-7 2-2 7 0 2 2 0 7-2 2-7 0-2-2z"
)

// across is how many units the paths of stretched are wide.
const across = 1000

// stretched draws paths whose places across are in units of a thousandth of the width.
func (p *picture) stretched(height float64, paths ...path) {
	open := false
	for _, path := range paths {
		if path.d == "" {
			continue
		}
		if !open {
			fmt.Fprintf(&p.text, `<svg viewBox="0 0 %d %s" preserveAspectRatio="none" width="100%%" height="%[2]s">`, across, hundredths(height))
			open = true
		}
		fmt.Fprintf(&p.text, `<path %s d="%s"/>`, path.attributes, path.d)
	}
	if open {
		p.text.WriteString("</svg>")
	}
}

type path struct{ attributes, d string }

// box is the part of a path that is a rectangle; x and width are shares of the width.
func box(x, width, y, height float64) string {
	return fmt.Sprintf("M%s %sh%sv%sh-%[3]sz", tenths(x*across), hundredths(y), tenths(max(0.5, width*across)), hundredths(height))
}

// done returns the picture, of so many pixels down, with what it is called and what it shows.
func (p *picture) done(id string, height float64, title, description string) template.HTML {
	return template.HTML(fmt.Sprintf( //nolint:gosec // words and titles were escaped
		`<svg class="lab-picture" id="%s" width="100%%" height="%s" role="img" aria-labelledby="%[1]s-title %[1]s-text"><title id="%[1]s-title">%[3]s</title><desc id="%[1]s-text">%[4]s</desc>%[5]s</svg>`,
		id, hundredths(height), template.HTMLEscapeString(title), template.HTMLEscapeString(description), p.text.String()))
}

// axis draws lines down to the bottom at round times, and writes these below it.
func (p *picture) axis(top, bottom float64, parts int) {
	step := time.Duration(math.Max(1, roundTo(float64(p.scale)/float64(parts), 1, 2, 5)))
	for i := range parts + 1 {
		at := step * time.Duration(i)
		if at < 0 || at > p.scale {
			break
		}
		x := p.at(at)
		p.line("lab-grid", x, x, top, bottom)
		anchor := "middle"
		switch {
		case x < 0.04:
			anchor = "start"
		case x > 0.93:
			anchor = "end"
		}
		p.words("lab-tick", anchor, x, bottom+14, duration(at))
	}
	p.line("lab-base", 0, 1, bottom, bottom)
}

// axisHeight is what an axis needs below the picture.
const axisHeight = 20

// roundUp returns the least of 1, 2, 3, 4, 6, 8, 10, 20, … and of their tenths that is not less than a number; 1 for none above 0.
func roundUp(value float64) float64 { return roundTo(value, 1, 2, 3, 4, 6, 8) }

// roundTo is roundUp with other steps.
func roundTo(value float64, steps ...float64) float64 {
	if !(value > 0) || math.IsInf(value, 1) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(value)))
	for _, step := range steps {
		if value <= step*unit*(1+1e-9) {
			return step * unit
		}
	}
	return 10 * unit
}

// percent writes a share of the width.
func percent(share float64) string { return decimals(100*share, 2) + "%" }

func tenths(value float64) string     { return decimals(value, 1) }
func hundredths(value float64) string { return decimals(value, 2) }

// decimals writes a number with so many decimals at most.
func decimals(value float64, most int) string {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return "0"
	}
	text := strconv.FormatFloat(value, 'f', most, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}
