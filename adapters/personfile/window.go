package personfile

import (
	"bytes"
	"io"
)

// window is what lies ahead of a reader. It holds a few rows of the greatest size.
type window struct {
	r        io.Reader
	buffer   []byte
	from, to int
	ahead    int   // how many bytes look shows at least, unless the text ends
	err      error // what r said at last
}

func newWindow(r io.Reader, ahead int) *window {
	return &window{r: r, buffer: make([]byte, 4*ahead), ahead: ahead}
}

// look returns what lies ahead, until anything is passed: at least ahead bytes, or all there are.
func (w *window) look() ([]byte, error) {
	for w.to-w.from < w.ahead && w.err == nil {
		w.fill()
	}
	if w.err != nil && w.err != io.EOF { //nolint:errorlint // a reader says io.EOF as it is
		return nil, w.err
	}
	return w.buffer[w.from:w.to], nil
}

// pass goes on by so many bytes of what look returned.
func (w *window) pass(size int) { w.from += size }

// passLine goes on behind the next line end, however far it is.
func (w *window) passLine() {
	for {
		if end := bytes.IndexByte(w.buffer[w.from:w.to], '\n'); end >= 0 {
			w.from += end + 1
			return
		}
		w.from = w.to
		if w.err != nil {
			return
		}
		w.fill()
	}
}

// fill reads once, or a few times where nothing comes.
func (w *window) fill() {
	if len(w.buffer)-w.to < w.ahead {
		w.to = copy(w.buffer, w.buffer[w.from:w.to])
		w.from = 0
	}
	const attempts = 100
	for range attempts {
		var n int
		n, w.err = w.r.Read(w.buffer[w.to:])
		w.to += n
		if n > 0 || w.err != nil {
			return
		}
	}
	w.err = io.ErrNoProgress
}
