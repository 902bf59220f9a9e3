package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// progress tells how far a long run is: by a bar where colours are shown, too,
// elsewhere by a line for each tenth of the way.
type progress struct {
	w           io.Writer
	verb        string
	done, total int
	told        int // tenths
	bar         *progressbar.ProgressBar
	described   time.Time
}

func newProgress(w io.Writer, verb string, total int) *progress {
	return drawProgress(w, verb, total, progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true), progressbar.OptionSetItsString("rows"))
}

// newJobProgress returns the progress of a job, which may have begun long ago and
// elsewhere: its rate is its own (describe), not that of the bar.
func newJobProgress(w io.Writer, verb string, total int) *progress {
	return drawProgress(w, verb, total, progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false))
}

func drawProgress(w io.Writer, verb string, total int, options ...progressbar.Option) *progress {
	p := &progress{w: w, verb: verb, total: total}
	if app.HasColor(w) {
		p.bar = progressbar.NewOptions(total, append(options,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription(verb),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(drawInterval),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(),
		)...)
		_ = p.bar.RenderBlank() // the time of the rate begins now, not when something is done
	}
	return p
}

// describe has the bar tell how fast a job is and how long it will go on.
func (p *progress) describe(job domain.Job, now time.Time) {
	if p.bar != nil && now.Sub(p.described) >= drawInterval {
		p.bar.Describe(p.verb + paceOf(job, now))
		p.described = now
	}
}

// paceOf returns " 1200 rows/s, 1m30s left", or what is known of it.
func paceOf(job domain.Job, now time.Time) string {
	left, known := job.Remaining(now)
	if !known {
		return ""
	}
	return fmt.Sprintf(" %.0f rows/s, %s left", job.Rate(now), left.Round(time.Second))
}

// drawInterval is how often a bar is drawn at most: to draw it takes longer than what it
// tells of.
const drawInterval = 100 * time.Millisecond

// reach tells that n are done of a total that may have changed: that of a job grows while
// its rows are received.
func (p *progress) reach(n, total int) {
	if total != p.total {
		p.total = total
		if p.bar != nil {
			p.bar.ChangeMax(total)
		}
	}
	if n > p.done {
		p.add(n - p.done)
	}
}

// add tells that n more are done.
func (p *progress) add(n int) {
	p.done += n
	if p.bar != nil {
		_ = p.bar.Add(n) // a bar that cannot be drawn is no reason to stop
		return
	}
	if p.done >= p.total { // also where there were none when it began
		return
	}
	if tenths := 10 * p.done / p.total; tenths > p.told {
		p.told = tenths
		_, _ = fmt.Fprintf(p.w, "%s %d of %d\n", p.verb, p.done, p.total)
	}
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
