package httpclient_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
)

// script is a transport that answers the requests of a client one after the other, the last answer for all that come
// behind it. It needs no network, so it works where time is virtual.
type script struct {
	mu      sync.Mutex
	answers []answering
	asked   []asked
}

type answering func(r *http.Request) (*http.Response, error)

// asked is a request as it came.
type asked struct {
	at     time.Time
	method string
	url    string
	header http.Header
	body   string
	failed error // why the body could not be read
}

func answers(answers ...answering) *script { return &script{answers: answers} }

// RoundTrip implements http.RoundTripper.
func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	now := asked{at: time.Now(), method: r.Method, url: r.URL.String(), header: r.Header.Clone()}
	if r.Body != nil {
		content, err := io.ReadAll(r.Body)
		now.body, now.failed = string(content), err
		_ = r.Body.Close()
	}
	s.mu.Lock()
	next := s.answers[min(len(s.asked), len(s.answers)-1)]
	s.asked = append(s.asked, now)
	s.mu.Unlock()
	if now.failed != nil {
		return nil, now.failed
	}
	return next(r)
}

func (s *script) requests() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]asked(nil), s.asked...)
}

// client returns a client of the script.
func (s *script) client(tb testing.TB, config httpclient.Config) *httpclient.Client {
	tb.Helper()
	config.Transport = s
	return newClient(tb, "http://roster.example", config)
}

// says is an answer. Headers come in pairs of name and value.
func says(status int, contentType, body string, headers ...string) answering {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.WriteString(body)
		response := w.Result()
		response.Request = r
		return response, nil
	}
}

const (
	jsonType = "application/json"
	ann      = `{"id":1,"name":"Ann","age":31}`
)

// page is what a proxy answers in the place of the API.
func page(status int) answering {
	return says(status, "text/html", "<html><title>secret</title></html>")
}

// breaks is an answer that breaks off behind its beginning.
func breaks(contentType, beginning string) answering {
	return func(r *http.Request) (*http.Response, error) {
		response, err := says(http.StatusOK, contentType, "")(r)
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader(beginning), failing{io.ErrUnexpectedEOF}))
		return response, err
	}
}

// failing is a text that cannot be read.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

var errReset = errors.New("read: connection reset by peer")

// resets is a connection that was lost when the request had been sent.
func resets(*http.Request) (*http.Response, error) { return nil, errReset }

// refuses is a server that takes no connection.
func refuses(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
}

// hangs never answers.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// stays is an answer that begins and then comes to no end, until the client has had enough of it.
func stays(contentType, beginning string) answering {
	return func(r *http.Request) (*http.Response, error) {
		response, err := says(http.StatusOK, contentType, "")(r)
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader(beginning), waiting{r}))
		return response, err
	}
}

// waiting is a text that never comes.
type waiting struct{ r *http.Request }

// Read implements io.Reader.
func (w waiting) Read([]byte) (int, error) {
	<-w.r.Context().Done()
	return 0, w.r.Context().Err()
}
