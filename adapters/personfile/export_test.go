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
