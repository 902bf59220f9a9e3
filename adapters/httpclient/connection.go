package httpclient

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/seed-bbcc19ba/roster/domain"
)

// connection sends the calls of a client.
type connection struct {
	base      *url.URL
	token     string
	userAgent string
	timeout   time.Duration
	maxAnswer int64
	http      *http.Client

	mostRetries int
	retries     retrypolicy.RetryPolicy[any]
}

func newConnection(base *url.URL, config Config) *connection {
	return &connection{
		base: base, token: config.Token, userAgent: config.UserAgent,
		timeout: config.Timeout, maxAnswer: config.MaxAnswerBytes,
		http: &http.Client{Transport: config.Transport, CheckRedirect: stayThere},

		mostRetries: max(config.Retries, 0),
		retries:     newRetries(config.Retries),
	}
}

// stayThere follows three redirects within one origin and no other: who else is sent to would get
// the token, and what is saved. Nor does it follow one that makes a request another one, as 301 to 303
// make a GET of what saves: its answer tells what was there before, and looks like that to the change.
func stayThere(r *http.Request, via []*http.Request) error {
	const most = 3
	first := via[0].URL
	if len(via) > most || r.URL.Scheme != first.Scheme || r.URL.Host != first.Host || r.Method != via[0].Method {
		return http.ErrUseLastResponse
	}
	return nil
}

// call is one request to the API.
type call struct {
	method string
	path   string // below the base URL
	query  url.Values
	header http.Header
	body   []byte // JSON; nil is none
	once   bool   // it must not be sent twice
}

// saves tells whether the call is to save something, or to remove it.
func (c call) saves() bool { return c.method != http.MethodGet }

// answer is what a server said, all of it.
type answer struct {
	status int
	header http.Header
	body   []byte
	saves  bool // it is to a call that does
	// doubtful tells that an earlier attempt may have been served already.
	doubtful bool
}

// request returns a call as a request.
func (c *connection) request(ctx context.Context, made call, body io.Reader) (*http.Request, error) {
	target := c.base.JoinPath(made.path)
	target.RawQuery = made.query.Encode()
	r, err := http.NewRequestWithContext(ctx, made.method, target.String(), body)
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInternal, Message: "the request cannot be made", Cause: err}
	}
	for name, values := range made.header {
		r.Header[name] = values
	}
	r.Header.Set("User-Agent", c.userAgent)
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json")
	}
	if made.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return r, nil
}

// attempt sends a call once and reads all of the answer, whatever its status. The error is ctx's, or
// a failure.
func (c *connection) attempt(ctx context.Context, made call) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var body io.Reader
	if made.body != nil {
		body = bytes.NewReader(made.body)
	}
	r, err := c.request(limited, made, body)
	if err != nil {
		return answer{}, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return answer{}, c.unanswered(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	return c.readAnswer(ctx, made, response)
}

// readAnswer reads all of an answer to a call. ctx is the caller's.
func (c *connection) readAnswer(ctx context.Context, made call, response *http.Response) (answer, error) {
	content, err := io.ReadAll(io.LimitReader(response.Body, c.maxAnswer+1))
	switch {
	case err != nil:
		return answer{}, c.unanswered(ctx, err)
	case int64(len(content)) > c.maxAnswer:
		return answer{}, &domain.Error{Code: domain.CodeTooLarge, Message: "the server's answer is too large", Cause: &AnswerError{Status: response.StatusCode, Doubtful: made.saves()}}
	}
	return answer{status: response.StatusCode, header: response.Header, body: content, saves: made.saves()}, nil
}

// failure is an attempt without an answer.
type failure struct {
	why      *domain.Error
	doubtful bool // it may have been served
}

// Error returns why there is none, for logs.
func (f *failure) Error() string { return f.why.Error() }

// Unwrap returns the error.
func (f *failure) Unwrap() error { return f.why }

// unanswered returns why there is no answer. ctx is the caller's: that of an attempt ends before.
func (c *connection) unanswered(ctx context.Context, err error) error {
	if ended := domain.ContextError(ctx); ended != nil {
		return ended
	}
	message := "the connection to the server was lost"
	var dialing *net.OpError
	neverSent := errors.As(err, &dialing) && dialing.Op == "dial"
	switch {
	case neverSent:
		message = "the server cannot be reached"
	case errors.Is(err, context.DeadlineExceeded):
		message = "the server does not answer"
	}
	return &failure{
		why:      &domain.Error{Code: domain.CodeUnavailable, Message: message, Cause: err},
		doubtful: !neverSent,
	}
}
