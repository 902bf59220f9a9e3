package formattest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

const maxText = 1 << 20

func splitCases() []testCase {
	return []testCase{
		{"a text without rows yields no chunk", noRowsNoChunk},
		{"chunks have the numbers from 0, and at most 10,000 rows", chunksAreNumbered},
		{"chunks have at most 1 MiB of text", chunksAreShort},
		{"First is the line of a chunk's first row", firstIsALine},
		{"a chunk is the caller's to keep", chunksAreKept},
		{"a chunk is read without the others, as often as one likes", chunksAreAlone},
		{"Split and Rows yield nothing to whom wants no more", nothingMore},
	}
}

func noRowsNoChunk(t *testing.T, h Harness) {
	for _, text := range []string{"", h.Head, h.Head + h.Blank + h.Blank} {
		if chunks := split(t, h, strings.NewReader(text)); len(chunks) != 0 {
			t.Errorf("Split of %q: got %d chunks, want none: there are no rows", text, len(chunks))
		}
	}
}

func chunksAreNumbered(t *testing.T, h Harness) {
	for _, count := range []int{1, domain.ChunkRows, domain.ChunkRows + 1, 2*domain.ChunkRows + 5} {
		text := h.begin()
		text.rows(count)
		rows := 0
		for i, chunk := range split(t, h, text.reader()) {
			if chunk.Number != i {
				t.Errorf("%d rows: got number %d for chunk %d, want its place", count, chunk.Number, i)
			}
			if chunk.Rows < 1 || chunk.Rows > domain.ChunkRows {
				t.Errorf("%d rows: got %d in chunk %d, want 1 to %d", count, chunk.Rows, i, domain.ChunkRows)
			}
			rows += chunk.Rows
		}
		if rows != count {
			t.Errorf("got %d rows in all chunks, want %d", rows, count)
		}
	}
}

func chunksAreShort(t *testing.T, h Harness) {
	text := h.begin()
	for range 3_000 {
		text.row(strings.Repeat("\U0001F600", domain.MaxNameLength), 31)
		text.blank(10)
	}
	for i, chunk := range split(t, h, text.reader()) {
		if len(chunk.Text) > maxText {
			t.Errorf("got %d bytes in chunk %d, want %d at most: its rows are short", len(chunk.Text), i, maxText)
		}
	}
	wantRows(t, text, "they are in several chunks for their length")
}

func firstIsALine(t *testing.T, h Harness) {
	text := h.begin()
	text.blank(3)
	text.row("Ann\nLee", 31)
	text.blank(2)
	text.rows(2 * domain.ChunkRows)
	text.row("Ann\nLee", 31)
	row := 0
	for i, chunk := range split(t, h, text.reader()) {
		if want := text.want[row].Line; chunk.First != want {
			t.Fatalf("chunk %d: got First %d, want %d, where row %d begins", i, chunk.First, want, row)
		}
		row += chunk.Rows
	}
}

func chunksAreKept(t *testing.T, h Harness) {
	text := h.begin()
	text.rows(3 * domain.ChunkRows)
	var chunks []domain.Chunk
	var copies [][]byte
	for chunk, err := range h.Format.Split(text.reader()) {
		if err != nil {
			t.Fatalf("Split: got %v, want all chunks", err)
		}
		chunks = append(chunks, chunk)
		copies = append(copies, slices.Clone(chunk.Text))
	}
	for i, chunk := range chunks {
		if !bytes.Equal(chunk.Text, copies[i]) {
			t.Fatalf("the text of chunk %d has changed since it was yielded, want it to stay", i)
		}
	}
	readRows(h, chunks)
	for i, chunk := range chunks {
		if !bytes.Equal(chunk.Text, copies[i]) {
			t.Fatalf("Rows has changed the text of chunk %d, want it to stay", i)
		}
	}
}

func chunksAreAlone(t *testing.T, h Harness) {
	text := h.begin()
	text.rows(3 * domain.ChunkRows)
	chunks := split(t, h, text.reader())
	end := len(text.want)
	for _, chunk := range slices.Backward(chunks) {
		begin := end - chunk.Rows
		for range 2 {
			wantSame(t, readRows(h, []domain.Chunk{chunk}), text.want[begin:end], "the last chunk is read first, and each twice")
		}
		end = begin
	}
}

func nothingMore(t *testing.T, h Harness) {
	text := h.begin()
	text.rows(3 * domain.ChunkRows)
	chunks := split(t, h, text.reader())
	stopped := 0
	h.Format.Split(text.reader())(func(domain.Chunk, error) bool { stopped++; return false })
	if stopped != 1 {
		t.Errorf("Split: got %d yields, want 1: the caller wanted no more then", stopped)
	}
	stopped = 0
	h.Format.Rows(chunks[0])(func(domain.Row) bool { stopped++; return false })
	if stopped != 1 {
		t.Errorf("Rows: got %d yields, want 1: the caller wanted no more then", stopped)
	}
}
