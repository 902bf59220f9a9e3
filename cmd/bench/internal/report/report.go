// Package report writes what was measured as a page for people.
package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

// Report is a run.
type Report struct {
	// Partial says why the run is not the whole one; "" is the whole one.
	Partial string
	// Facts say on what and how it was measured.
	Facts []Fact
	// Rows are what was measured.
	Rows []Row
	// Chart is the name of the file with the pictures, beside the page; "" is
	// none.
	Chart string
	// Notes are what people wrote about it, in Markdown.
	Notes string
}

// Fact is a line about the run.
type Fact struct{ Name, Text string }

// Missed returns the rows whose figure was not reached.
func (r Report) Missed() []Row {
	var missed []Row
	for _, row := range r.Rows {
		if verdict, err := row.Verdict(); err != nil || verdict == Missed {
			missed = append(missed, row)
		}
	}
	return missed
}

// Markdown returns the page. The error is for a row whose rounds cannot be
// compared.
func (r Report) Markdown() (string, error) {
	var page strings.Builder
	page.WriteString("# Performance\n\n")
	page.WriteString("`make bench` wrote this page and overwrites it. The words below the pictures are in `cmd/bench/notes.md`.\n\n")
	if r.Partial != "" {
		fmt.Fprintf(&page, "**%s**\n\n", r.Partial)
	}
	for _, fact := range r.Facts {
		fmt.Fprintf(&page, "- %s: %s\n", fact.Name, fact.Text)
	}
	page.WriteString("\n| work | measured | against | ratio | figure to reach | reached? |\n|---|---|---|---|---|---|\n")
	for _, row := range r.Rows {
		cells, err := row.cells()
		if err != nil {
			return "", fmt.Errorf("%s: %w", row.Work, err)
		}
		page.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	if r.Chart != "" {
		fmt.Fprintf(&page, "\n![List latency, bulk time and create throughput as they grow](%s)\n", r.Chart)
	}
	if r.Notes != "" {
		page.WriteString("\n" + strings.TrimSpace(r.Notes) + "\n")
	}
	return page.String(), nil
}

// cells returns the row as the table shows it.
func (r Row) cells() ([]string, error) {
	verdict, err := r.Verdict()
	if err != nil {
		return nil, err
	}
	cells := []string{r.Work, "", "", "", r.Figure.words(r.Unit), verdict.words()}
	if r.Missing != "" {
		cells[1] = r.Missing
		return cells, nil
	}
	cells[1] = spread(r.Measured, r.Unit.Format)
	if r.Against != "" {
		ratio, err := r.Measured.Over(r.Base)
		if err != nil {
			return nil, err
		}
		cells[2] = r.Against + ": " + spread(r.Base, r.Unit.Format)
		cells[3] = spread(ratio, digits)
	}
	return cells, nil
}

// spread writes the median, and the quartiles in brackets.
func spread(sample stats.Sample, format func(float64) string) string {
	return fmt.Sprintf("%s (%s – %s)", format(sample.Median()), format(sample.Lower()), format(sample.Upper()))
}

func (f Figure) words(unit Unit) string {
	switch f.kind {
	case ratioAtLeast:
		return "≥ " + strconv.FormatFloat(f.limit, 'f', -1, 64) + " ×"
	case ratioAtMost:
		return "≤ " + strconv.FormatFloat(f.limit, 'f', -1, 64) + " ×"
	case measuredAtMost:
		return "≤ " + unit.Format(f.limit)
	default:
		return ""
	}
}

func (v Verdict) words() string {
	switch v {
	case Reached:
		return "yes"
	case Missed:
		return "**NO**"
	case NotMeasured:
		return "**not measured**"
	default:
		return ""
	}
}
