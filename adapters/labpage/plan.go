package labpage

import (
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

const (
	// finest is of how many parts a picture is made across. Where much happened these become fewer until fine, then workers share
	// rows, and then there may be as few as coarsest.
	finest, fine, coarsest = 1000, 125, 15
	// mostBars is how many bars the timelines of a page have on one scale, mostParts how many parts of shades, and mostTitles how many
	// bars may say what they are. As many have those on scales of their own, all together.
	mostBars, mostParts, mostTitles = 3_000, 2_400, 300
	// mostLines is how many waiting calls are lines, all pictures together, and mostAbove how many of these may lie above one another.
	mostLines, mostAbove = 240, 24
	// mostRows is how many rows of workers a timeline has at most, and fewRows how many it keeps where very much happened.
	mostRows, fewRows = 128, 32
)

// plan is what pictures have in common, so that they can be compared.
type plan struct {
	// scale is the time from their left to their right.
	scale time.Duration
	// cut is of how many parts they are made across at most, and column the time of one, below which batches may be drawn together.
	cut    int
	column time.Duration
	// rows is how many rows a timeline has at most.
	rows int
	// titles tells whether bars say what they are.
	titles bool
	// crowds tells whether waiting calls are surfaces and not lines, and greatestCrowd how many calls the highest of these stands for.
	crowds        bool
	greatestCrowd int
}

// newPlan returns the plan for pictures of runs on one scale, as fine as their number allows: so many
// share what may be drawn.
func newPlan(runs []lab.Run, scale time.Duration, share int) plan {
	p := plan{scale: max(1, scale), cut: finest, rows: mostRows}
	for {
		p.column = (p.scale-1)/time.Duration(p.cut) + 1
		bars, parts := countDrawn(runs, p)
		p.titles = bars*share <= mostTitles
		if bars*share <= mostBars && parts*share <= mostParts || !p.coarser() {
			break
		}
	}
	lines := 0
	for _, run := range runs {
		waits := waitsOf(run, p.leastWait())
		lines += len(waits)
		spans := make([]span, len(waits))
		for i, w := range waits {
			spans[i] = span{w.asked, w.last}
		}
		for _, n := range crowd(spans, crowdParts, p.scale) {
			p.greatestCrowd = max(p.greatestCrowd, n)
		}
	}
	p.crowds = lines*share > mostLines || p.greatestCrowd > mostAbove
	return p
}

// coarser makes a plan that draws less of the same, and tells whether there is one.
func (p *plan) coarser() bool {
	switch {
	case p.cut > fine:
		p.cut /= 2
	case p.rows > fewRows:
		p.rows /= 2
	case p.cut > coarsest:
		p.cut /= 2
	default:
		return false
	}
	return true
}

// parts is of how many columns a picture is made.
func (p plan) parts() int { return int((p.scale-1)/p.column) + 1 }

// leastWait is the shortest wait that can be seen.
func (p plan) leastWait() time.Duration { return max(1, p.scale/finest) }

// countDrawn returns how many bars and how many parts of shades a plan would draw.
func countDrawn(runs []lab.Run, p plan) (bars, parts int) {
	for _, run := range runs {
		all := rowsByWorker(run, p.rows)
		for _, row := range all.rows {
			alone, shades := merge(row, all.workers, p.column, p.parts())
			bars, parts = bars+len(alone), parts+len(shades)
		}
	}
	return bars, parts
}
