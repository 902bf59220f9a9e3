package personfile

import (
	"bytes"
	"io"
	"iter"

	"github.com/seed-bbcc19ba/roster/domain"
)

// limits is how much chunks and rows hold at most. They are parameters so that tests
// can cut a text anywhere.
type limits struct {
	rows int // of a chunk
	text int // of a chunk, in bytes, unless a single row is longer
	row  int // of a row, in bytes with its line end
}

// maxRow is how long a row may be. The greatest person that can be written takes a
// tenth of it.
const maxRow = 64 << 10

var usual = limits{rows: domain.ChunkRows, text: 1 << 20, row: maxRow}

// finding is what a text begins with.
type finding int

const (
	foundRow finding = iota
	// foundBlank is one blank line or many: a gigabyte of them packs to a megabyte, so each
	// must cost next to nothing.
	foundBlank
	// foundBroken is a row that cannot be read, whatever follows it. Its line ends it, so
	// that it takes no other with it.
	foundBroken
)

// finder finds out what text begins with, and how many bytes of it that is with the line
// end; 0 where that is more than limit. text is longer than limit, or reaches to its end.
// What a finder says of a row it says of the same row with nothing or anything else behind it.
type finder func(text []byte, limit int) (found finding, size int)

// struckOut stands in a chunk for a row that cannot be read: in no format it can.
// So chunks hold no row that is too long, and none whose end is sought in others.
const struckOut = "-\n"

// splitter cuts a text into chunks.
type splitter struct {
	limits
	*window
	find  finder
	head  []byte // what each chunk begins with
	room  int    // how much text the next chunk will have, as a guess
	line  int64  // of the next row
	chunk domain.Chunk
	yield func(domain.Chunk, error) bool
}

func newSplitter(r io.Reader, limits limits, find finder, yield func(domain.Chunk, error) bool) *splitter {
	return &splitter{limits: limits, window: newWindow(r, limits.row+1), find: find, room: limits.row, line: 1, yield: yield}
}

// passBOM passes the mark that some programs put in front of UTF-8.
func (s *splitter) passBOM() error {
	text, err := s.look()
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		s.pass(len("\ufeff"))
	}
	return err
}

// run cuts what lies ahead.
func (s *splitter) run() {
	for {
		text, err := s.look()
		if err != nil {
			s.yield(domain.Chunk{}, err)
			return
		}
		if len(text) == 0 {
			s.cut()
			return
		}
		if !s.step(text) {
			return
		}
	}
}

// step takes the next row or blank lines, and tells whether to go on.
func (s *splitter) step(text []byte) bool {
	found, size := s.find(text, s.row)
	row := text[:size]
	if size == 0 || found == foundBroken {
		found, row = foundBroken, []byte(struckOut)
	}
	if s.chunk.Rows > 0 && len(s.chunk.Text)+len(row) > s.text && !s.cut() {
		return false
	}
	s.take(found, row)
	if size == 0 {
		s.passLine()
	} else {
		s.pass(size)
	}
	return s.chunk.Rows < s.rows || s.cut()
}

// take adds a row to the chunk. Blank lines count within a chunk, and are left out in front
// of it.
func (s *splitter) take(found finding, row []byte) {
	line := s.line
	s.line += int64(max(1, bytes.Count(row, []byte{'\n'})))
	if found == foundBlank && s.chunk.Rows == 0 {
		return
	}
	if s.chunk.Rows == 0 {
		s.chunk.First = line
		s.chunk.Text = append(make([]byte, 0, s.room), s.head...)
	}
	s.chunk.Text = append(s.chunk.Text, row...)
	if found != foundBlank {
		s.chunk.Rows++
	}
}

// cut yields the chunk, if it has rows, and begins another. It tells whether to go on.
func (s *splitter) cut() bool {
	if s.chunk.Rows == 0 {
		return true
	}
	chunk := s.chunk
	s.chunk = domain.Chunk{Number: chunk.Number + 1}
	s.room = len(chunk.Text) + len(chunk.Text)/8 // chunks of a text are much the same
	return s.yield(chunk, nil)
}

// readRows yields the rows of a chunk's text behind its head.
func readRows(chunk domain.Chunk, head int, find finder, read func(row []byte, line int64) domain.Row) iter.Seq[domain.Row] {
	return func(yield func(domain.Row) bool) {
		line := chunk.First
		for text := chunk.Text[head:]; len(text) > 0; {
			found, size := find(text, maxRow)
			if size == 0 {
				found, size = foundBroken, lineSize(text)
			}
			row := text[:size]
			text = text[size:]
			switch found {
			case foundBlank:
			case foundRow:
				if !yield(read(row, line)) {
					return
				}
			case foundBroken:
				if !yield(brokenRow(line)) {
					return
				}
			}
			line += int64(max(1, bytes.Count(row, []byte{'\n'})))
		}
	}
}

// lineSize returns how long the first line of text is with its end.
func lineSize(text []byte) int {
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		return end + 1
	}
	return len(text)
}

// lineWithin returns the size of the first line of text, or 0 where it is more than limit.
func lineWithin(text []byte, limit int) int {
	size := lineSize(text[:min(len(text), limit)])
	if size == limit && len(text) > limit && text[size-1] != '\n' {
		return 0
	}
	return size
}
