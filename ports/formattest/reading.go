package formattest

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-bbcc19ba/roster/domain"
)

func readerCases() []testCase {
	return []testCase{
		{"however a text comes in, it gives the same rows", textsComeInPieces},
		{"Split reads no further than a chunk and a buffer ahead", readsLittleAhead},
		{"what the reader says comes back as it is, and last", readersErrors},
		{"a text that cannot be read as a whole is invalid", unreadableTexts},
		{"no row is so long that more than a chunk of it is held", longRowsAreNotHeld},
	}
}

func textsComeInPieces(t *testing.T, h Harness) {
	text := h.begin()
	text.row("Ann\nLee", 31)
	for _, wrong := range h.Wrong {
		text.wrong(wrong)
		text.blank(1)
		text.row("Jos\u00e9", 5)
	}
	for name, r := range map[string]io.Reader{
		"byte by byte":                   iotest.OneByteReader(text.reader()),
		"half of what is asked for":      iotest.HalfReader(text.reader()),
		"with the end behind the last":   iotest.DataErrReader(text.reader()),
		"with reads that bring nothing":  &hesitant{r: iotest.OneByteReader(text.reader())},
		"as much at a time as it can be": text.reader(),
	} {
		wantSame(t, readRows(h, split(t, h, r)), text.want, "the text came "+name)
	}
}

// hesitant brings nothing every other time.
type hesitant struct {
	r     io.Reader
	ready bool
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.ready = !h.ready; h.ready {
		return 0, nil
	}
	return h.r.Read(p)
}

func readsLittleAhead(t *testing.T, h Harness) {
	source := &endless{head: h.Head, row: h.Row("Ann", 31)}
	yielded := int64(0)
	for chunk, err := range h.Format.Split(source) {
		if err != nil {
			t.Fatalf("Split: got %v, want chunks without end", err)
		}
		yielded += int64(len(chunk.Text))
		if ahead := source.read - yielded; ahead > 2*maxText {
			t.Fatalf("it has read %d bytes and yielded %d, want at most 2 MiB between them", source.read, yielded)
		}
		if chunk.Number == 20 {
			return
		}
	}
	t.Fatal("Split ended, want chunks without end")
}

// endless is a text of one row, again and again.
type endless struct {
	head, row string
	rest      string
	read      int64
}

func (e *endless) Read(p []byte) (n int, err error) {
	if e.read == 0 {
		e.rest = e.head
	}
	if e.rest == "" {
		e.rest = strings.Repeat(e.row, 100)
	}
	if e.read > 100*maxText {
		return 0, errors.New("nobody needs so much")
	}
	n = copy(p, e.rest)
	e.rest = e.rest[n:]
	e.read += int64(n)
	return n, nil
}

func readersErrors(t *testing.T, h Harness) {
	dead := errors.New("the line went dead")
	for _, rows := range []int{0, 1, 3 * domain.ChunkRows} {
		text := h.begin()
		text.rows(rows)
		var last error
		chunks := 0
		for chunk, err := range h.Format.Split(io.MultiReader(text.reader(), iotest.ErrReader(dead))) {
			if last != nil {
				t.Fatalf("%d rows: got another yield behind the error %v, want it to be the last", rows, last)
			}
			if last = err; err == nil {
				chunks += chunk.Rows
			}
		}
		if last != dead { //nolint:errorlint // it comes back as it is
			t.Errorf("%d rows: got %v at last, want %v as the reader said it", rows, last, dead)
		}
		if chunks > rows {
			t.Errorf("got %d rows, want at most the %d that came", chunks, rows)
		}
	}
}

func unreadableTexts(t *testing.T, h Harness) {
	for _, text := range h.Unreadable {
		yields := 0
		for chunk, err := range h.Format.Split(strings.NewReader(text)) {
			yields++
			if domain.CodeOf(err) != domain.CodeInvalid {
				t.Errorf("Split of %.80q: got %+v, %v, want %s", text, chunk, err, domain.CodeInvalid)
			}
		}
		if yields != 1 {
			t.Errorf("Split of %.80q: got %d yields, want one, of the error", text, yields)
		}
	}
}

func longRowsAreNotHeld(t *testing.T, h Harness) {
	const long, most = 128 << 20, 64 << 20
	for _, start := range h.Starts {
		before, behind := h.begin(), h.begin()
		before.row("Ann", 31)
		behind.content.Reset()
		behind.line = before.line
		broken := domain.Row{Line: before.line, Problems: []domain.Problem{{Field: domain.FieldRow, Code: domain.ProblemSyntax}}}
		behind.want = slices.Concat(before.want, []domain.Row{broken})
		behind.add("\n")
		behind.row("Bob", 5)
		watched := &watch{r: io.LimitReader(letters{}, long)}
		r := io.MultiReader(before.reader(), strings.NewReader(start), watched, behind.reader())
		wantSame(t, readRows(h, split(t, h, r)), behind.want, "a row that begins with "+start+" goes on for 128 MiB")
		if watched.grown > most {
			t.Errorf("a row of 128 MiB that begins with %s: the memory grew by %d MiB, want at most %d", start, watched.grown>>20, most>>20)
		}
	}
}

// letters is an x, again and again.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	n := copy(p, "x")
	for n < len(p) {
		n += copy(p[n:], p[:n])
	}
	return n, nil
}

// watch sees how much memory is in use while r is read.
type watch struct {
	r            io.Reader
	read, next   int64
	begin, grown uint64
}

func (w *watch) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.read += int64(n)
	if w.read >= w.next {
		w.next += 16 << 20
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if w.begin == 0 {
			w.begin = m.HeapAlloc
		}
		w.grown = max(w.grown, m.HeapAlloc-min(w.begin, m.HeapAlloc))
	}
	return n, err
}
