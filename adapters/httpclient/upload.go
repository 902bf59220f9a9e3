package httpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
)

// mediaTypes are the formats of rows that the API reads and writes.
var mediaTypes = map[string]string{"csv": "text/csv", "ndjson": "application/x-ndjson"}

func mediaTypeOf(format string) (string, error) {
	mediaType, known := mediaTypes[format]
	if !known {
		return "", &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("there is no format %q", format)}
	}
	return mediaType, nil
}

// Import sends a text of persons, as it is read, and returns when the server has all of it. What is lost on the way
// is sent again only where r is an io.Seeker, from the place where it stood: a stream cannot be read twice. Either way the
// order takes effect once. Config.Timeout is for the answer, when all was sent. The error is r's own where that fails, and
// domain.CodeUpstream where the server takes a text before it has all of it.
//
// A Read that has begun can be ended by nobody but r. So where ctx ends before, r is closed if it is an io.Closer, beside a Read that
// may be under way, as files, pipes and connections allow. Import returns when that Read does: of what is no io.Closer, or goes on
// reading when it is closed (a terminal), that may be later than ctx ends. Nothing reads r afterwards.
func (j *Jobs) Import(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
	mediaType, err := mediaTypeOf(format)
	if err != nil {
		return domain.Job{}, err
	}
	header, err := orderKey(order)
	if err != nil {
		return domain.Job{}, err
	}
	header.Set("Content-Type", mediaType)
	text := newSource(r)
	defer closeAtEnd(ctx, r)()
	got, err := j.connection.doWith(ctx, call{
		method: http.MethodPost, path: jobsPath, header: header, once: !text.canRewind(),
		query: url.Values{"dry_run": {strconv.FormatBool(order.DryRun)}, "atomic": {strconv.FormatBool(order.Atomic)}},
	}, http.StatusAccepted, func(ctx context.Context, made call) (answer, error) {
		if err := text.rewind(); err != nil {
			return answer{}, err
		}
		got, err := j.connection.upload(ctx, made, text)
		switch {
		case text.failed != nil && ctx.Err() == nil: // whatever the server made of its beginning; else it is we who closed it
			err = text.failed
		case err == nil && got.status == http.StatusAccepted && !text.ended:
			err = notUnderstood(got, errNotAllSent)
		}
		return got, err
	})
	if err != nil {
		return domain.Job{}, err
	}
	return readJob(got)
}

// closeAtEnd closes a text when ctx ends, unless over is called before. Whoever has called over, nothing is left that would close it.
func closeAtEnd(ctx context.Context, r io.Reader) (over func()) {
	closer, can := r.(io.Closer)
	if !can {
		return func() {}
	}
	closed := make(chan struct{})
	keep := context.AfterFunc(ctx, func() {
		defer close(closed)
		_ = closer.Close()
	})
	return func() {
		if !keep() {
			<-closed
		}
	}
}

// errNotAllSent tells that a job was made of the beginning of a text: the rest of its persons would be missing, and nobody told.
var errNotAllSent = errors.New("it took the text before it had all of it")

// source is a text that is sent. It remembers how it ended: its own failure the transport would hide in another.
type source struct {
	r      io.Reader
	seeker io.Seeker // nil where it cannot be read twice
	start  int64
	ended  bool // all of it was read
	failed error
}

func newSource(r io.Reader) *source {
	text := &source{r: r}
	if seeker, can := r.(io.Seeker); can {
		if start, err := seeker.Seek(0, io.SeekCurrent); err == nil { // a pipe is a file that cannot
			text.seeker, text.start = seeker, start
		}
	}
	return text
}

func (s *source) canRewind() bool { return s.seeker != nil }

func (s *source) rewind() error {
	if s.seeker == nil {
		return nil
	}
	s.ended = false
	_, err := s.seeker.Seek(s.start, io.SeekStart)
	return err
}

// Read implements io.Reader.
func (s *source) Read(content []byte) (int, error) {
	n, err := s.r.Read(content)
	switch {
	case errors.Is(err, io.EOF):
		s.ended = true
	case err != nil:
		s.failed = err
	}
	return n, err
}
