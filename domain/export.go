package domain

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// PersonWalker walks through all persons, as Registry does.
type PersonWalker interface {
	All(ctx context.Context) iter.Seq2[Person, error]
}

// Export is the use case of writing all persons as text.
type Export struct {
	walker  PersonWalker
	formats map[string]RowFormat
}

// NewExport returns the use case over a walker and formats by name.
func NewExport(walker PersonWalker, formats map[string]RowFormat) *Export {
	return &Export{walker: walker, formats: formats}
}

// Export writes all persons to w in a format, in the order of their ids, and
// returns how many. They are not of one moment: see Registry.All. Memory does not grow with
// their number. The error is CodeInvalid for a format that there is not, and then nothing was
// written; or w's own, or the store's.
func (e *Export) Export(ctx context.Context, format string, w io.Writer) (int64, error) {
	return e.ExportOf(format, e.walker.All(ctx), w)
}

// ExportOf writes some persons as Export writes all.
func (e *Export) ExportOf(format string, persons iter.Seq2[Person, error], w io.Writer) (int64, error) {
	rows, known := e.formats[format]
	if !known {
		return 0, &Error{Code: CodeInvalid, Message: fmt.Sprintf("there is no format %q", format)}
	}
	writer := rows.NewWriter(w)
	var count int64
	for person, err := range persons {
		if err != nil {
			return count, err
		}
		if err := writer.Write(person); err != nil {
			return count, err
		}
		count++
	}
	return count, writer.Flush()
}
