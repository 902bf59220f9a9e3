package personfile

import (
	"io"

	"github.com/seed-bbcc19ba/roster/domain"
)

// textWriter writes rows, many at a time. After an error it writes nothing more.
type textWriter struct {
	w      io.Writer
	text   []byte
	append func(text []byte, person domain.Person) []byte
	err    error
}

// together is how many bytes are written at a time.
const together = 32 << 10

// Write writes a person, at the latest with Flush.
func (t *textWriter) Write(person domain.Person) error {
	if t.err != nil {
		return t.err
	}
	t.text = t.append(t.text, person)
	if len(t.text) < together {
		return nil
	}
	return t.Flush()
}

// Flush writes what was kept back.
func (t *textWriter) Flush() error {
	if t.err == nil && len(t.text) > 0 {
		_, t.err = t.w.Write(t.text)
		t.text = t.text[:0]
	}
	return t.err
}
