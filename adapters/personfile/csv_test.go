package personfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

// read returns the rows of a text, each as a line "line name age" or "line problems".
func read(t *testing.T, format domain.RowFormat, text string) string {
	t.Helper()
	var all strings.Builder
	for chunk, err := range format.Split(strings.NewReader(text)) {
		if err != nil {
			return domain.MessageOf(err)
		}
		for row := range format.Rows(chunk) {
			if len(row.Problems) > 0 {
				fmt.Fprintf(&all, "%d %v\n", row.Line, row.Problems)
			} else {
				fmt.Fprintf(&all, "%d %q %d\n", row.Line, row.Draft.Name(), row.Draft.Age())
			}
		}
	}
	return all.String()
}

func TestTheHeaderSaysWhereTheFieldsAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"name,age\nAnn,31\n":                       "2 \"Ann\" 31\n",
		"age,name\n31,Ann":                         "2 \"Ann\" 31\n",
		"\ufeffid,\" Name\",x,\tAGE \r\n1,Ann,,31": "2 \"Ann\" 31\n",
		"\n\r\n\"name\",\"age\",\"a\nb\"\nAnn,31,": "5 \"Ann\" 31\n",
		"name,age":                 "",
		"\ufeff":                   "",
		"name\nAnn\n":              `line 1: the header has no column "age"`,
		"\n\nage,\n31\n":           `line 3: the header has no column "name"`,
		"name;age\nAnn;31\n":       `line 1: the header has neither a column "name" nor one "age"; columns are separated by commas`,
		"Ann,31\n":                 `line 1: the header has neither a column "name" nor one "age"; columns are separated by commas`,
		"name,age,Name\n":          `line 1: the header has two columns "name"`,
		"name,a\"ge\n":             "line 1: the header cannot be read",
		"name,\"age\nAnn,31\n":     "line 1: the header cannot be read",
		strings.Repeat("x", 1<<17): "line 1: the header cannot be read",
		"n\x00ame,age\n":           `line 1: the header has no column "name"`,
	} {
		if got := read(t, personfile.CSV{}, text); got != want {
			t.Errorf("%.60q: got %q, want %q", text, got, want)
		}
	}
}

func TestACellThatASpreadsheetWouldRunIsText(t *testing.T) {
	t.Parallel()
	cells := map[string]string{
		"Ann": "Ann", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "'=": "''=", "''@x": "'''@x", "'Ann": "'Ann", "''": "''", "'\t=": "''\t=",
		"'\ra": "\"''\ra\"", "=\"a,b\"": "\"'=\"\"a,b\"\"\"", "a=b": "a=b", "' =": "' =", "a\nb": "\"a\nb\"",
	}
	for name, want := range cells {
		var text bytes.Buffer
		w := personfile.CSV{}.NewWriter(&text)
		if err := errors.Join(w.Write(domain.StoredPerson(7, name, 31)), w.Flush()); err != nil {
			t.Fatal(err)
		}
		if want := "id,name,age\n7," + want + ",31\n"; text.String() != want {
			t.Errorf("%q: got %q, want %q", name, text.String(), want)
		}
		if got, want := read(t, personfile.CSV{}, text.String()), fmt.Sprintf("2 %q 31\n", name); got != want {
			t.Errorf("%q: got %q back, want %q", name, got, want)
		}
	}
}

func TestAQuoteThatIsNeverClosedTakesOneLine(t *testing.T) {
	t.Parallel()
	const rows = 30_000
	text := "name,age\n\"Ann,31\n" + strings.Repeat("Bob,5\n", rows) + "\"Carl\",6\n"
	got := strings.Split(read(t, personfile.CSV{}, text), "\n")
	if want := "2 [row syntax]"; got[0] != want {
		t.Errorf("got %q for the row with the quote, want %q", got[0], want)
	}
	if want := `3 "Bob" 5`; got[1] != want {
		t.Errorf("got %q behind it, want %q", got[1], want)
	}
	if want := fmt.Sprintf("%d \"Carl\" 6", rows+3); len(got) != rows+3 || got[rows+1] != want {
		t.Errorf("got %d lines and %q at last, want %d and %q", len(got), got[len(got)-2], rows+3, want)
	}
}

// A line that a quote leads to is read by itself once it is known that the quote was none.
func TestALineWithinABrokenRowIsARowOfItsOwn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\"Ann,31\n\"Bob\",5\n":     "2 [row syntax]\n3 \"Bob\" 5\n",
		"Ann,\"31\nBob,\"5\"\n":     "2 [row syntax]\n3 \"Bob\" 5\n",
		"\"Ann\nBob\",5,6\nCarl,7":  "2 [row syntax]\n3 [row syntax]\n4 \"Carl\" 7\n",
		"\"Ann\nLee\",5\nCarl,7":    "2 \"Ann\\nLee\" 5\n4 \"Carl\" 7\n",
		"Ann,5\r\n\r\nBob,\"6\"\r":  "2 \"Ann\" 5\n4 \"Bob\" 6\n",
		"\"A\r\n\r\nB\",1\nBob,2\n": "2 \"A\\r\\n\\r\\nB\" 1\n5 \"Bob\" 2\n",
	} {
		if got := read(t, personfile.CSV{}, "name,age\n"+text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestARowMayHave64KiB(t *testing.T) {
	t.Parallel()
	const most = 64 << 10
	for _, each := range []struct {
		name, start, end string
	}{
		{"csv", "Ann,31,", "\n"}, {"csv", "Ann,31,", ""}, {"csv", "Ann,31,\"\n", "\"\n"}, {"csv", "Ann,31,\"\n", "\"\r\n"}, {"csv", "Ann,31,\"\n", "\""},
		{"ndjson", `{"name":"Ann","age":31,"x":"`, "\"}\r\n"}, {"ndjson", `{"name":"Ann","age":31,"x":"`, `"}`},
	} {
		head := map[string]string{"csv": "name,age,x\n"}[each.name]
		for _, size := range []int{most - 1, most, most + 1} {
			row := each.start + strings.Repeat("x", size-len(each.start)-len(each.end)) + each.end
			got, _, _ := strings.Cut(read(t, personfile.Formats()[each.name], head+row), "\n")
			if wrong := strings.Contains(got, "syntax"); wrong != (size > most) {
				t.Errorf("%s, a row of %d bytes from %q to %q: got %q, want it refused above %d", each.name, size, each.start, each.end, got, most)
			}
		}
	}
}

func TestLinesAreCountedBeyondChunks(t *testing.T) {
	t.Parallel()
	text := "name,age\n" + strings.Repeat("\"Ann\nLee\",1\n\n", 25_000)
	line := int64(2)
	for chunk, err := range (personfile.CSV{}).Split(strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		for row := range (personfile.CSV{}).Rows(chunk) {
			if row.Line != line || len(row.Problems) > 0 {
				t.Fatalf("got %+v, want a person in line %d", row, line)
			}
			line += 3
		}
	}
}

func TestAWriterSaysWhatWentWrongAndStops(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	for name, format := range personfile.Formats() {
		calls := 0
		w := format.NewWriter(writerFunc(func([]byte) (int, error) { calls++; return 0, full }))
		var errs []error
		for i := range 10_000 {
			errs = append(errs, w.Write(personOf(i)))
		}
		errs = append(errs, w.Flush())
		if i := slices.Index(errs, full); i < 0 || slices.ContainsFunc(errs[i:], func(err error) bool { return !errors.Is(err, full) }) || calls != 1 {
			t.Errorf("%s: got %d writes and %v at last, want one and %v from then on", name, calls, errs[len(errs)-1], full)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
