package personfile

import (
	"bytes"
	"io"
	"iter"
	"strconv"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/adapters/internal/jsontext"
	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// NDJSON is a JSON object in each line, with the members name and age. Others are passed over, and of two
// with the same name the last counts. Lines end with LF or CRLF, blank ones do not count, and a byte
// order mark in front is skipped.
//
// Values are read as the API reads them: a number is a name too, and a text of digits, or
// a number with a fraction of zeros, is an age. null is no value (domain.ProblemRequired). A line that is no object, not
// valid UTF-8 outside of the name, deeper than 32, or longer than 64 KiB is refused (domain.ProblemSyntax).
type NDJSON struct{}

var _ ports.RowFormat = NDJSON{}

// Split cuts a text into chunks. The error is r's own: there is no text without lines.
func (NDJSON) Split(r io.Reader) iter.Seq2[domain.Chunk, error] { return splitNDJSON(r, usual) }

func splitNDJSON(r io.Reader, limits limits) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		s := newSplitter(r, limits, findLine, yield)
		if err := s.passBOM(); err != nil {
			yield(domain.Chunk{}, err)
			return
		}
		s.run()
	}
}

// findLine is the finder of NDJSON.
func findLine(text []byte, limit int) (finding, int) {
	if size := whiteLines(text, limit); size > 0 {
		return foundBlank, size
	}
	size := lineWithin(text, limit)
	if size > 0 && len(bytes.TrimLeft(text[:size], " \t\r\n")) == 0 {
		return foundBlank, size
	}
	return foundRow, size
}

// whiteLines returns the size of the lines of white space with which text begins, each no longer
// than limit.
func whiteLines(text []byte, limit int) int {
	size := 0
	for i, sign := range text {
		switch sign {
		case '\n':
			if i+1-size > limit {
				return size
			}
			size = i + 1
		case ' ', '\t', '\r':
		default:
			return size
		}
	}
	return size
}

// Rows reads a chunk.
func (NDJSON) Rows(chunk domain.Chunk) iter.Seq[domain.Row] {
	return readRows(chunk, 0, findLine, readObject)
}

// readObject reads a line.
func readObject(line []byte, number int64) domain.Row {
	name, age, ok := parsePerson(line)
	if !ok {
		return brokenRow(number)
	}
	if name.kind == jsonText && age.kind == jsonInt {
		if n, plain := plainInteger(age.text); plain {
			if draft, err := domain.NewDraft(name.string(), n); err == nil && utf8.Valid(line) {
				return domain.Row{Line: number, Draft: draft}
			}
		}
	}
	if !utf8.Valid(line) && (name.kind != jsonText || utf8.Valid(name.text)) {
		return brokenRow(number)
	}
	var f form
	if !name.nameOf(&f) || !age.ageOf(&f) {
		return brokenRow(number)
	}
	return f.row(number)
}

// nameOf takes the value for a name: texts, and numbers as Python writes them. It returns
// false for a number with too many digits.
func (v jsonValue) nameOf(f *form) bool {
	var name string
	switch v.kind {
	case jsonNone, jsonNull:
		return true
	case jsonText:
		name = v.string()
	case jsonInt:
		if name = string(v.text); name == "-0" {
			name = "0"
		}
	case jsonFloat:
		name = pynumber.FormatFloat(string(v.text))
	default:
		f.refuse(domain.FieldName, domain.ProblemNotText)
		return true
	}
	f.name = &name
	return v.kind != jsonInt || len(v.text) <= pynumber.MaxDigits
}

// ageOf takes the value for an age. It returns false for a number with too many digits.
func (v jsonValue) ageOf(f *form) bool {
	switch v.kind {
	case jsonNone, jsonNull:
	case jsonText:
		f.setAgeText(v.string())
	case jsonInt:
		f.setAge(pynumber.ParseInt(string(v.text)))
	case jsonFloat:
		f.setAge(pynumber.IntegerOfFloat(string(v.text)))
	default:
		f.refuse(domain.FieldAge, domain.ProblemNotInteger)
	}
	return v.kind != jsonInt || len(v.text) <= pynumber.MaxDigits
}

// NewWriter returns what writes a line for each person, with the members id, name and age.
func (NDJSON) NewWriter(w io.Writer) domain.RowWriter {
	return &textWriter{w: w, append: appendObject}
}

func appendObject(text []byte, person domain.Person) []byte {
	text = strconv.AppendInt(append(text, `{"id":`...), person.ID(), 10)
	text = jsontext.AppendString(append(text, `,"name":`...), person.Name())
	text = strconv.AppendInt(append(text, `,"age":`...), int64(person.Age()), 10)
	return append(text, "}\n"...)
}
