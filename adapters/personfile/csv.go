package personfile

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// CSV is RFC 4180: cells between commas, within quotes where they hold commas, quotes or
// line ends. The first row is a header. It names the columns in any order, in any case and with white
// space around; name and age must be among them, and others are passed over. Lines end
// with LF or CRLF, blank ones do not count, and a byte order mark in front is skipped.
//
// An empty age is none (domain.ProblemRequired); else it is read as a form of the API is. A row is
// refused (domain.ProblemSyntax) where it has not as many cells as the header or a quote stands where none
// may, or when it is longer than 64 KiB. What is refused so is one line, even where it
// opened a quote: the next line is read as a row of its own.
//
// Cells that a spreadsheet would run, which begin with = + - @, a tab or a carriage
// return, are written with an apostrophe in front, and read without it.
//
// encoding/csv would not do: it makes LF of a CRLF within quotes, so that a name would not come
// back, and a quote that is never closed takes the rest of the text with it.
type CSV struct{}

var _ ports.RowFormat = CSV{}

// Split cuts a text into chunks, each with a header of its own. The error is CodeInvalid where
// the text does not begin with a header that names name and age, each once; its message
// says which is missing.
func (CSV) Split(r io.Reader) iter.Seq2[domain.Chunk, error] { return splitCSV(r, usual) }

func splitCSV(r io.Reader, limits limits) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		s := newSplitter(r, limits, nil, yield)
		header, found, err := s.readHeader()
		if err != nil {
			yield(domain.Chunk{}, err)
			return
		}
		if !found {
			return
		}
		s.find = header.findRow
		s.head = header.line()
		s.run()
	}
}

// readHeader reads the first row, and returns false where there is none.
func (s *splitter) readHeader() (columns, bool, error) {
	if err := s.passBOM(); err != nil {
		return columns{}, false, err
	}
	for {
		text, err := s.look()
		if err != nil || len(text) == 0 {
			return columns{}, false, err
		}
		found, size := columns{}.findRow(text, s.row)
		if found == foundBlank && size > 0 {
			s.take(found, text[:size])
			s.pass(size)
			continue
		}
		if found == foundBroken || size == 0 {
			return columns{}, false, badHeader(s.line, "cannot be read")
		}
		header, err := columnsOf(text[:size], s.line)
		s.take(foundBlank, text[:size])
		s.pass(size)
		return header, true, err
	}
}

func badHeader(line int64, what string) error {
	return &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("line %d: the header %s", line, what)}
}

// columns are those of a header: how many there are, and which the fields of a person are.
type columns struct{ count, name, age int }

// columnsOf reads a header.
func columnsOf(row []byte, line int64) (columns, error) {
	var cells cellReader
	c := columns{name: -1, age: -1}
	for cells.begin(row); cells.next(); c.count++ {
		for field, column := range map[string]*int{domain.FieldName: &c.name, domain.FieldAge: &c.age} {
			if !strings.EqualFold(domain.TrimSpace(string(cells.value())), field) {
				continue
			}
			if *column >= 0 {
				return columns{}, badHeader(line, fmt.Sprintf("has two columns %q", field))
			}
			*column = c.count
		}
	}
	switch {
	case c.name < 0 && c.age < 0:
		return columns{}, badHeader(line, `has neither a column "name" nor one "age"; columns are separated by commas`)
	case c.name < 0:
		return columns{}, badHeader(line, `has no column "name"`)
	case c.age < 0:
		return columns{}, badHeader(line, `has no column "age"`)
	}
	return c, nil
}

// line returns a header with the columns, in one line. Those that are passed over have no
// name.
func (c columns) line() []byte {
	names := make([]string, c.count)
	names[c.name], names[c.age] = domain.FieldName, domain.FieldAge
	return []byte(strings.Join(names, ",") + "\n")
}

// Rows reads a chunk.
func (CSV) Rows(chunk domain.Chunk) iter.Seq[domain.Row] {
	size := lineSize(chunk.Text)
	header, err := columnsOf(chunk.Text[:size], chunk.First)
	if err != nil {
		return func(func(domain.Row) bool) {} // Split made no such chunk
	}
	var cells cellReader
	return readRows(chunk, size, header.findRow, func(row []byte, line int64) domain.Row {
		return header.read(&cells, row, line)
	})
}

// read reads a row that findRow has found.
func (c columns) read(cells *cellReader, row []byte, line int64) domain.Row {
	var form csvForm
	cells.begin(row)
	count := 0
	for ; cells.next(); count++ {
		switch count {
		case c.name:
			form.name = string(unprotect(cells.value()))
		case c.age:
			form.setAge(unprotect(cells.value()))
		}
	}
	if count != c.count {
		return brokenRow(line)
	}
	return form.row(line)
}

// csvForm is what a row has for a person.
type csvForm struct {
	name    string
	age     int64
	ageText string // of an age that is not plain digits
	plain   bool
}

func (f *csvForm) setAge(cell []byte) {
	if f.age, f.plain = plainInteger(cell); !f.plain {
		f.ageText = string(cell)
	}
}

func (f *csvForm) row(line int64) domain.Row {
	if f.plain {
		if draft, err := domain.NewDraft(f.name, f.age); err == nil {
			return domain.Row{Line: line, Draft: draft}
		}
	}
	return f.slowRow(line)
}

// slowRow is apart so that the row of a plain person needs no memory but for its name.
func (f *csvForm) slowRow(line int64) domain.Row {
	name, age := f.name, f.age
	whole := form{name: &name}
	switch {
	case f.plain:
		whole.age = &age
	case domain.TrimSpace(f.ageText) != "":
		whole.setAgeText(f.ageText)
	}
	return whole.row(line)
}

// NewWriter returns what writes a header and a line for each person: id, name and age.
func (CSV) NewWriter(w io.Writer) domain.RowWriter {
	return &textWriter{w: w, text: []byte("id,name,age\n"), append: appendCSV}
}

func appendCSV(text []byte, person domain.Person) []byte {
	text = strconv.AppendInt(text, person.ID(), 10)
	text = appendCell(append(text, ','), person.Name())
	text = strconv.AppendInt(append(text, ','), int64(person.Age()), 10)
	return append(text, '\n')
}

// appendCell appends a cell that a spreadsheet does not run, within quotes where it
// needs them.
func appendCell(text []byte, cell string) []byte {
	prefix := protect(cell)
	if !strings.ContainsAny(cell, ",\"\r\n") {
		return append(append(text, prefix...), cell...)
	}
	text = append(append(text, '"'), prefix...)
	for i := range len(cell) {
		if cell[i] == '"' {
			text = append(text, '"')
		}
		text = append(text, cell[i])
	}
	return append(text, '"')
}
