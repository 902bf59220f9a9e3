package personfile

import (
	"io"
	"iter"

	"github.com/seed-bbcc19ba/roster/domain"
)

// SplitWithin splits a text of the format of a name into chunks with other limits than
// those of the contract: rows and bytes of a chunk, and bytes of a row.
func SplitWithin(name string, r io.Reader, rows, text, row int) iter.Seq2[domain.Chunk, error] {
	limits := limits{rows: rows, text: text, row: row}
	if name == NameCSV {
		return splitCSV(r, limits)
	}
	return splitNDJSON(r, limits)
}

// BlankLines returns how much blank lines in front of a text the finder of a format passes over in
// one step.
func BlankLines(name string, text []byte, row int) int {
	find := finder(findLine)
	if name == NameCSV {
		find = columns{count: 2, age: 1}.findRow
	}
	if found, size := find(text, row); found == foundBlank {
		return size
	}
	return 0
}
