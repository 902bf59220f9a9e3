package labpage

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

const (
	// windows is of how many parts the time is made in a picture of how a run went, and rows in a table of it.
	windows, tableRows = 30, 10
	// courseTop is where the highest value stands, and courseHeight how high that is drawn.
	courseTop, courseHeight = 18, 84
	// samplesAcross is of how many steps a line of samples is made.
	samplesAcross = 120
)

// course is one figure over the time, of every run on the same scales.
type course struct {
	Title, Text string
	Pictures    []coursePicture
}

// coursePicture is a course of one run.
type coursePicture struct {
	Name, Figure string
	Picture      template.HTML
}

// courseOf draws one course: figure says the most important number of a run, top how high its values go, draw draws them with
// a function from values to places, and label writes a value.
type courseOf struct {
	id, title, text string
	figure          func(lab.Run, lab.Figures) string
	top             func(lab.Run) float64
	draw            func(p *picture, run lab.Run, y func(float64) float64)
	label           func(float64) string
	// round rounds up to a number that reads well; nil is roundUp.
	round func(float64) float64
}

const courseBase = courseTop + courseHeight

// drawCourse draws the same figure of all runs.
func drawCourse(c courseOf, runs []lab.Run, names []string, scale time.Duration) course {
	drawn := course{Title: c.title, Text: c.text}
	top := 0.0
	for _, run := range runs {
		top = max(top, c.top(run))
	}
	if c.round == nil {
		c.round = roundUp
	}
	top = c.round(top)
	y := func(value float64) float64 { return courseBase - courseHeight*min(1, max(0, value/top)) }
	for i, run := range runs {
		p := picture{scale: scale}
		for _, value := range []float64{top, top / 2} {
			p.line("lab-grid", 0, 1, y(value), y(value))
		}
		p.words("lab-tick", "start", 0, courseTop-4, c.label(top))
		c.draw(&p, run, y)
		p.axis(courseBase, courseBase, 3)
		figure := c.figure(run, run.Figures())
		description := fmt.Sprintf("%s: %s. Time goes from left to right, from 0 to %s; the highest line is %s.", c.text, figure, duration(scale), c.label(top))
		drawn.Pictures = append(drawn.Pictures, coursePicture{
			Name: names[i], Figure: figure,
			Picture: p.done(fmt.Sprintf("lab-%s-%d", c.id, i+1), courseBase+axisHeight, c.title+": "+names[i], description),
		})
	}
	return drawn
}

// courses are the figures that a page shows over the time.
func courses(runs []lab.Run, names []string, scale time.Duration) []course {
	cut := func(run lab.Run) []lab.Window { return run.Windows(windows, scale) }
	all := []courseOf{
		{
			id: "items", title: "How much was done", text: "Items that were done in each second, and on top of them those that failed", label: perSecond,
			figure: func(_ lab.Run, f lab.Figures) string { return perSecond(f.Throughput) + " on average" },
			top: func(run lab.Run) float64 {
				return greatest(cut(run), func(w lab.Window) float64 { return rateOf(w, w.Done+w.Failed) })
			},
			draw: func(p *picture, run lab.Run, y func(float64) float64) { drawThroughput(p, cut(run), y) },
		},
		{
			id: "latency", title: "How long calls took", text: "Of the calls that were answered then, a half, nine of ten and 99 of a hundred took at most so long: the darkest part is the half, the palest the 99",
			label: func(value float64) string { return duration(time.Duration(value)) },
			figure: func(_ lab.Run, f lab.Figures) string {
				if f.Answered == 0 {
					return "no call was answered"
				}
				return fmt.Sprintf("half within %s, 99 of 100 within %s", duration(f.Latency.P50), duration(f.Latency.P99))
			},
			top: func(run lab.Run) float64 {
				return greatest(cut(run), func(w lab.Window) float64 { return float64(w.Latency.P99) })
			},
			draw: func(p *picture, run lab.Run, y func(float64) float64) { drawLatency(p, cut(run), y) },
		},
		{
			id: "goroutines", title: "Goroutines", text: "Goroutines of the process", label: short,
			figure: func(_ lab.Run, f lab.Figures) string { return "up to " + number(f.PeakGoroutines) },
			top:    func(run lab.Run) float64 { return float64(run.Figures().PeakGoroutines) },
			draw: func(p *picture, run lab.Run, y func(float64) float64) {
				drawSamples(p, run, y, func(s lab.Sample) float64 { return float64(s.Goroutines) })
			},
		},
		{
			id: "heap", title: "Memory", text: "Bytes of objects in the heap, with those that nobody needs any more", label: bytes, round: roundBytes,
			figure: func(_ lab.Run, f lab.Figures) string { return "up to " + bytes(float64(f.PeakHeap)) },
			top:    func(run lab.Run) float64 { return float64(run.Figures().PeakHeap) },
			draw: func(p *picture, run lab.Run, y func(float64) float64) {
				drawSamples(p, run, y, func(s lab.Sample) float64 { return float64(s.Heap) })
			},
		},
	}
	drawn := make([]course, len(all))
	for i, one := range all {
		drawn[i] = drawCourse(one, runs, names, scale)
	}
	return drawn
}

func greatest(windows []lab.Window, of func(lab.Window) float64) float64 {
	most := 0.0
	for _, w := range windows {
		most = max(most, of(w))
	}
	return most
}

// roundBytes rounds up to a round number of the unit in which it is written.
func roundBytes(value float64) float64 {
	unit := 1.0
	for value/unit >= 1024 {
		unit *= 1024
	}
	return roundUp(value/unit) * unit
}

// rateOf returns so many items of a window for each second.
func rateOf(w lab.Window, items int) float64 {
	if w.To <= w.From {
		return 0
	}
	return float64(items) / (w.To - w.From).Seconds()
}

func drawThroughput(p *picture, windows []lab.Window, y func(float64) float64) {
	var done, failed strings.Builder
	for _, w := range windows {
		good, all := y(w.Throughput()), y(rateOf(w, w.Done+w.Failed))
		if w.Done > 0 {
			done.WriteString(column(p, w, good, courseBase))
		}
		if w.Failed > 0 {
			failed.WriteString(column(p, w, all, good))
		}
	}
	p.stretched(courseBase, path{`class="lab-done"`, done.String()}, path{`fill="url(#lab-hatch)"`, failed.String()})
}

func drawLatency(p *picture, windows []lab.Window, y func(float64) float64) {
	var p50, p90, p99 strings.Builder
	for _, w := range windows {
		if w.Answered == 0 {
			continue
		}
		low, middle, high := y(float64(w.Latency.P50)), y(float64(w.Latency.P90)), y(float64(w.Latency.P99))
		p50.WriteString(column(p, w, low, courseBase))
		p90.WriteString(column(p, w, middle, low))
		p99.WriteString(column(p, w, high, middle))
	}
	p.stretched(courseBase, path{`class="lab-p50"`, p50.String()}, path{`class="lab-p90"`, p90.String()}, path{`class="lab-p99"`, p99.String()})
}

// column returns the part of a path that stands for a window, between two heights: it leaves a gap to the next one.
func column(p *picture, w lab.Window, top, base float64) string {
	x := p.at(w.From)
	width := p.at(w.To) - x
	return box(x+0.08*width, 0.84*width, top, max(0, base-top))
}

// drawSamples draws a line through the samples, with what is below it filled. Of several in one step it shows the greatest.
func drawSamples(p *picture, run lab.Run, y func(float64) float64, of func(lab.Sample) float64) {
	var line strings.Builder
	first, last := 0.0, 0.0
	step, most := -1, 0.0
	write := func() {
		x := float64(step) / samplesAcross * across
		if line.Len() == 0 {
			first = x
		} else {
			line.WriteString("L")
		}
		last = x
		line.WriteString(tenths(x) + " " + tenths(y(most)))
	}
	for _, sample := range run.Samples {
		at := int(p.at(sample.At) * samplesAcross)
		if at != step {
			if step >= 0 {
				write()
			}
			step, most = at, 0
		}
		most = max(most, of(sample))
	}
	if step < 0 {
		p.words("lab-tick", "middle", 0.5, courseBase-courseHeight/2, "not measured")
		return
	}
	write()
	d := line.String()
	p.stretched(courseBase,
		path{`class="lab-under"`, fmt.Sprintf("M%s %dL%sL%s %[2]dz", tenths(first), courseBase, d, tenths(last))},
		path{`class="lab-line" vector-effect="non-scaling-stroke"`, "M" + d})
}
