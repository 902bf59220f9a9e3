package labpage

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

const (
	// laneGap is what stands between lanes, with the name of the next one in it.
	laneGap = 24
	// markLane is how high the lane of refusals is.
	markLane = 16
	// marksAcross is how many marks of refusals there are at most.
	marksAcross = 160
	// crowdHeight is how high the greatest crowd of waiting calls is drawn, and crowdParts of how many parts it is made.
	crowdHeight, crowdParts = 84, 200
	// barsHeight is how high the rows of workers are together at most, and rowHeight one of them.
	barsHeight, rowHeight = 264, 16
	// leastWidth is the share of the width that a bar has at least, and apart the gap behind one that is wider than apartFrom.
	leastWidth, apart, apartFrom = 0.0012, 0.0016, 0.006
)

// timeline is what a picture of who did what, and when, is drawn from.
type timeline struct {
	picture
	run   lab.Run
	plan  plan
	waits []wait
	y     float64 // how far down the picture is drawn
	seen  seen
}

// seen is what pictures show, so that the legend explains that and no more.
type seen struct {
	Done, Failed, Panicked, Refused, Waiting, Partly, Crowd, Shades, Shared bool
}

func (s *seen) add(other seen) {
	s.Done = s.Done || other.Done
	s.Failed = s.Failed || other.Failed
	s.Panicked = s.Panicked || other.Panicked
	s.Refused = s.Refused || other.Refused
	s.Waiting = s.Waiting || other.Waiting
	s.Partly = s.Partly || other.Partly
	s.Crowd = s.Crowd || other.Crowd
	s.Shades = s.Shades || other.Shades
	s.Shared = s.Shared || other.Shared
}

// drawTimeline draws a run: refusals, waiting calls, and the batches of each worker, on one scale.
func drawTimeline(id, name string, run lab.Run, plan plan) (template.HTML, seen) {
	t := timeline{picture: picture{scale: plan.scale}, run: run, plan: plan, waits: waitsOf(run, plan.leastWait())}
	lanes := picture{scale: plan.scale}
	t.refusals()
	t.waiting()
	t.working()
	height := t.y + 4
	lanes.axis(0, height, 5)
	lanes.text.WriteString(t.text.String())
	t.text = lanes.text
	return t.done(id, height+axisHeight, name+": who did what, and when", t.describe()), t.seen
}

// lane begins a lane, and writes what it is.
func (t *timeline) lane(name string) {
	t.words("lab-lane", "start", 0, t.y+14, name)
	t.y += laneGap - 4
}

// refusals draws a mark at each time at which calls were refused. What lies too near shares one.
func (t *timeline) refusals() {
	type some struct {
		span
		calls int
	}
	var marks []some
	at := -1
	for _, call := range byTime(t.run.Calls) {
		part := int(t.at(call.Asked) * marksAcross)
		if part != at {
			marks, at = append(marks, some{span: span{from: call.Asked}}), part
		}
		last := &marks[len(marks)-1]
		last.to = call.Asked
		last.calls++
	}
	if len(marks) == 0 {
		return
	}
	t.seen.Refused = true
	t.lane("refused: " + count(t.run.Figures().Refused, "call"))
	for _, m := range marks {
		x := min(0.992, max(0.008, t.at(m.from)))
		title := count(m.calls, "call") + " refused at " + duration(m.from)
		if m.to > m.from {
			title += " to " + duration(m.to)
		}
		t.mark("lab-refused", x, t.y+markLane/2, cross, title)
	}
	t.y += markLane
}

// byTime returns the calls that were refused, in the order of time.
func byTime(calls []lab.Call) []lab.Call {
	refused := make([]lab.Call, 0, len(calls))
	for _, call := range calls {
		if call.Refused {
			refused = append(refused, call)
		}
	}
	slices.SortStableFunc(refused, func(a, b lab.Call) int { return int(max(-1, min(1, a.Asked-b.Asked))) })
	return refused
}

// waiting draws a line for each call that waits, or, of many, how many these are.
func (t *timeline) waiting() {
	if len(t.waits) == 0 {
		return
	}
	t.seen.Waiting = true
	row, rows := rowsOf(t.waits)
	most := slices.Max(t.crowd(func(w wait) time.Duration { return w.last }))
	t.lane("waiting: up to " + count(most, "call"))
	if t.plan.crowds {
		t.crowds(most)
		return
	}
	pitch := 5.0
	if rows > 12 {
		pitch = 3
	}
	t.y += pitch * float64(rows)
	for i, w := range t.waits {
		y := t.y - pitch*(float64(row[i])+0.5)
		if w.begun > w.asked {
			t.line("lab-wait", t.at(w.asked), t.at(w.begun), y, y)
		}
		if w.last > w.begun {
			t.seen.Partly = true
			t.line("lab-wait lab-partly", t.at(w.begun), t.at(w.last), y, y)
		}
	}
}

// crowd returns how many calls wait at once, until what end tells.
func (t *timeline) crowd(end func(wait) time.Duration) []int {
	spans := make([]span, len(t.waits))
	for i, w := range t.waits {
		spans[i] = span{w.asked, end(w)}
	}
	return crowd(spans, crowdParts, t.scale)
}

// crowds draws how many calls wait, as a surface on the scale of all runs.
func (t *timeline) crowds(most int) {
	t.seen.Crowd = true
	height := max(8, crowdHeight*float64(most)/float64(max(1, t.plan.greatestCrowd)))
	unit := height / float64(max(1, most))
	t.y += height
	surface := func(of []int) string {
		return surfaceOf(of, across/float64(crowdParts), func(n int) float64 { return t.y - unit*float64(n) }, t.y)
	}
	some, none := t.crowd(func(w wait) time.Duration { return w.last }), t.crowd(func(w wait) time.Duration { return w.begun })
	if !slices.Equal(some, none) {
		t.seen.Partly = true
		t.stretched(t.y, path{`class="lab-crowd lab-partly"`, surface(some)})
	}
	t.stretched(t.y, path{`class="lab-crowd"`, surface(none)})
}

// surfaceOf returns the path around steps, each so wide, that stand on a base.
func surfaceOf(values []int, width float64, y func(int) float64, base float64) string {
	var d []byte
	before := 0
	for i, value := range values {
		switch {
		case value == before:
		case before == 0:
			d = fmt.Appendf(d, "M%s %sV%s", tenths(width*float64(i)), tenths(base), tenths(y(value)))
		case value == 0:
			d = fmt.Appendf(d, "H%sV%sz", tenths(width*float64(i)), tenths(base))
		default:
			d = fmt.Appendf(d, "H%sV%s", tenths(width*float64(i)), tenths(y(value)))
		}
		before = value
	}
	if before != 0 {
		d = fmt.Appendf(d, "H%sV%sz", tenths(width*float64(len(values))), tenths(base))
	}
	return string(d)
}

// working draws the batches on the rows of their workers.
func (t *timeline) working() {
	if len(t.run.Batches) == 0 {
		t.lane("working: nobody had anything to do")
		return
	}
	all := rowsByWorker(t.run, t.plan.rows)
	workers := count(max(all.used, t.run.Strategy.Workers), "worker")
	switch {
	case all.used < t.run.Strategy.Workers:
		workers = fmt.Sprintf("%s of %s", number(all.used), workers)
	case all.workers > 1:
		workers += fmt.Sprintf(", %d on each row", all.workers)
	case len(all.rows) > 1:
		workers += ", each on its row"
	}
	t.lane("working: " + workers)
	pitch := min(rowHeight, barsHeight/float64(len(all.rows)))
	height := pitch - min(2, pitch/4)
	t.seen.Shared = all.workers > 1
	var (
		drawn shadePaths
		alone = make([][]lab.Batch, len(all.rows))
		top   = func(row int) float64 { return t.y + pitch*float64(row) }
	)
	for i, row := range all.rows {
		if len(all.rows) <= mostAbove {
			t.line("lab-row", 0, 1, top(i)+height/2, top(i)+height/2)
		}
		var shades []shade
		alone[i], shades = merge(row, all.workers, t.plan.column, t.plan.parts())
		t.shades(&drawn, shades, top(i), height)
	}
	t.stretched(top(len(all.rows)), drawn.paths()...)
	var bars barPaths
	for i := range alone {
		for _, batch := range alone[i] {
			t.bar(&bars, &drawn.marks, batch, top(i), height)
		}
	}
	t.stretched(top(len(all.rows)), bars.paths()...)
	t.text.WriteString(drawn.marks.text.String())
	t.y = top(len(all.rows))
}

// place is where a bar stands.
type place struct{ x, width, y, height float64 }

// placeOf returns the place of a batch. One that is wide enough leaves a gap to what comes after it.
func (t *timeline) placeOf(b lab.Batch, y, height float64) place {
	x := t.at(b.Began)
	width := max(leastWidth, t.at(b.Ended)-x)
	if width > apartFrom {
		width -= apart
	}
	return place{x: min(x, 1-width), width: width, y: y, height: height}
}

func (p place) box() string { return box(p.x, p.width, p.y, p.height) }

// lower returns the lower part of a place that is so high.
func (p place) lower(height float64) place {
	p.y, p.height = p.y+p.height-height, height
	return p
}

// fate is what became of a batch, as it is drawn.
type fate int

const (
	done fate = iota
	failed
	panicked
	fates
)

// attributes are what bars of a fate are drawn with.
func (f fate) attributes() string {
	return [fates]string{`class="lab-bar lab-done"`, `class="lab-bar lab-failed" fill="url(#lab-hatch)"`, `class="lab-bar lab-panicked"`}[f]
}

// fateOf returns the fate of a batch, and which part of its bar is drawn as failed where only that did.
func (t *timeline) fateOf(b lab.Batch, p place) (of fate, part float64) {
	switch {
	case b.Panicked:
		t.seen.Panicked = true
		return panicked, 0
	case b.Failed > 0 && b.Failed >= b.Items:
		t.seen.Failed = true
		return failed, 0
	}
	t.seen.Done = true
	part = failedHeight(b.Failed, b.Items, p.height)
	t.seen.Failed = t.seen.Failed || part > 0
	return done, part
}

// some is what the part of a bar is drawn with that failed.
const some = `class="lab-some" fill="url(#lab-hatch)"`

// barPaths are bars that do not say what they are, those of a fate as one path: that is a fifth of the text.
type barPaths struct {
	bars [fates]strings.Builder
	some strings.Builder
}

func (p *barPaths) paths() []path {
	var paths []path
	for of := range fates {
		paths = append(paths, path{of.attributes(), p.bars[of].String()})
	}
	return append(paths, path{some, p.some.String()})
}

// bar draws a batch, as a part of paths or as an element that says what it is. The lower part of one that failed in part is
// drawn as failed. One that panicked has a star, among marks that are drawn above all bars: its bar may be narrow.
func (t *timeline) bar(paths *barPaths, marks *picture, b lab.Batch, y, height float64) {
	p := t.placeOf(b, y, height)
	of, part := t.fateOf(b, p)
	low := p.lower(part)
	title := ""
	switch {
	case t.plan.titles:
		title = batchWords(b)
		t.rect(of.attributes(), p.x, p.width, p.y, p.height, title)
		if part > 0 {
			t.rect(some, low.x, low.width, low.y, low.height, title)
		}
	default:
		paths.bars[of].WriteString(p.box())
		if part > 0 {
			paths.some.WriteString(low.box())
		}
	}
	if of == panicked {
		marks.mark("lab-panic", p.x+p.width/2, p.y+p.height/2, star, title)
	}
}

// batchWords says what a batch was.
func batchWords(b lab.Batch) string {
	words := fmt.Sprintf("call %s, worker %s: %s to %s, %s", number(b.Call+1), number(b.Worker+1), duration(b.Began), duration(b.Ended), count(b.Items, "item"))
	if b.Failed > 0 {
		words += ", " + number(b.Failed) + " failed"
	}
	if b.Panicked {
		words += ", panicked"
	}
	return words
}

// failedHeight is how much of a bar is drawn as failed: enough to be seen, if any.
func failedHeight(failed, items int, height float64) float64 {
	if failed <= 0 || items <= 0 {
		return 0
	}
	return min(height, max(min(3, height/2), height*float64(failed)/float64(items)))
}

// shadePaths are the shades of all rows, those of a tone as one path.
type shadePaths struct {
	tones  [levels]strings.Builder
	failed strings.Builder
	marks  picture
}

func (p *shadePaths) paths() []path {
	paths := make([]path, 0, levels+1)
	for i := range p.tones {
		paths = append(paths, path{fmt.Sprintf(`class="lab-shade lab-shade-%d"`, i+1), p.tones[i].String()})
	}
	return append(paths, path{`fill="url(#lab-hatch)"`, p.failed.String()})
}

// shades draws batches that are drawn together, neighbours of the same kind as one.
func (t *timeline) shades(to *shadePaths, shades []shade, y, height float64) {
	part := func(s shade) float64 { return failedHeight(s.failed, s.items, height) }
	for i := 0; i < len(shades); {
		first, end := shades[i], i+1
		for end < len(shades) && shades[end].from == shades[end-1].to && shades[end].level() == first.level() && part(shades[end]) == part(first) {
			end++
		}
		x := t.at(first.from)
		width := t.at(shades[end-1].to) - x
		to.tones[first.level()-1].WriteString(box(x, width, y, height))
		if part(first) > 0 {
			t.seen.Failed = true
			to.failed.WriteString(box(x, width, y+height-part(first), part(first)))
		}
		i = end
	}
	for _, s := range shades {
		t.seen.Shades = true
		if s.panics > 0 {
			t.seen.Panicked = true
			to.marks.mark("lab-panic", t.at((s.from+s.to)/2), y+height/2, star, count(s.panics, "batch")+" panicked")
		}
	}
}

// describe says in words what the picture shows.
func (t *timeline) describe() string {
	f := t.run.Figures()
	text := fmt.Sprintf("Time goes from left to right, from 0 to %s. ", duration(t.scale))
	text += fmt.Sprintf("%s %s. ", sentence(strategyWords(t.run.Strategy)), count(len(t.run.Batches), "batch")+" ran")
	return text + runWords(t.run, f)
}
