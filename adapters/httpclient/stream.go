package httpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// patience ends what waits when nothing has happened for so long.
type patience struct {
	timer  *time.Timer
	length time.Duration
}

// newPatience returns a context that ends with ctx, with end, or where nothing happens.
func newPatience(ctx context.Context, length time.Duration) (limited context.Context, p *patience, end func()) {
	limited, cancel := context.WithCancelCause(ctx)
	p = &patience{length: length, timer: time.AfterFunc(length, func() { cancel(context.DeadlineExceeded) })}
	return limited, p, func() {
		p.timer.Stop()
		cancel(nil)
	}
}

// renew says that something has happened.
func (p *patience) renew() { p.timer.Reset(p.length) }

// renewing is a reader each byte of which is something that has happened.
type renewing struct {
	inner io.Reader
	*patience
}

// Read implements io.Reader.
func (r renewing) Read(content []byte) (int, error) {
	n, err := r.inner.Read(content)
	if n > 0 {
		r.renew()
	}
	return n, err
}

// upload is an attempt of a call with a body of any length. The server may be silent while there is
// something to send, and for so long as an attempt waits when there is not.
func (c *connection) upload(ctx context.Context, made call, text io.Reader) (answer, error) {
	limited, waiting, end := newPatience(ctx, c.timeout)
	defer end()
	sending := &sending{inner: text, waiting: waiting, over: limited.Done()}
	defer sending.stop()
	r, err := c.request(limited, made, sending)
	if err != nil {
		return answer{}, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return answer{}, c.unanswered(ctx, orCause(limited, err))
	}
	defer func() { _ = response.Body.Close() }()
	return c.readAnswer(ctx, made, response)
}

// sending is a body as it is sent. When the call is over, or its context, nothing of it is read any more, also where the
// transport would: it is the caller's again.
type sending struct {
	waiting *patience
	over    <-chan struct{}

	mu    sync.Mutex
	inner io.Reader // nil when the call is over
}

var errOver = errors.New("the call is over")

// Read implements io.Reader. While it waits for the text nobody is impatient with the server.
func (s *sending) Read(content []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner == nil {
		return 0, errOver
	}
	select {
	case <-s.over:
		return 0, errOver
	default:
	}
	s.waiting.timer.Stop()
	defer s.waiting.renew()
	return s.inner.Read(content)
}

func (s *sending) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inner = nil
	s.waiting.timer.Stop()
}

// orCause returns why a context ended, where that is why there is an error.
func orCause(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return context.Cause(ctx)
}

// stream is an answer that is read as it comes. Close it.
type stream struct {
	io.Reader // ends with the error of a failure
	header    http.Header
	end       func()
}

// Close lets go of the answer.
func (s *stream) Close() error {
	s.end()
	return nil
}

// open sends a call until an answer of 200 begins, and returns it. The error is as that of do.
func (c *connection) open(ctx context.Context, made call) (*stream, error) {
	var opened *stream
	_, err := c.doWith(ctx, made, http.StatusOK, func(ctx context.Context, made call) (answer, error) {
		var err error
		var got answer
		opened, got, err = c.begin(ctx, made)
		return got, err
	})
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// begin is an attempt of a call with an answer of any length. Where its status is not 200 it is all read. Where it is of
// another kind than the call accepts, a page where somebody is to log in, that is domain.CodeUpstream.
func (c *connection) begin(ctx context.Context, made call) (*stream, answer, error) {
	limited, waiting, end := newPatience(ctx, c.timeout)
	r, err := c.request(limited, made, nil)
	if err != nil {
		end()
		return nil, answer{}, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		defer end()
		return nil, answer{}, c.unanswered(ctx, orCause(limited, err))
	}
	if response.StatusCode != http.StatusOK {
		defer end()
		defer func() { _ = response.Body.Close() }()
		got, err := c.readAnswer(ctx, made, response)
		return nil, got, err
	}
	got := answer{status: response.StatusCode, header: response.Header}
	if accepted := made.header.Get("Accept"); got.mediaType() != accepted {
		end()
		_ = response.Body.Close()
		return nil, got, notUnderstood(got, fmt.Errorf("it is %q and not %q", line(response.Header.Get("Content-Type")), accepted))
	}
	body := renewing{response.Body, waiting}
	return &stream{
		Reader: readerFunc(func(content []byte) (int, error) {
			n, err := body.Read(content)
			if err != nil && !errors.Is(err, io.EOF) {
				err = c.unanswered(ctx, orCause(limited, err))
			}
			return n, err
		}),
		header: response.Header,
		end: func() {
			end() // first, so that nothing is read to its end for the sake of the connection
			_ = response.Body.Close()
		},
	}, got, nil
}

type readerFunc func(content []byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(content []byte) (int, error) { return f(content) }

// passed returns a failure without what is said of it between attempts.
func passed(err error) error {
	if failed, isFailure := errors.AsType[*failure](err); isFailure {
		return failed.why
	}
	return err
}

// tooLong is the error of a row or an event that nobody here would keep.
func tooLong(what string) error {
	return &domain.Error{Code: domain.CodeTooLarge, Message: what + " of the server's answer is too long"}
}
