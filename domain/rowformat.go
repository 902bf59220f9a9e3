package domain

import (
	"io"
	"iter"
)

// RowFormat is a way to write persons as text, a row each.
type RowFormat interface {
	// Split cuts a text into chunks of whole rows, in their order and with the numbers
	// from 0, each readable by Rows without the others. It holds one chunk at a time, which
	// is the caller's to keep. The error is CodeInvalid where the text as a
	// whole cannot be read, or r's own; it is the last thing that Split yields.
	Split(r io.Reader) iter.Seq2[Chunk, error]
	// Rows returns the rows of a chunk in their order, as many as Split counted.
	Rows(chunk Chunk) iter.Seq[Row]
	// NewWriter returns what writes persons to w. What it writes Split and Rows read
	// back with the same names and ages.
	NewWriter(w io.Writer) RowWriter
}

// Row is a row of a text: a draft, or what is wrong with it.
type Row struct {
	Line     int64 // where it begins in the text, from 1
	Draft    Draft // the zero Draft where there are problems
	Problems []Problem
}

// RowWriter writes persons. It may keep some back until Flush.
type RowWriter interface {
	Write(person Person) error
	Flush() error
}
