package formattest

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func writerCases() []testCase {
	return []testCase{
		{"what is written is read back", writtenIsReadBack},
		{"what is written of nobody is a text without rows", nobodyIsNoRows},
		{"every name is read back", everyNameIsReadBack},
	}
}

func writtenIsReadBack(t *testing.T, h Harness) {
	text := h.begin()
	text.rows(domain.ChunkRows + 10)
	var drafts []domain.Draft
	for _, row := range text.want {
		drafts = append(drafts, row.Draft)
	}
	wantBack(t, h, drafts)
}

func nobodyIsNoRows(t *testing.T, h Harness) {
	wantBack(t, h, nil)
}

func everyNameIsReadBack(t *testing.T, h Harness) {
	pieces := []string{
		"a", "B", " ", "\t", "\n", "\r", "\r\n", "\"", "'", "''", "=", "+", "-", "@", ",", ";", "|", "\\", "/", "\\n", "\\u0041", "{", "}", "[", "]", ":", "#", "&", "<", "%",
		"\x01", "\x1b", "\x7f", "\u0085", "\u00a0", "\u00e9", "\u2028", "\u2029", "\ufeff", "\ufffd", "\U0001F600", "null", "1", "0.5", "\xef\xbf\xbd",
	}
	random := rand.New(rand.NewPCG(3, 4))
	var drafts []domain.Draft
	add := func(name string) {
		if draft, err := domain.NewDraft(name, random.Int64N(domain.MaxAge+1)); err == nil {
			drafts = append(drafts, draft)
		}
	}
	for _, first := range pieces {
		add(first)
		add(strings.Repeat(first, domain.MaxNameLength/len([]rune(first))))
		for _, second := range pieces {
			add(first + second)
			add(first + second + "x" + first)
		}
	}
	for range 2_000 {
		var name strings.Builder
		for range 1 + random.IntN(20) {
			name.WriteString(pieces[random.IntN(len(pieces))])
		}
		add(name.String())
	}
	wantBack(t, h, drafts)
}

// wantBack fails the test unless the drafts come back when they are written as persons.
func wantBack(t *testing.T, h Harness, drafts []domain.Draft) {
	t.Helper()
	var text bytes.Buffer
	w := h.Format.NewWriter(&text)
	for i, draft := range drafts {
		if err := w.Write(draft.Person(int64(i + 1))); err != nil {
			t.Fatalf("Write: got %v, want nil", err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatalf("Flush: got %v, want nil", err)
	}
	rows := readRows(h, split(t, h, &text))
	if len(rows) != len(drafts) {
		t.Fatalf("got %d rows of %d persons that were written, want as many", len(rows), len(drafts))
	}
	for i, row := range rows {
		if row.Draft != drafts[i] || len(row.Problems) > 0 {
			t.Fatalf("person %d: got %s, want %q %d as it was written", i, show(row), drafts[i].Name(), drafts[i].Age())
		}
	}
}
