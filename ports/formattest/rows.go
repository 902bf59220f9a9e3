package formattest

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func rowCases() []testCase {
	return []testCase{
		{"Rows yields the rows of a chunk in their order, as many as it says", rowsInOrder},
		{"a row has the line where it begins", rowsHaveLines},
		{"a row has every problem that the domain finds", rowsHaveTheDomainsProblems},
		{"a row has the problems of its format", rowsHaveProblems},
		{"a row that is wrong harms no other", wrongRowsHarmNoOther},
		{"wherever a text is cut, it gives the same rows", cutsChangeNothing},
	}
}

func rowsInOrder(t *testing.T, h Harness) {
	text := h.begin()
	for range 2_000 {
		text.rows(7)
		for _, wrong := range h.Wrong {
			text.wrong(wrong)
		}
	}
	for i, chunk := range split(t, h, text.reader()) {
		rows := slices.Collect(h.Format.Rows(chunk))
		if len(rows) != chunk.Rows {
			t.Errorf("chunk %d: got %d rows of Rows, want %d, as Split says", i, len(rows), chunk.Rows)
		}
		if !slices.IsSortedFunc(rows, func(a, b domain.Row) int { return int(a.Line - b.Line) }) {
			t.Errorf("chunk %d: got rows in another order than their lines, want the text's", i)
		}
	}
}

func rowsHaveLines(t *testing.T, h Harness) {
	text := h.begin()
	text.blank(2)
	for range 100 {
		text.row("Ann\nLee", 31)
		text.blank(3)
		text.row("Bob\r\nMc\n\nDonald", 5)
		text.row("", -1)
	}
	wantRows(t, text, "names hold line ends, and there are blank lines")
}

func rowsHaveTheDomainsProblems(t *testing.T, h Harness) {
	text := h.begin()
	for _, name := range []string{
		"Ann", "", " \t", strings.Repeat("x", domain.MaxNameLength), strings.Repeat("x", domain.MaxNameLength+1),
		"a\x00b", strings.Repeat("x", domain.MaxNameLength) + "\x00", " Ann ",
	} {
		for _, age := range []int64{31, 0, -1, domain.MaxAge, domain.MaxAge + 1, -1 << 63, 1<<63 - 1} {
			text.row(name, age)
		}
	}
	wantRows(t, text, "these are the domain's rules, in the order of refusals")
}

func rowsHaveProblems(t *testing.T, h Harness) {
	for _, wrong := range h.Wrong {
		text := h.begin()
		text.wrong(wrong)
		wantRows(t, text, "the row is "+wrong.Text)
	}
}

func wrongRowsHarmNoOther(t *testing.T, h Harness) {
	for _, wrong := range h.Wrong {
		text := h.begin()
		text.row("Ann", 31)
		text.wrong(wrong)
		text.row("Ann", 31)
		text.row("Bob", 31)
		text.wrong(wrong)
		text.wrong(wrong)
		text.row("Carl", 31)
		wantRows(t, text, "in between is "+wrong.Text)
	}
}

func cutsChangeNothing(t *testing.T, h Harness) {
	for shift := range 2*len(h.Wrong) + 1 {
		text := h.begin()
		text.rows(domain.ChunkRows - shift)
		for _, wrong := range h.Wrong {
			text.row("Ann\nLee", 31)
			text.wrong(wrong)
			text.blank(1)
		}
		text.rows(3)
		wantRows(t, text, "the first chunk may end anywhere within what is wrong")
	}
}
