package formattest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

// text is a text under construction, with the rows that reading it must give.
type text struct {
	harness Harness
	content strings.Builder
	line    int64 // on which the text goes on
	want    []domain.Row
}

// begin returns a text without rows.
func (h Harness) begin() *text {
	t := &text{harness: h, line: 1}
	t.add(h.Head)
	return t
}

// add adds what gives no rows.
func (t *text) add(content string) {
	t.content.WriteString(content)
	t.line += int64(strings.Count(content, "\n"))
}

// row adds a row.
func (t *text) row(name string, age int64) {
	t.want = append(t.want, rowOf(t.line, name, age))
	t.add(t.harness.Row(name, age))
}

// rows adds the rows of many persons.
func (t *text) rows(count int) {
	for i := range count {
		t.row(fmt.Sprintf("Person %d", i), int64(i%100))
	}
}

// wrong adds a row that is wrong in a way of the format.
func (t *text) wrong(row WrongRow) {
	t.want = append(t.want, domain.Row{Line: t.line, Problems: row.Problems})
	t.add(row.Text)
}

// blank adds lines that are no rows.
func (t *text) blank(count int) { t.add(strings.Repeat(t.harness.Blank, count)) }

func (t *text) reader() io.Reader { return strings.NewReader(t.content.String()) }

// rowOf returns the row of a name and age, by the rules of the domain.
func rowOf(line int64, name string, age int64) domain.Row {
	draft, err := domain.NewDraft(name, age)
	row := domain.Row{Line: line, Draft: draft}
	if known, ok := errors.AsType[*domain.Error](err); ok {
		row.Problems = slices.Clone(known.Problems)
		slices.SortFunc(row.Problems, compare)
	}
	return row
}

func compare(a, b domain.Problem) int {
	return domain.Refusal{Problem: a}.Compare(domain.Refusal{Problem: b})
}

// split returns the chunks of a text that can be read.
func split(t *testing.T, h Harness, r io.Reader) []domain.Chunk {
	t.Helper()
	var chunks []domain.Chunk
	for chunk, err := range h.Format.Split(r) {
		if err != nil {
			t.Fatalf("Split: got %v behind %d chunks, want all chunks", err, len(chunks))
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

// readRows returns the rows of chunks.
func readRows(h Harness, chunks []domain.Chunk) []domain.Row {
	var rows []domain.Row
	for _, chunk := range chunks {
		rows = slices.AppendSeq(rows, h.Format.Rows(chunk))
	}
	return rows
}

// wantRows fails the test unless a text gives its rows.
func wantRows(t *testing.T, text *text, why string) {
	t.Helper()
	wantSame(t, readRows(text.harness, split(t, text.harness, text.reader())), text.want, why)
}

func wantSame(t *testing.T, got, want []domain.Row, why string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d rows, want %d: %s", len(got), len(want), why)
	}
	for i := range want {
		if !same(got[i], want[i]) {
			t.Fatalf("row %d: got %s, want %s: %s", i, show(got[i]), show(want[i]), why)
		}
	}
}

func same(a, b domain.Row) bool {
	return a.Line == b.Line && a.Draft == b.Draft && slices.Equal(a.Problems, b.Problems)
}

func show(row domain.Row) string {
	return fmt.Sprintf("line %d %q %d %v", row.Line, row.Draft.Name(), row.Draft.Age(), row.Problems)
}
