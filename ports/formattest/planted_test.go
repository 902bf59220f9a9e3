package formattest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

type (
	splitting = func(io.Reader) iter.Seq2[domain.Chunk, error]
	reading   = func(domain.Chunk) iter.Seq[domain.Row]
	writing   = func(io.Writer) domain.RowWriter
)

// planted is a format that is sound but for what is set.
type planted struct {
	split splitting
	rows  reading
	write writing
}

func (p planted) Split(r io.Reader) iter.Seq2[domain.Chunk, error] {
	if p.split != nil {
		return p.split(r)
	}
	return soundSplit(r)
}

func (p planted) Rows(chunk domain.Chunk) iter.Seq[domain.Row] {
	if p.rows != nil {
		return p.rows(chunk)
	}
	return soundRows(chunk)
}

func (p planted) NewWriter(w io.Writer) domain.RowWriter {
	if p.write != nil {
		return p.write(w)
	}
	return soundWriter(w)
}

// formatMock has the shape of the mocks of package portmock.
type formatMock struct {
	SplitFunc     splitting
	RowsFunc      reading
	NewWriterFunc writing
}

func (m *formatMock) Split(r io.Reader) iter.Seq2[domain.Chunk, error] { return m.SplitFunc(r) }

func (m *formatMock) Rows(chunk domain.Chunk) iter.Seq[domain.Row] { return m.RowsFunc(chunk) }

func (m *formatMock) NewWriter(w io.Writer) domain.RowWriter { return m.NewWriterFunc(w) }

// soundSplit is that of NDJSON, but refuses what begins as UTF-16 does.
func soundSplit(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		var start [2]byte
		n, err := io.ReadFull(r, start[:])
		if string(start[:n]) == "\xff\xfe" {
			yield(domain.Chunk{}, &domain.Error{Code: domain.CodeInvalid, Message: "line 1: this is UTF-16"})
			return
		}
		rest := io.MultiReader(bytes.NewReader(start[:n]), r)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			yield(domain.Chunk{}, err)
			return
		}
		personfile.NDJSON{}.Split(rest)(yield)
	}
}

func soundRows(chunk domain.Chunk) iter.Seq[domain.Row] { return personfile.NDJSON{}.Rows(chunk) }

func soundWriter(w io.Writer) domain.RowWriter { return personfile.NDJSON{}.NewWriter(w) }

func yieldsAnEmptyChunk(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		none := true
		for chunk, err := range soundSplit(r) {
			none = false
			if !yield(chunk, err) {
				return
			}
		}
		if none {
			yield(domain.Chunk{}, nil)
		}
	}
}

// changesChunks changes each chunk.
func changesChunks(r io.Reader, change func(*domain.Chunk)) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		for chunk, err := range soundSplit(r) {
			change(&chunk)
			if !yield(chunk, err) {
				return
			}
		}
	}
}

func countsFromOne(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return changesChunks(r, func(chunk *domain.Chunk) { chunk.Number++ })
}

func countsRows(r io.Reader) iter.Seq2[domain.Chunk, error] {
	line := int64(1)
	return changesChunks(r, func(chunk *domain.Chunk) {
		chunk.First = line
		line += int64(chunk.Rows)
	})
}

func usesMemoryAgain(r io.Reader) iter.Seq2[domain.Chunk, error] {
	var memory [1 << 20]byte
	return changesChunks(r, func(chunk *domain.Chunk) { chunk.Text = memory[:copy(memory[:], chunk.Text)] })
}

// joins makes one chunk of two where they are such.
func joins(such func(a, b domain.Chunk) bool) splitting {
	return func(r io.Reader) iter.Seq2[domain.Chunk, error] {
		return func(yield func(domain.Chunk, error) bool) {
			var last *domain.Chunk
			for chunk, err := range soundSplit(r) {
				switch {
				case err != nil:
					yield(chunk, err)
					return
				case last == nil:
				case such(*last, chunk):
					chunk.Rows += last.Rows
					chunk.First, chunk.Text = last.First, slices.Concat(last.Text, chunk.Text)
				default:
					if !yield(*last, nil) {
						return
					}
				}
				last = &chunk
			}
			if last != nil {
				yield(*last, nil)
			}
		}
	}
}

func yieldsOn(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		soundSplit(r)(func(chunk domain.Chunk, err error) bool {
			yield(chunk, err)
			return true
		})
	}
}

func readsOnce(r io.Reader) iter.Seq2[domain.Chunk, error] {
	text := make([]byte, 10<<20)
	n, err := r.Read(text)
	if err == io.EOF {
		err = nil
	}
	return splitAll(text[:n], err)
}

func readsAll(r io.Reader) iter.Seq2[domain.Chunk, error] {
	text, err := io.ReadAll(r)
	return splitAll(text, err)
}

func splitAll(text []byte, err error) iter.Seq2[domain.Chunk, error] {
	if err != nil {
		return func(yield func(domain.Chunk, error) bool) { yield(domain.Chunk{}, err) }
	}
	return soundSplit(bytes.NewReader(text))
}

// changesErrors changes what the error is.
func changesErrors(r io.Reader, change func(error) error) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		for chunk, err := range soundSplit(r) {
			if err != nil {
				if err = change(err); err == nil {
					return
				}
			}
			if !yield(chunk, err) {
				return
			}
		}
	}
}

func wrapsErrors(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return changesErrors(r, func(err error) error { return fmt.Errorf("the text: %w", err) })
}

func swallowsErrors(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return changesErrors(r, func(error) error { return nil })
}

func saysInternal(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return changesErrors(r, func(err error) error {
		if domain.CodeOf(err) == domain.CodeInvalid {
			return errors.New("no more than this")
		}
		return err
	})
}

func goesOn(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		for chunk, err := range soundSplit(r) {
			if !yield(chunk, err) || err != nil && !yield(chunk, err) {
				return
			}
		}
	}
}

// changesRows changes all rows of a chunk.
func changesRows(change func(rows []domain.Row) []domain.Row) reading {
	return func(chunk domain.Chunk) iter.Seq[domain.Row] {
		return slices.Values(change(slices.Collect(soundRows(chunk))))
	}
}

func spoils(chunk domain.Chunk) iter.Seq[domain.Row] {
	rows := slices.Collect(soundRows(chunk))
	clear(chunk.Text)
	return slices.Values(rows)
}

func yieldsRowsOn(chunk domain.Chunk) iter.Seq[domain.Row] {
	return func(yield func(domain.Row) bool) {
		soundRows(chunk)(func(row domain.Row) bool {
			yield(row)
			return true
		})
	}
}

func isWrong(row domain.Row) bool { return len(row.Problems) > 0 }

func isBroken(row domain.Row) bool { return isWrong(row) && row.Problems[0].Field == domain.FieldRow }

func skipsWrong(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesRows(func(rows []domain.Row) []domain.Row { return slices.DeleteFunc(rows, isWrong) })(chunk)
}

func readsBackwards(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesRows(func(rows []domain.Row) []domain.Row {
		slices.Reverse(rows)
		return rows
	})(chunk)
}

func countsFromFirst(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesRows(func(rows []domain.Row) []domain.Row {
		for i := range rows {
			rows[i].Line = chunk.First + int64(i)
		}
		return rows
	})(chunk)
}

// changesEach changes each row.
func changesEach(chunk domain.Chunk, change func(*domain.Row)) iter.Seq[domain.Row] {
	return changesRows(func(rows []domain.Row) []domain.Row {
		for i := range rows {
			change(&rows[i])
		}
		return rows
	})(chunk)
}

func tellsOne(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesEach(chunk, func(row *domain.Row) { row.Problems = row.Problems[:min(1, len(row.Problems))] })
}

func turnsProblems(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesEach(chunk, func(row *domain.Row) { slices.Reverse(row.Problems) })
}

func notGiven(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesEach(chunk, func(row *domain.Row) {
		for i := range row.Problems {
			if row.Problems[i].Code == domain.ProblemNotInteger {
				row.Problems[i].Code = domain.ProblemRequired
			}
		}
	})
}

func leavesDraft(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesEach(chunk, func(row *domain.Row) {
		if isWrong(*row) {
			row.Draft, _ = domain.NewDraft("nobody", 0)
		}
	})
}

func dropsNext(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesRows(func(rows []domain.Row) []domain.Row {
		if i := slices.IndexFunc(rows, isBroken); i >= 0 && i+1 < len(rows) {
			return slices.Delete(rows, i+1, i+2)
		}
		return rows
	})(chunk)
}

func breaksFirst(chunk domain.Chunk) iter.Seq[domain.Row] {
	return changesRows(func(rows []domain.Row) []domain.Row {
		if chunk.Number > 0 {
			rows[0] = domain.Row{Line: chunk.First, Problems: []domain.Problem{{Field: domain.FieldRow, Code: domain.ProblemSyntax}}}
		}
		return rows
	})(chunk)
}

func panics(chunk domain.Chunk) iter.Seq[domain.Row] {
	if bytes.IndexByte(chunk.Text, 0) >= 0 {
		panic("a NUL")
	}
	return soundRows(chunk)
}

// onceOnly remembers which chunks it has read.
type onceOnly struct {
	planted
	read sync.Map
}

func (o *onceOnly) Rows(chunk domain.Chunk) iter.Seq[domain.Row] {
	if _, read := o.read.LoadOrStore(string(chunk.Text), true); read {
		return func(func(domain.Row) bool) {}
	}
	return soundRows(chunk)
}

// changesWriting changes what is written, person by person.
type changesWriting struct {
	domain.RowWriter
	change func(domain.Person) domain.Person
	flush  func() error
}

func (c changesWriting) Write(person domain.Person) error {
	if c.change != nil {
		person = c.change(person)
	}
	return c.RowWriter.Write(person)
}

func (c changesWriting) Flush() error {
	if c.flush != nil {
		return c.flush()
	}
	return c.RowWriter.Flush()
}

func forgetsFlush(w io.Writer) domain.RowWriter {
	return changesWriting{RowWriter: soundWriter(w), flush: func() error { return nil }}
}

func writesNobody(w io.Writer) domain.RowWriter {
	_, _ = io.WriteString(w, "{}\n")
	return soundWriter(w)
}

func writesLF(w io.Writer) domain.RowWriter {
	return changesWriting{RowWriter: soundWriter(w), change: func(p domain.Person) domain.Person {
		return domain.StoredPerson(p.ID(), strings.ReplaceAll(p.Name(), "\r\n", "\n"), p.Age())
	}}
}

func escapes(w io.Writer) domain.RowWriter {
	return changesWriting{RowWriter: soundWriter(w), change: func(p domain.Person) domain.Person {
		if strings.HasPrefix(p.Name(), "=") {
			p = domain.StoredPerson(p.ID(), "'"+p.Name(), p.Age())
		}
		return p
	}}
}
