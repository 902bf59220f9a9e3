package formattest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/formattest"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
)

// control is a format with one mistake, sound otherwise, and the start of the name of
// the case that must notice.
type control struct {
	mistake     string
	wantFailing string
	format      ports.RowFormat
}

func TestSuiteRefusesBrokenFormats(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { formattest.Run(t, harness(c.format)) })
		})
	}
}

// Without it the mistakes might be those of what they are planted in.
// And every method of the port is called by a case.
func TestTheFormatWithoutAMistakePasses(t *testing.T) {
	t.Parallel()
	mock := &formatMock{}
	called.Want[ports.RowFormat](t).Forward(mock, planted{})
	formattest.Run(t, harness(mock))
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, formattest.CaseNames(), wantFailing)
}

// harness is that of NDJSON, in which mistakes are planted. A text that begins with UTF-16
// cannot be read as a whole.
func harness(format ports.RowFormat) formattest.Harness {
	return formattest.Harness{
		Format: format,
		Row: func(name string, age int64) string {
			text, _ := json.Marshal(name)
			return fmt.Sprintf("{\"name\":%s,\"age\":%d}\n", text, age)
		},
		Blank: "\n",
		Wrong: []formattest.WrongRow{
			{Text: "{}\n", Problems: []domain.Problem{
				{Field: domain.FieldAge, Code: domain.ProblemRequired}, {Field: domain.FieldName, Code: domain.ProblemRequired},
			}},
			{Text: "{\"name\":\"Ann\",\"age\":\"x\"}\n", Problems: []domain.Problem{{Field: domain.FieldAge, Code: domain.ProblemNotInteger}}},
			{Text: "{\"name\":\"Ann\n", Problems: []domain.Problem{{Field: domain.FieldRow, Code: domain.ProblemSyntax}}},
		},
		Starts:     []string{"{"},
		Unreadable: []string{"\xff\xfe{\x00}\x00", strings.Repeat("\xff\xfe", 1<<20)},
	}
}

func controls() []control {
	return []control{
		{"yields an empty chunk", "a text without rows", planted{split: yieldsAnEmptyChunk}},
		{"counts chunks from 1", "chunks have the numbers", planted{split: countsFromOne}},
		{"has a row too many in a chunk", "chunks have the numbers", planted{split: joins(func(a, b domain.Chunk) bool { return a.Rows+b.Rows > domain.ChunkRows })}},
		{"has 2 MiB in a chunk", "chunks have at most 1 MiB", planted{split: joins(func(a, b domain.Chunk) bool { return a.Rows+b.Rows <= domain.ChunkRows })}},
		{"counts rows for lines", "First is the line", planted{split: countsRows}},
		{"uses the memory of a chunk again", "a chunk is the caller's", planted{split: usesMemoryAgain}},
		{"spoils what it reads", "a chunk is the caller's", planted{rows: spoils}},
		{"reads a chunk once", "a chunk is read without", &onceOnly{}},
		{"yields on and on", "Split and Rows yield nothing", planted{split: yieldsOn}},
		{"yields rows on and on", "Split and Rows yield nothing", planted{rows: yieldsRowsOn}},

		{"takes a read for a text", "however a text comes", planted{split: readsOnce}},
		{"reads everything first", "Split reads no further", planted{split: readsAll}},
		{"wraps what the reader says", "what the reader says", planted{split: wrapsErrors}},
		{"takes an error for the end", "what the reader says", planted{split: swallowsErrors}},
		{"goes on behind an error", "what the reader says", planted{split: goesOn}},
		{"says internal of a text", "a text that cannot be read", planted{split: saysInternal}},
		{"reads broken rows of any text", "a text that cannot be read", planted{split: personfile.NDJSON{}.Split}},
		{"holds a row of any length", "no row is so long", planted{split: readsAll}},

		{"skips rows that are wrong", "Rows yields the rows", planted{rows: skipsWrong}},
		{"reads backwards", "Rows yields the rows", planted{rows: readsBackwards}},
		{"counts rows from the first line", "a row has the line", planted{rows: countsFromFirst}},
		{"tells one problem of a row", "a row has every problem", planted{rows: tellsOne}},
		{"tells problems in the order of names first", "a row has every problem", planted{rows: turnsProblems}},
		{"takes what is no integer for none", "a row has the problems", planted{rows: notGiven}},
		{"drops the row behind a broken one", "a row that is wrong harms", planted{rows: dropsNext}},
		{"breaks the row behind a cut", "wherever a text is cut", planted{rows: breaksFirst}},
		{"panics at a NUL", "no input makes", planted{rows: panics}},
		{"leaves a draft beside problems", "no input makes", planted{rows: leavesDraft}},

		{"forgets to flush", "what is written is read back", planted{write: forgetsFlush}},
		{"writes a row for nobody", "what is written of nobody", planted{write: writesNobody}},
		{"writes LF for CRLF", "every name is read back", planted{write: writesLF}},
		{"escapes for spreadsheets what it does not undo", "every name is read back", planted{write: escapes}},
	}
}
