package labpage

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// magnified is how much shorter than the longest a run is that is drawn once more on a scale of its own.
const magnified = 5

// body is what the template shows.
type body struct {
	Story, Choice []string
	Experiment    string
	Figures       []figureRow
	Compared      bool
	Runs          []runView
	Seen          seen
	Courses       []course
	Made          string
}

// runView is one strategy.
type runView struct {
	Name, How, Outcome string
	Picture            template.HTML
	// Closer is the same on a scale of its own, which is so many Times as wide; "" for none.
	Closer template.HTML
	Times  string
	Rows   []windowRow
}

// windowRow is what happened in a part of the time, in words.
type windowRow struct{ From, To, Done, Failed, Answered, Refused, P50, P90, P99, Goroutines, Heap string }

func newBody(preset lab.Preset, report lab.Report) body {
	scale := report.Span()
	shared := newPlan(report.Runs, scale, 1)
	b := body{
		Story: paragraphs(preset.Story), Choice: paragraphs(preset.Choice), Experiment: experimentWords(report.Experiment),
	}
	called := names(report.Runs)
	b.Courses = courses(report.Runs, called, scale)
	if !report.Made.IsZero() {
		b.Made = report.Made.UTC().Format("2 January 2006, 15:04 UTC")
	}
	b.Figures = figureRows(report.Runs)
	b.Compared = slices.ContainsFunc(b.Figures, func(row figureRow) bool {
		return slices.ContainsFunc(row.Cells, func(c cell) bool { return c.Best })
	})
	isShort := func(run lab.Run) bool { return run.Took > 0 && run.Took < scale/magnified }
	short := 0
	for _, run := range report.Runs {
		if isShort(run) {
			short++
		}
	}
	for i, run := range report.Runs {
		view := runView{Name: called[i], How: sentence(strategyWords(run.Strategy)), Outcome: runWords(run, run.Figures()), Rows: windowRows(run)}
		var saw seen
		view.Picture, saw = drawTimeline(fmt.Sprintf("lab-run-%d", i+1), view.Name, run, shared)
		b.Seen.add(saw)
		if isShort(run) {
			view.Closer, saw = drawTimeline(fmt.Sprintf("lab-run-%d-closer", i+1), view.Name+", magnified", run, newPlan([]lab.Run{run}, run.Took, short))
			view.Times = number(int(scale/run.Took)) + " times"
			b.Seen.add(saw)
		}
		b.Runs = append(b.Runs, view)
	}
	return b
}

// paragraphs parts a text at its empty lines.
func paragraphs(text string) []string {
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// figureRow is one figure of all runs.
type figureRow struct {
	Title, Text string
	Cells       []cell
}

// cell is the figure of one run. Best is set where it is better than that of another.
type cell struct {
	Text string
	Best bool
}

// figureRows puts the figures of runs next to one another. Of those that answered the most calls it marks the best: who
// answered fewer had less to do.
func figureRows(runs []lab.Run) []figureRow {
	figures := make([]lab.Figures, len(runs))
	most := 1
	for i, run := range runs {
		figures[i] = run.Figures()
		most = max(most, figures[i].Answered)
	}
	row := func(title, text string, of func(int, lab.Figures) float64, write func(float64) string) figureRow {
		r := figureRow{Title: title, Text: text}
		for i, f := range figures {
			r.Cells = append(r.Cells, cell{Text: write(of(i, f))})
		}
		return r
	}
	// best marks the least, or where more is better the greatest, unless all are the same.
	best := func(r figureRow, of func(int, lab.Figures) float64, more bool) figureRow {
		var compared []int
		for i, f := range figures {
			if f.Answered == most {
				compared = append(compared, i)
			}
		}
		if len(compared) == 0 {
			return r
		}
		slices.SortStableFunc(compared, func(a, b int) int { return cmp.Compare(of(a, figures[a]), of(b, figures[b])) })
		if more {
			slices.Reverse(compared)
		}
		text := r.Cells[compared[0]].Text
		if text == r.Cells[compared[len(compared)-1]].Text {
			return r
		}
		for _, i := range compared {
			r.Cells[i].Best = r.Cells[i].Text == text
		}
		return r
	}
	least := func(title, text string, of func(int, lab.Figures) float64, write func(float64) string) figureRow {
		return best(row(title, text, of, write), of, false)
	}
	inTime := func(value float64) string { return duration(time.Duration(value)) }
	throughput := func(_ int, f lab.Figures) float64 { return f.Throughput }
	whole := func(value float64) string { return number(int(value)) }
	return []figureRow{
		least("All calls answered after", "", func(i int, _ lab.Figures) float64 { return float64(runs[i].Took) }, inTime),
		best(row("Items done per second", "", throughput, short), throughput, true),
		least("Half of the calls took at most", "p50", func(_ int, f lab.Figures) float64 { return float64(f.Latency.P50) }, inTime),
		least("99 of 100 calls took at most", "p99", func(_ int, f lab.Figures) float64 { return float64(f.Latency.P99) }, inTime),
		least("The longest wait", "", func(_ int, f lab.Figures) float64 { return float64(f.LongestWait) }, inTime),
		row("Calls refused", "", func(_ int, f lab.Figures) float64 { return float64(f.Refused) }, whole),
		row("Items failed", "", func(_ int, f lab.Figures) float64 { return float64(f.Failed) }, whole),
		row("Most goroutines", "", func(_ int, f lab.Figures) float64 { return float64(f.PeakGoroutines) }, whole),
		row("Most memory", "heap", func(_ int, f lab.Figures) float64 { return float64(f.PeakHeap) }, bytes),
	}
}

// windowRows returns what happened in each tenth of a run's own time.
func windowRows(run lab.Run) []windowRow {
	var rows []windowRow
	for _, w := range run.Windows(tableRows, run.Took) {
		row := windowRow{
			From: duration(w.From), To: duration(w.To), Done: perSecond(w.Throughput()), Failed: number(w.Failed),
			Answered: number(w.Answered), Refused: number(w.Refused), P50: "–", P90: "–", P99: "–", Goroutines: "–", Heap: "–",
		}
		if w.Answered > 0 {
			row.P50, row.P90, row.P99 = duration(w.Latency.P50), duration(w.Latency.P90), duration(w.Latency.P99)
		}
		goroutines, heap, measured := 0, uint64(0), false
		for _, s := range run.Samples {
			if s.At >= w.From && s.At < w.To {
				goroutines, heap, measured = max(goroutines, s.Goroutines), max(heap, s.Heap), true
			}
		}
		if measured {
			row.Goroutines, row.Heap = number(goroutines), bytes(float64(heap))
		}
		rows = append(rows, row)
	}
	return rows
}
