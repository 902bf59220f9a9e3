package report_test

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/stats"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sample() report.Report {
	const mib = 1 << 20
	return report.Report{
		Facts: []report.Fact{{Name: "machine", Text: "a slow one, 2 cores"}, {Name: "roster", Text: "0123456789ab"}},
		Rows: []report.Row{
			{
				Work: "one person, 16 connections", Unit: report.PerSecond,
				Measured: stats.Sample{29_134, 28_000, 30_500}, Against: "bare handler", Base: stats.Sample{55_000, 56_000, 54_000},
				Figure: report.RatioAtLeast(0.5),
			},
			{
				Work: "a page, 16 connections", Unit: report.PerSecond,
				Measured: stats.Sample{10_000, 10_000, 10_000}, Against: "bare handler", Base: stats.Sample{50_000, 50_000, 50_000},
				Figure: report.RatioAtLeast(0.22),
			},
			{
				Work: "bulk of 10,000", Unit: report.Seconds,
				Measured: stats.Sample{0.0071, 0.0069, 0.02}, Against: "one-row loop", Base: stats.Sample{0.02, 0.021, 0.04},
				Figure: report.RatioAtMost(0.4),
			},
			{Work: "last page", Unit: report.PerSecond, Measured: stats.Sample{999.6}, Against: "bare handler", Base: stats.Sample{50_000}},
			{Work: "start", Unit: report.Seconds, Measured: stats.Sample{0.1004, 0.1, 0.2}, Figure: report.MeasuredAtMost(0.1)},
			{Work: "idle", Unit: report.Bytes, Measured: stats.Sample{12 * mib, 12.5 * mib, 13 * mib}, Figure: report.MeasuredAtMost(20 * mib)},
			{Work: "under load", Unit: report.Bytes, Missing: "not measured: no /proc", Figure: report.MeasuredAtMost(60 * mib)},
			{Work: "elsewhere", Missing: "not measured: no C compiler"},
		},
		Chart: "performance.svg",
		Notes: "## How to read it\n\nWith care.\n",
	}
}

func TestPageIsAsInTheGoldenFile(t *testing.T) {
	t.Parallel()
	got, err := sample().Markdown()
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "report.md")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s\nWhere the new page is right: go test -update", got, want)
	}
}

func TestMissedFiguresAreNamed(t *testing.T) {
	t.Parallel()
	var got []string
	for _, row := range sample().Missed() {
		got = append(got, row.Work)
	}
	if want := "a page, 16 connections; start"; strings.Join(got, "; ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "; "), want)
	}
}

func TestPartialRunSaysSo(t *testing.T) {
	t.Parallel()
	partial := report.Report{Partial: "A quick run."}
	if got, err := partial.Markdown(); err != nil || !strings.Contains(got, "**A quick run.**") {
		t.Errorf("got %s and the error %v, want it to say that it is a quick run", got, err)
	}
}

func TestFigureIsComparedWithTheMedian(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		row  report.Row
		want report.Verdict
	}{
		{"no figure", report.Row{Measured: stats.Sample{1}}, report.NoFigure},
		{"exactly the least ratio", report.Row{Measured: stats.Sample{5}, Base: stats.Sample{10}, Figure: report.RatioAtLeast(0.5)}, report.Reached},
		{"below the least ratio", report.Row{Measured: stats.Sample{4.99}, Base: stats.Sample{10}, Figure: report.RatioAtLeast(0.5)}, report.Missed},
		{"exactly the greatest ratio", report.Row{Measured: stats.Sample{4}, Base: stats.Sample{10}, Figure: report.RatioAtMost(0.4)}, report.Reached},
		{"above the greatest ratio", report.Row{Measured: stats.Sample{4.01}, Base: stats.Sample{10}, Figure: report.RatioAtMost(0.4)}, report.Missed},
		{"one bad round of three", report.Row{Measured: stats.Sample{9, 9, 500}, Figure: report.MeasuredAtMost(10)}, report.Reached},
		{"two bad rounds of three", report.Row{Measured: stats.Sample{9, 11, 500}, Figure: report.MeasuredAtMost(10)}, report.Missed},
		{"no rounds", report.Row{Figure: report.MeasuredAtMost(10)}, report.Missed},
		{"nothing by nothing", report.Row{Measured: stats.Sample{0}, Base: stats.Sample{0}, Figure: report.RatioAtMost(1)}, report.Missed},
		{"not measured", report.Row{Missing: "no /proc", Figure: report.MeasuredAtMost(10)}, report.NotMeasured},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got, err := test.row.Verdict(); got != test.want || err != nil {
				t.Errorf("got %v and the error %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestRowsThatCannotBeComparedAreAnError(t *testing.T) {
	t.Parallel()
	row := report.Row{Work: "odd", Measured: stats.Sample{1, 2}, Against: "other", Base: stats.Sample{1}}
	if page, err := (report.Report{Rows: []report.Row{row}}).Markdown(); err == nil {
		t.Errorf("got %s, want an error", page)
	}
}

func TestNumbersHaveThreeDigitsThatCount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		unit  report.Unit
		value float64
		want  string
	}{
		{report.PerSecond, 29_134, "29,100/s"},
		{report.PerSecond, 1_234_567, "1,230,000/s"},
		{report.PerSecond, 999.9, "1,000/s"},
		{report.PerSecond, 12.345, "12.3/s"},
		{report.PerSecond, 0, "0/s"},
		{report.PerSecond, math.NaN(), "?"},
		{report.PerSecond, math.Inf(1), "?"},
		{report.Seconds, 0.0000123, "12.3 µs"},
		{report.Seconds, 0.000999, "999 µs"},
		{report.Seconds, 0.001, "1.00 ms"},
		{report.Seconds, 0.115, "115 ms"},
		{report.Seconds, 2.5, "2.50 s"},
		{report.Bytes, 20 << 20, "20.0 MiB"},
		{report.Bytes, 12.34 * (1 << 20), "12.3 MiB"},
	}
	for _, test := range tests {
		if got := test.unit.Format(test.value); got != test.want {
			t.Errorf("%v of unit %d: got %q, want %q", test.value, test.unit, got, test.want)
		}
	}
}
