package httpapi

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The media types of rows.
const (
	csvType    = "text/csv"
	ndjsonType = "application/x-ndjson"
)

// The names of the formats of rows, as ports.JobManager and ports.PersonExporter know them.
const (
	formatCSV    = "csv"
	formatNDJSON = "ndjson"
)

// rowFormat returns the format of a text of rows, and whether the media type is that of
// one. Another charset than UTF-8 is none.
func (m mediaType) rowFormat() (format string, isText bool) {
	switch m.main + "/" + m.sub {
	case csvType:
		format = formatCSV
	case ndjsonType, "application/jsonl":
		format = formatNDJSON
	}
	switch strings.ToLower(m.params["charset"]) {
	case "", "utf-8", "utf8", "us-ascii":
		return format, format != ""
	default:
		return "", false
	}
}

// uploads is how many texts are taken at once: each keeps a chunk of it in memory, and
// comes as slowly as its client likes.
const uploads = 8

var errManyUploads = unreadBody{&domain.Error{Code: domain.CodeUnavailable, Message: "too many uploads are under way"}}

// importJob makes a job of the persons in a text, which is read as it comes.
func (a *api) importJob(r *http.Request, format string) (reply, error) {
	text, err := a.openUpload(r)
	if err != nil {
		return reply{}, err
	}
	answer, err := a.alone(r, func(key string) (reply, error) {
		wrong := formErrors{}
		order := readFlags(r, wrong)
		if err := wrong.err(); err != nil {
			return reply{}, err
		}
		toll, err := openToll(r)
		if err != nil {
			return reply{}, err
		}
		text.toll = toll
		if !a.uploads.enter() {
			return reply{}, errManyUploads
		}
		defer a.uploads.leave()
		order.Key = key
		job, err := a.Jobs.Import(r.Context(), order, format, text)
		switch {
		case err != nil && isStopped(r):
			err = ErrStopping
		case err != nil && text.err != nil:
			err = text.err // whatever was made of it
		}
		return accepted(r, job), err
	})
	answer.unread = !text.whole
	if err != nil && !text.whole {
		err = unreadBody{err}
	}
	return answer, err
}

// upload is a text that a client sends.
type upload struct {
	r     *http.Request
	text  io.Reader
	toll  *toll
	err   error // what is wrong with it, as it is answered
	whole bool  // it was read to its end
}

// openUpload returns the text of the request's body, of which so much is read as a text
// may have. The error is 413 where the body is told to be longer, and 415 where it is
// packed in a way that nobody knows here.
func (a *api) openUpload(r *http.Request) (*upload, error) {
	if r.ContentLength > a.maxUploadBytes {
		return nil, tooLarge()
	}
	came := &capped{inner: r.Body, left: a.maxUploadBytes}
	switch coding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
		return &upload{r: r, text: came}, nil
	case "gzip", "x-gzip":
		return &upload{r: r, text: &capped{inner: &unpacked{packed: came}, left: a.maxUploadBytes}}, nil
	default:
		return nil, unreadBody{&wireError{http.StatusUnsupportedMediaType, detail{"Unsupported content encoding. A text may come as it is, or in gzip."}}}
	}
}

// Read implements io.Reader. Its error is how it is answered. What it reads is paid, or the
// client had units enough for it.
func (u *upload) Read(content []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.text.Read(content)
	u.whole = errors.Is(err, io.EOF)
	if err != nil && !u.whole {
		u.err = u.explain(err)
		return n, u.err
	}
	if u.err = u.toll.pass(content[:n], u.whole); u.err != nil {
		return 0, u.err
	}
	return n, err
}

// explain returns how it is answered that the text cannot be read.
func (u *upload) explain(err error) error {
	var known *wireError
	if errors.As(err, &known) {
		return err
	}
	return readError(u.r, err)
}

// capped reads no more than so much, and is then 413.
type capped struct {
	inner io.Reader
	left  int64
}

// Read implements io.Reader.
func (c *capped) Read(content []byte) (int, error) {
	if c.left < 0 {
		return 0, tooLarge()
	}
	if int64(len(content)) > c.left+1 {
		content = content[:c.left+1]
	}
	n, err := c.inner.Read(content)
	if c.left -= int64(n); c.left < 0 {
		return n - 1, tooLarge()
	}
	return n, err
}

// unpacked is what is in a text in gzip.
type unpacked struct {
	packed io.Reader
	text   *gzip.Reader
}

// Read implements io.Reader.
func (u *unpacked) Read(content []byte) (n int, err error) {
	if u.text == nil {
		u.text, err = gzip.NewReader(u.packed)
	}
	if err == nil {
		n, err = u.text.Read(content)
	}
	var corrupt flate.CorruptInputError
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt) {
		err = badRequest("The request body is no gzip.")
	}
	return n, err
}
