package personfile_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

// FuzzCSV reads any text, cut anywhere.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"name,age\nAnn,31\n\"B\"\"o\r\nb\",5\r\n\n\"x\ny,1\n'=a, 7 \n\"q\"z,1\nz\"q,1\n,,\n",
		"\ufeff\n id , AGE ,\"na\"\"me\",\"name\"\r\n1,2,3,\"\r\n\"\r", "name,age\n\"a\n\"b\",1\n", "age\n1", "name,age\n\"", "name,age\n\"\"\"\n\"\"\"\n,\"",
	} {
		f.Add([]byte(seed), uint8(2), uint8(30), uint8(20))
	}
	f.Fuzz(func(t *testing.T, text []byte, rows, size, row uint8) {
		checkCuts(t, personfile.NameCSV, text, rows, size, row)
		checkAsEncodingCSV(t, text)
	})
}

// FuzzNDJSON reads any text, cut anywhere.
func FuzzNDJSON(f *testing.F) {
	for _, seed := range []string{
		"{\"name\":\"Ann\",\"age\":31}\r\n\n \n{\"age\":1.0,\"name\":5,\"name\":1e2,\"x\":[{}]}\n{}\n[]\n{\"name\":\"\\ud83d\\ude00\\ud800\\u00e9\\n\",\"\\u0061ge\":\"5\"}",
		"\ufeff{\"name\":null,\"age\":true}\n\"", "{\"name\":\"\xff\",\"age\":-0}", "{\"a\":01}\n{\"a\":1.}\n{\"a\":\"\\x\"}\n" + strings.Repeat("[", 99),
	} {
		f.Add([]byte(seed), uint8(2), uint8(30), uint8(20))
	}
	f.Fuzz(func(t *testing.T, text []byte, rows, size, row uint8) {
		checkCuts(t, personfile.NameNDJSON, text, rows, size, row)
		checkAsEncodingJSON(t, text)
	})
}

// FuzzWriters writes persons of any name and reads them back.
func FuzzWriters(f *testing.F) {
	for _, seed := range []string{"Ann", "'=1+1", "''", "=", "'\t", "a\r\nb", "a,\"b\"", "\u2028\\\x01", "-", "@x", "'+", "\"", "a\nb\rc", "\ufeff", "😀"} {
		f.Add(seed, int64(31))
	}
	f.Fuzz(func(t *testing.T, name string, age int64) {
		draft, err := domain.NewDraft(name, age)
		if err != nil {
			return
		}
		other, _ := domain.NewDraft("other", 1)
		for format, rows := range personfile.Formats() {
			var text bytes.Buffer
			w := rows.NewWriter(&text)
			for _, d := range []domain.Draft{draft, other, draft} {
				if err := w.Write(d.Person(1)); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if format == personfile.NameCSV {
				checkNoCellRuns(t, text.Bytes())
			}
			got := readAll(t, format, text.Bytes(), 1, 1, 64<<10)
			if len(got) != 3 || got[0].Draft != draft || got[1].Draft != other || got[2].Draft != draft {
				t.Fatalf("%s: got %+v of %q, want %q and %q back", format, got, text.Bytes(), draft.Name(), other.Name())
			}
		}
	})
}

// checkCuts fails the test unless a text gives the same rows wherever it is cut and
// however it comes.
func checkCuts(t *testing.T, format string, text []byte, rows, size, row uint8) {
	t.Helper()
	longest := 8 + int(row)
	whole := readAll(t, format, text, 1<<20, 1<<20, longest)
	if got := readAll(t, format, text, 1+int(rows), int(size), longest); !slices.EqualFunc(got, whole, sameRow) {
		t.Fatalf("%q in chunks of %d rows and %d bytes: got %v, want %v", text, 1+int(rows), size, got, whole)
	}
	lines := int64(1 + bytes.Count(text, []byte("\n")))
	last := int64(0)
	for _, row := range whole {
		if row.Line <= last || row.Line > lines {
			t.Fatalf("%q: a row of line %d behind one of line %d, want them to rise to %d at most", text, row.Line, last, lines)
		}
		last = row.Line
		if (row.Draft == domain.Draft{}) != (len(row.Problems) > 0) {
			t.Fatalf("%q: got %+v, want a draft or problems", text, row)
		}
	}
	readAll(t, format, text, domain.ChunkRows, 1<<20, 64<<10)
	for range personfile.Formats()[format].Rows(domain.Chunk{First: 1, Text: text}) { // no chunk of Split's: it must not panic
		continue
	}
}

func sameRow(a, b domain.Row) bool {
	return a.Line == b.Line && a.Draft == b.Draft && slices.Equal(a.Problems, b.Problems)
}

// readAll reads a text with limits of its own, and fails the test unless chunks are as they should be.
func readAll(t *testing.T, format string, text []byte, rows, size, row int) []domain.Row {
	t.Helper()
	var (
		all    []domain.Row
		number int
	)
	for chunk, err := range personfile.SplitWithin(format, iotest.HalfReader(bytes.NewReader(text)), rows, size, row) {
		if err != nil {
			if domain.CodeOf(err) != domain.CodeInvalid || number > 0 || format != personfile.NameCSV {
				t.Fatalf("%q: got %v behind %d chunks, want none but of a header", text, err, number)
			}
			return nil
		}
		if chunk.Number != number || chunk.Rows < 1 || chunk.Rows > rows {
			t.Fatalf("%q: got chunk %d of %d rows, want number %d and 1 to %d rows", text, chunk.Number, chunk.Rows, number, rows)
		}
		number++
		before := len(all)
		for row := range personfile.Formats()[format].Rows(chunk) {
			all = append(all, row)
		}
		if got := len(all) - before; got != chunk.Rows || all[before].Line != chunk.First {
			t.Fatalf("%q: Rows of %q yields %d rows from line %d, want %d from line %d", text, chunk.Text, got, all[before].Line, chunk.Rows, chunk.First)
		}
	}
	return all
}

// checkAsEncodingCSV fails the test unless a text that encoding/csv reads as a whole is
// read alike.
func checkAsEncodingCSV(t *testing.T, text []byte) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	records, err := r.ReadAll()
	if err != nil || len(records) == 0 {
		return
	}
	name, age := slices.IndexFunc(records[0], isColumn("name")), slices.IndexFunc(records[0], isColumn("age"))
	if name < 0 || age < 0 {
		return
	}
	rows := readAll(t, personfile.NameCSV, text, domain.ChunkRows, 1<<20, 64<<10)
	if rows == nil { // a column may come twice
		return
	}
	if len(rows) != len(records)-1 {
		t.Fatalf("%q: got %d rows, want %d as encoding/csv reads", text, len(rows), len(records)-1)
	}
	for i, record := range records[1:] {
		cell := record[name]
		if rest := strings.TrimLeft(cell, "'"); cell != rest && rest != "" && strings.ContainsRune("=+-@\t\r", rune(rest[0])) {
			cell = cell[1:]
		}
		if got := rows[i]; len(got.Problems) == 0 && strings.ReplaceAll(got.Draft.Name(), "\r\n", "\n") != domain.TrimSpace(cell) {
			t.Fatalf("%q: row %d has the name %q, want %q as encoding/csv reads", text, i, got.Draft.Name(), cell)
		}
	}
}

func isColumn(name string) func(string) bool {
	return func(cell string) bool { return strings.EqualFold(domain.TrimSpace(cell), name) }
}

// checkNoCellRuns fails the test where a cell begins as a spreadsheet would run it.
func checkNoCellRuns(t *testing.T, text []byte) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%q: encoding/csv says %v", text, err)
	}
	for _, record := range records {
		for _, cell := range record {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Fatalf("%q: the cell %q would be run", text, cell)
			}
		}
	}
}

// checkAsEncodingJSON fails the test unless encoding/json agrees which lines are objects, and
// what the name of one that is taken is.
func checkAsEncodingJSON(t *testing.T, text []byte) {
	t.Helper()
	rows := readAll(t, personfile.NameNDJSON, text, domain.ChunkRows, 1<<20, 64<<10)
	for line := range bytes.SplitSeq(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\n")) {
		if len(bytes.Trim(line, " \t\r")) == 0 {
			continue
		}
		row := rows[0]
		rows = rows[1:]
		members := map[string]json.RawMessage{}
		err := json.Unmarshal(line, &members)
		broken := len(row.Problems) == 1 && row.Problems[0].Code == domain.ProblemSyntax
		if (err != nil || members == nil) && !broken {
			t.Fatalf("%q: got %+v, want it refused: encoding/json says %v", line, row, err)
		}
		if err == nil && members != nil && broken && utf8.Valid(line) && bytes.Count(line, []byte("{")) < 32 && bytes.Count(line, []byte("[")) < 32 && len(line) < 4300 {
			t.Fatalf("%q is broken, and not to encoding/json", line)
		}
		var name string
		if len(row.Problems) == 0 && json.Unmarshal(members["name"], &name) == nil && domain.TrimSpace(name) != row.Draft.Name() {
			t.Fatalf("%q: got the name %q, want %q", line, row.Draft.Name(), name)
		}
	}
	if len(rows) != 0 {
		t.Fatalf("%q: got %d rows too many", text, len(rows))
	}
}
