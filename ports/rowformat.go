package ports

import "github.com/seed-bbcc19ba/roster/domain"

// RowFormat reads and writes persons as text. Suite: formattest.
//
//   - Split yields chunks with numbers from 0, each of at most domain.ChunkRows rows and, where a
//     single row is not longer, 1 MiB of text. First of a chunk is the line of its first row,
//     counted from 1 over all of r. A text without rows yields none. It reads no further than it has yielded
//     but for one chunk and a buffer.
//   - Rows of a chunk that Split made yields as many rows as the chunk says, in their order, each
//     with the line where it began in the whole text, and changes nothing of the chunk. A row that is wrong has every problem
//     that domain.NewPatch and domain.Patch.Draft find, or ProblemNotText and ProblemNotInteger
//     where a field is something else, or ProblemSyntax of domain.FieldRow alone where it cannot be read; it harms no other row. Problems
//     are in the order of domain.Refusal.Compare, and the Draft beside them is the zero one.
//   - Rows may be longer than anything that is held: such a one cannot be read, and its line is passed over.
//   - A text that is cut into chunks and read gives the same rows as one that is read whole, wherever the cuts fall.
//   - What NewWriter writes is read back: the same names and ages, in the same order, without problems, for
//     every person whom domain.NewDraft allows. No input makes Split or Rows panic, or hold more than a chunk of it.
//
// Codes: domain.CodeInvalid from Split where the text cannot be read as a whole, with the line where it can be
// told; what r says comes back as it is.
type RowFormat = domain.RowFormat

// RefusalWriter writes refused rows for people, in the order in which they come. It may keep some back until Flush.
type RefusalWriter interface {
	Write(refusal domain.Refusal) error
	Flush() error
}
