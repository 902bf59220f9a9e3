package domain

import "cmp"

// Chunk is a part of a job that is done as a whole or not at all.
type Chunk struct {
	// Number is the chunk's place among those of its job, from 0.
	Number int
	// First is the number of its first row: of a made-up person, from 0, or of the line
	// of a text, from 1, at which the row begins.
	First int64
	// Rows is how many rows it has, at most ChunkRows.
	Rows int
	// Text holds the rows of an import, readable by itself: see RowFormat. Otherwise
	// it is nil.
	Text []byte
}

// ChunkEnd is what became of a chunk's rows.
type ChunkEnd struct {
	Number int
	// Drafts are the persons to be saved, none in a dry run.
	Drafts []Draft
	// Checked is how many rows a dry run would have saved; otherwise 0.
	Checked int
	// Rejected is how many rows were refused. Refusals says why, in their
	// order (Refusal.Compare); a row may have several.
	Rejected int
	Refusals []Refusal
}

// Accepted returns how many rows were not refused.
func (e ChunkEnd) Accepted() int { return len(e.Drafts) + e.Checked }

// Refusal is one thing that is wrong with a row. FieldRow stands for the row as a whole.
type Refusal struct {
	// Line is where the row begins, from 1.
	Line int64
	Problem
}

// Compare orders refusals: by line, then by field, then by code. No two of a job are
// equal in all three.
func (r Refusal) Compare(other Refusal) int {
	return cmp.Or(cmp.Compare(r.Line, other.Line), cmp.Compare(r.Field, other.Field), cmp.Compare(r.Code, other.Code))
}

// JobTask asks a worker for one chunk of a job. An atomic job is one task, of chunk 0.
type JobTask struct {
	Job   JobID
	Chunk int
}
