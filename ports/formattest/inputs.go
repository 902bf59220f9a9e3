package formattest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func inputCases() []testCase {
	return []testCase{
		{"no input makes Split or Rows panic", noInputPanics},
	}
}

// noInputPanics spoils texts in a few places, a thousand times.
func noInputPanics(t *testing.T, h Harness) {
	whole := h.begin()
	for _, wrong := range h.Wrong {
		whole.row("Ann\nLee", 31)
		whole.wrong(wrong)
		whole.blank(1)
	}
	random := rand.New(rand.NewPCG(1, 2))
	const signs = "\x00\n\r\t \"',;:{}[]\\/0-+eu\xff\xed\xa0\x80x"
	for range 1_000 {
		text := []byte(whole.content.String())
		for range 1 + random.IntN(5) {
			at := random.IntN(len(text))
			switch random.IntN(3) {
			case 0:
				text[at] = signs[random.IntN(len(signs))]
			case 1:
				text = slices.Delete(text, at, min(len(text), at+1+random.IntN(10)))
			case 2:
				text = slices.Insert(text, at, signs[random.IntN(len(signs))])
			}
			if len(text) == 0 {
				text = []byte("x")
			}
		}
		readSpoilt(t, h, string(text))
	}
}

func readSpoilt(t *testing.T, h Harness, text string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%q: got the panic %v, want rows or an error", text, p)
		}
	}()
	for chunk, err := range h.Format.Split(strings.NewReader(text)) {
		if err != nil {
			if domain.CodeOf(err) != domain.CodeInvalid {
				t.Fatalf("%q: got %v, want %s", text, err, domain.CodeInvalid)
			}
			continue
		}
		rows := slices.Collect(h.Format.Rows(chunk))
		if len(rows) != chunk.Rows {
			t.Fatalf("%q: got %d rows of Rows, want %d, as Split says", text, len(rows), chunk.Rows)
		}
		for _, row := range rows {
			if (row.Draft == domain.Draft{}) != (len(row.Problems) > 0) || !slices.IsSortedFunc(row.Problems, compare) {
				t.Fatalf("%q: got %s, want a draft, or problems in their order", text, show(row))
			}
		}
	}
	for range h.Format.Rows(domain.Chunk{First: 1, Rows: 3, Text: []byte(text)}) { // which is no chunk of Split's
		continue
	}
}
