// Package httpfetcher gets JSON documents over HTTP and HTTPS.
package httpfetcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says how far a Fetcher goes.
type Config struct {
	// Timeout is how long one fetch may take, redirects and body included; 0 is
	// ten seconds.
	Timeout time.Duration
	// MaxBytes is the greatest size of a document after its content encoding is
	// undone; 0 is 1 MiB.
	MaxBytes int64
	// ConnectionsPerHost is how many connections one host (name and port) gets at
	// once, those that are being made among them; 0 is 64. A fetch waits for one
	// within its time limit. As many are kept while they are idle. Over HTTP/2 one
	// serves many fetches, and the host says how many: where it takes fewer than
	// there are, it gets more connections, and this limit does not hold.
	ConnectionsPerHost int
	// AllowPrivate allows connections to any address. Else an address that is no part
	// of the public internet gets none: one that is private, loopback, link-local,
	// shared, multicast or reserved, or of IPv6 and stands for one of IPv4. The
	// address itself is looked at, just before each connection, so neither a name
	// whose address changes nor a redirect leads around that.
	AllowPrivate bool
	// Header may set headers of a request more, by what the ctx of its fetch holds. Redirects are followed with them. Nil sets none.
	Header func(ctx context.Context, header http.Header)
}

// drainBytes is the greatest body that is read for its connection's sake: it takes
// less than another connection, and nearly always came together with its header.
const drainBytes = 16 << 10

// Fetcher gets documents through connections of its own, over HTTP/2 where the
// upstream offers it, and keeps idle ones for 90 seconds. It takes no proxy from
// the environment, keeps no cookies, reads headers of at most 64 KiB, follows no
// redirect from https to http, and tells no upstream which URL sent it there. A
// fetch holds its document in memory, so at most MaxBytes and what reading it
// takes, about as much again.
type Fetcher struct {
	transport *http.Transport
	timeout   time.Duration
	maxBytes  int64
	header    func(ctx context.Context, header http.Header)
}

var _ ports.DocumentFetcher = (*Fetcher)(nil)

// New returns a fetcher. The error is domain.CodeInvalid for a negative number in
// config.
func New(config Config) (*Fetcher, error) {
	if config.Timeout < 0 || config.MaxBytes < 0 || config.ConnectionsPerHost < 0 {
		return nil, &domain.Error{
			Code:    domain.CodeInvalid,
			Message: fmt.Sprintf("a fetcher's time, size and connection limits are not negative: %+v", config),
		}
	}
	if config.Timeout == 0 {
		config.Timeout = 10 * time.Second
	}
	if config.MaxBytes == 0 {
		config.MaxBytes = 1 << 20
	}
	if config.ConnectionsPerHost == 0 {
		config.ConnectionsPerHost = 64
	}
	guarded := newGuard()
	if config.AllowPrivate {
		guarded = nil
	}
	dialer := newDialer(config.Timeout, guarded)
	return &Fetcher{
		transport: newTransport(config.Timeout, config.ConnectionsPerHost, dialer.DialContext),
		timeout:   config.Timeout,
		maxBytes:  config.MaxBytes,
		header:    config.Header,
	}, nil
}

// Close closes idle connections. The fetcher may be used on.
func (f *Fetcher) Close() { f.transport.CloseIdleConnections() }

// FetchDocument implements ports.DocumentFetcher.
func (f *Fetcher) FetchDocument(ctx context.Context, url string) (domain.Document, error) {
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	document, elsewhere, err := f.fetch(limited, url)
	if err != nil {
		return nil, f.translate(ctx, limited, elsewhere, err)
	}
	return document, nil
}

// fetch also tells whether redirects led to another upstream than that of the URL.
func (f *Fetcher) fetch(ctx context.Context, url string) (document domain.Document, elsewhere bool, err error) {
	request, err := newRequest(ctx, url)
	if err != nil {
		return nil, false, err
	}
	if f.header != nil {
		f.header(ctx, request.Header)
	}
	client := http.Client{Transport: f.transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if err := checkRedirect(next, via); err != nil {
			return err
		}
		elsewhere = !sameUpstream(next.URL, request.URL)
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		return nil, elsewhere, err
	}
	defer response.Body.Close()
	document, err = f.read(response)
	return document, elsewhere, err
}

// read returns the document that the response brings.
func (f *Fetcher) read(response *http.Response) (domain.Document, error) {
	if mediaType := response.Header.Get("Content-Type"); !isJSON(mediaType) {
		drain(response)
		return nil, errNoDocument(response.StatusCode, named(mediaType)+", not JSON")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, response.Body, f.maxBytes))
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, errNoDocument(response.StatusCode, "a body that is not JSON")
	}
	return body, nil
}

// drain reads a short body that nobody wants: a connection can be used again only
// when it was read to the end.
func drain(response *http.Response) {
	if response.ContentLength >= 0 && response.ContentLength <= drainBytes {
		_, _ = io.Copy(io.Discard, response.Body) // an error costs the connection, no more
	}
}

func newRequest(ctx context.Context, url string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, errBadURL() // err holds the URL, and that may hold a password
	}
	if !fetchable(request.URL) {
		return nil, errBadURL()
	}
	request.Header.Set("Accept", "application/json, */*;q=0.5")
	request.Header.Set("User-Agent", "roster")
	return request, nil
}

// isJSON tells whether a Content-Type names JSON. Parameters that cannot be read
// are no matter: JSON has none that change its meaning.
func isJSON(contentType string) bool {
	mediaType := parsed(contentType)
	return mediaType == "application/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

// named returns what a Content-Type is called in a message. The upstream wrote
// it, so it is shown only when it is a short media type and nothing else.
func named(contentType string) string {
	mediaType := parsed(contentType)
	switch {
	case contentType == "":
		return "no media type"
	case mediaType == "" || len(mediaType) > 100:
		return "an unknown media type"
	default:
		return mediaType
	}
}

func parsed(contentType string) string {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return mediaType
}
