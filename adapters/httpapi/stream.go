package httpapi

import (
	"bufio"
	"net/http"
)

// stream is a body that is written as it comes to be: nobody knows how long it gets, and
// no more than a buffer of it is in memory.
type stream struct {
	contentType string
	headers     [][2]string // names and values
	// write writes the body; nil writes none, as for HEAD. An error before anything was
	// sent is answered like that of an action. A later one breaks the answer off, so that
	// nobody takes a part for the whole.
	write func(out *outgoing) error
}

// streamBuffer is how much of a stream waits to be sent.
const streamBuffer = 32 << 10

// outgoing is a stream on its way.
type outgoing struct {
	buffer *bufio.Writer
	sender streamSender
}

// Write implements io.Writer.
func (o *outgoing) Write(content []byte) (int, error) { return o.buffer.Write(content) }

// flush sends what was written, so that the client has it now.
func (o *outgoing) flush() error {
	if err := o.buffer.Flush(); err != nil {
		return err
	}
	return o.sender.flush()
}

// streamSender sends a stream. With its first bytes the answer begins.
type streamSender struct {
	to     http.ResponseWriter
	answer reply
	begun  bool
	failed bool // at the client
}

// Write implements io.Writer.
func (s *streamSender) Write(content []byte) (int, error) {
	s.begin()
	n, err := s.to.Write(content)
	s.failed = s.failed || err != nil
	return n, err
}

func (s *streamSender) begin() {
	if s.begun {
		return
	}
	s.begun = true
	setHeader(s.to, "Content-Type", s.answer.stream.contentType)
	setHeaders(s.to, s.answer.stream.headers)
	s.to.WriteHeader(s.answer.status)
}

func (s *streamSender) flush() error {
	err := http.NewResponseController(s.to).Flush()
	s.failed = s.failed || err != nil
	return err
}

// sendStream sends the answer with a stream as its body.
func (a reply) sendStream(w http.ResponseWriter) {
	out := &outgoing{sender: streamSender{to: w, answer: a}}
	out.buffer = bufio.NewWriterSize(&out.sender, streamBuffer)
	err := out.write()
	if err == nil {
		out.sender.begin()
		return
	}
	instead := replyTo(err)
	if e, isExchange := w.(*exchange); isExchange && !out.sender.failed && instead.status >= http.StatusInternalServerError {
		e.err = err
	}
	if out.sender.begun {
		panic(http.ErrAbortHandler)
	}
	instead.write(w, 0)
}

func (o *outgoing) write() error {
	write := o.sender.answer.stream.write
	if write == nil {
		return nil
	}
	if err := write(o); err != nil {
		return err
	}
	return o.buffer.Flush()
}
