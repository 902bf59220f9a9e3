package personfile

import "bytes"

// findRow is the finder of CSV. A row of several lines that is wrong in any way is broken: the quote
// that leads from line to line was hardly meant to.
func (c columns) findRow(text []byte, limit int) (finding, int) {
	size := lineWithin(text, limit)
	line := withoutLineEnd(text[:size])
	if size == 0 || bytes.IndexByte(line, '"') < 0 {
		if size > 0 && len(line) == 0 {
			return foundBlank, max(size, emptyLines(text))
		}
		return foundRow, size
	}
	var cells cellReader
	count := 0
	for cells.begin(text[:min(len(text), limit)]); cells.next(); count++ {
	}
	end := cells.at
	switch {
	case cells.broken, end > size && c.count > 0 && count != c.count:
		return foundBroken, size
	case end == limit && len(text) > limit && text[end-1] != '\n': // its end may lie further on
		return foundBroken, size
	default:
		return foundRow, end
	}
}

// emptyLines returns the size of the lines with nothing in them with which text begins.
func emptyLines(text []byte) int {
	for i, sign := range text {
		if sign != '\n' && (sign != '\r' || i+1 == len(text) || text[i+1] != '\n') {
			return i
		}
	}
	return len(text)
}

func withoutLineEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

// cellReader goes through the cells of a row.
type cellReader struct {
	text    []byte
	at      int  // where the next cell begins, or behind the row's line end
	ended   bool // there is no next cell
	broken  bool // the row cannot be read
	cell    []byte
	doubled bool // the cell has quotes that stand twice for once
	scratch []byte
}

// begin goes to the row with which text begins.
func (r *cellReader) begin(text []byte) {
	r.text, r.at, r.ended, r.broken = text, 0, false, false
}

// next goes to the next cell, and returns false where there is none or it cannot be read.
func (r *cellReader) next() bool {
	if r.ended || r.broken {
		return false
	}
	if r.at < len(r.text) && r.text[r.at] == '"' {
		return r.nextQuoted()
	}
	start := r.at
	r.doubled = false
	for i := start; i < len(r.text); i++ {
		switch r.text[i] {
		case ',':
			r.cell, r.at = r.text[start:i], i+1
			return true
		case '\n':
			r.cell, r.at, r.ended = withoutLineEnd(r.text[start:i+1]), i+1, true
			return true
		case '"':
			r.broken = true
			return false
		}
	}
	r.cell, r.at, r.ended = withoutLineEnd(r.text[start:]), len(r.text), true
	return true
}

func (r *cellReader) nextQuoted() bool {
	start := r.at + 1
	r.doubled = false
	for i := start; ; i += 2 {
		quote := bytes.IndexByte(r.text[i:], '"')
		if quote < 0 {
			r.broken = true
			return false
		}
		i += quote
		if i+1 < len(r.text) && r.text[i+1] == '"' {
			r.doubled = true
			continue
		}
		r.cell = r.text[start:i]
		return r.endCell(i + 1)
	}
}

// endCell passes what stands behind a quoted cell.
func (r *cellReader) endCell(at int) bool {
	rest := r.text[at:]
	switch {
	case len(rest) == 0:
		r.at, r.ended = at, true
	case rest[0] == ',':
		r.at = at + 1
	case rest[0] == '\n':
		r.at, r.ended = at+1, true
	case rest[0] == '\r' && len(rest) == 1:
		r.at, r.ended = at+1, true
	case rest[0] == '\r' && rest[1] == '\n':
		r.at, r.ended = at+2, true
	default:
		r.broken = true
	}
	return !r.broken
}

// value returns the cell's text, until next or begin is called.
func (r *cellReader) value() []byte {
	if !r.doubled {
		return r.cell
	}
	r.scratch = r.scratch[:0]
	rest := r.cell
	for {
		quote := bytes.IndexByte(rest, '"')
		if quote < 0 {
			r.scratch = append(r.scratch, rest...)
			return r.scratch
		}
		r.scratch = append(r.scratch, rest[:quote+1]...)
		rest = rest[quote+2:]
	}
}
