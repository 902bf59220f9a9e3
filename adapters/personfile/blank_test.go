package personfile_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
)

// A text of blank lines packs to a thousandth, so a step for each would cost whoever reads them much
// more than whoever sends them.
func TestBlankLinesArePassedOverTogether(t *testing.T) {
	t.Parallel()
	const row = 10
	for _, test := range []struct {
		text      string
		csv, json int // bytes passed over
	}{
		{"\n", 1, 1},
		{"\r\n", 2, 2},
		{"\r", 1, 1},
		{strings.Repeat("\n", 100_000), 100_000, 100_000},
		{strings.Repeat("\r\n", 50_000) + "x", 100_000, 100_000},
		{"\n\r\n\n\r\nx\n\n", 6, 6},
		{"\n\n\r", 2, 2},
		{"\n\r\r\n\n", 1, 5},
		{" \t\r\n\n \nx", 0, 7},
		{"\n\n  x\n", 2, 2},
		{"\n" + strings.Repeat(" ", row-1) + "\n\n", 1, row + 2},
		{"\n" + strings.Repeat(" ", row) + "\n\n", 1, 1},
		{strings.Repeat(" ", row) + "\n\n", 0, 0},
		{"x\n\n", 0, 0},
	} {
		if got := personfile.BlankLines(personfile.NameCSV, []byte(test.text), row); got != test.csv {
			t.Errorf("csv, %.40q: got %d bytes, want %d", test.text, got, test.csv)
		}
		if got := personfile.BlankLines(personfile.NameNDJSON, []byte(test.text), row); got != test.json {
			t.Errorf("ndjson, %.40q: got %d bytes, want %d", test.text, got, test.json)
		}
	}
}

// Whatever reads and chunks cut, a row is in the line where it stands.
func TestBlankLinesCountWhereverATextIsCut(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		texts := map[string]*strings.Builder{personfile.NameCSV: {}, personfile.NameNDJSON: {}}
		write := func(csv, json string) {
			texts[personfile.NameCSV].WriteString(csv)
			texts[personfile.NameNDJSON].WriteString(json)
		}
		line, want := int64(1), []int64{}
		blanks := func() {
			for range random.IntN(2) * random.IntN(200) {
				end := []string{"\n", "\r\n"}[random.IntN(2)]
				write(end, []string{"", " ", "\t"}[random.IntN(3)]+end)
				line++
			}
		}
		blanks()
		write("name,age\n", "\n")
		line++
		for range random.IntN(20) {
			blanks()
			write("Ann,31\r\n", "{}\r\n")
			want = append(want, line)
			line++
		}
		blanks()
		rows, size, row := 1+random.IntN(5), random.IntN(300), len("name,age\n")+random.IntN(40)
		for format, text := range texts {
			for name, r := range map[string]io.Reader{
				"at once":      strings.NewReader(text.String()),
				"by halves":    iotest.HalfReader(strings.NewReader(text.String())),
				"byte by byte": iotest.OneByteReader(strings.NewReader(text.String())),
			} {
				got := []int64{}
				for chunk, err := range personfile.SplitWithin(format, r, rows, size, row) {
					if err != nil {
						t.Fatal(err)
					}
					for row := range personfile.Formats()[format].Rows(chunk) {
						got = append(got, row.Line)
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("%s, %s, in chunks of %d rows and %d bytes, %q: got rows in the lines %v, want %v", format, name, rows, size, text, got, want)
				}
			}
		}
	}
}
