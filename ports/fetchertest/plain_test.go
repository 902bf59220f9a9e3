package fetchertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/fetchertest"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// plain is a small sound fetcher made of steps, so that a control can replace one.
type plain struct {
	limit     func(ctx context.Context) (context.Context, context.CancelFunc)
	check     func(address string) (string, bool)
	transport *http.Transport
	header    http.Header
	redirect  func(next *http.Request, via []*http.Request) error
	accept    func(response *http.Response) bool
	read      func(body io.Reader) ([]byte, error)
	valid     func(document []byte) bool
	message   func(err error) string
	outage    func(err error, late, elsewhere bool) error
}

var (
	errTooLarge = errors.New("too large")
	errRefused  = errors.New("refused")
	errOut      = errors.New("out")
)

var jsonType = regexp.MustCompile(`(?i)^application/([^\s;,/]+\+)?json *(;|$)`)

func newPlain(config fetchertest.Config) *plain {
	return &plain{
		limit: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, config.Timeout)
		},
		check:     checkURL,
		transport: &http.Transport{IdleConnTimeout: time.Second},
		redirect:  mostRedirects(3),
		accept:    func(response *http.Response) bool { return jsonType.MatchString(response.Header.Get("Content-Type")) },
		read: func(body io.Reader) ([]byte, error) {
			document, err := io.ReadAll(io.LimitReader(body, config.MaxBytes+1))
			if int64(len(document)) > config.MaxBytes {
				return nil, errTooLarge
			}
			return document, err
		},
		valid:   func(document []byte) bool { return utf8.Valid(document) && json.Valid(document) },
		message: func(error) string { return "failed" },
		outage:  outage,
	}
}

// outage returns the cause of a failed fetch's error, nil for none.
func outage(err error, late, elsewhere bool) error {
	if late || isOut(err) {
		return &ports.Outage{Elsewhere: elsewhere, Cause: errOut} // err holds the URL
	}
	return nil
}

func isOut(err error) bool {
	for _, out := range []error{errOut, io.EOF, io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET} {
		if errors.Is(err, out) {
			return true
		}
	}
	return false
}

func isBusy(status int) bool {
	return slices.Contains([]int{429, 502, 503, 504}, status)
}

func checkURL(address string) (string, bool) {
	parsed, err := url.Parse(address)
	return address, err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Hostname() != ""
}

func mostRedirects(most int) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		if _, ok := checkURL(next.URL.String()); !ok || len(via) > most {
			return errRefused
		}
		return nil
	}
}

func (p *plain) FetchDocument(ctx context.Context, address string) (domain.Document, error) {
	limited, cancel := p.limit(ctx)
	defer cancel()
	document, elsewhere, err := p.fetch(limited, address)
	var network interface{ Timeout() bool }
	late := limited.Err() != nil || errors.As(err, &network) && network.Timeout()
	switch {
	case err == nil:
		return document, nil
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, domain.ContextError(ctx)
	case late:
		return nil, &domain.Error{Code: domain.CodeDeadline, Message: p.message(err), Cause: p.outage(err, late, elsewhere)}
	case errors.Is(err, errTooLarge):
		return nil, &domain.Error{Code: domain.CodeTooLarge, Message: p.message(err)}
	default:
		return nil, &domain.Error{Code: domain.CodeUpstream, Message: p.message(err), Cause: p.outage(err, late, elsewhere)}
	}
}

// fetch also tells whether it was led to another upstream.
func (p *plain) fetch(ctx context.Context, address string) (document []byte, elsewhere bool, err error) {
	address, ok := p.check(address)
	if !ok {
		return nil, false, errRefused
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, false, err
	}
	if p.header != nil {
		request.Header = p.header
	}
	client := http.Client{Transport: p.transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		elsewhere = next.URL.Host != request.URL.Host
		return p.redirect(next, via)
	}}
	response, err := client.Do(request)
	if err != nil {
		return nil, elsewhere, err
	}
	defer response.Body.Close()
	document, err = p.take(response)
	if err != nil && isBusy(response.StatusCode) {
		err = errOut
	}
	return document, elsewhere, err
}

func (p *plain) take(response *http.Response) ([]byte, error) {
	if !p.accept(response) {
		return nil, errRefused
	}
	document, err := p.read(response.Body)
	if err != nil {
		return nil, err
	}
	if !p.valid(document) {
		return nil, errRefused
	}
	return document, nil
}

// Without a mistake planted the fetcher passes, so a control fails for its mistake only.
// And every method of the port is called by a case.
func TestSuiteAcceptsSoundFetcher(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.DocumentFetcher](t)
	fetchertest.Run(t, func(config fetchertest.Config) (ports.DocumentFetcher, error) {
		mock := &portmock.DocumentFetcherMock{}
		methods.Forward(mock, newPlain(config))
		return mock, nil
	})
}
