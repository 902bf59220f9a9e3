package fetchertest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/fetchertest"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
)

// The controls wait more than they work, so more of them run at once than there
// are processors.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	m.Run()
}

// control is a fetcher with one mistake, sound otherwise, and the start of the
// name of the case that must notice.
type control struct {
	mistake     string
	wantFailing string
	open        func(fetchertest.Config) ports.DocumentFetcher
}

func TestSuiteRefusesBrokenFetchers(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) {
				fetchertest.Run(t, func(config fetchertest.Config) (ports.DocumentFetcher, error) { return c.open(config), nil })
			})
		})
	}
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, fetchertest.CaseNames(), wantFailing)
}

func controls() []control {
	return []control{
		{"decodes and encodes the document", "a document comes back byte for byte", altering(encodeAnew)},
		{"compacts the document", "a document comes back byte for byte", altering(compact)},
		{"trims the document", "a document comes back byte for byte", altering(bytes.TrimSpace)},
		{"takes the answers of success only", "a document comes back whatever the status", with(successOnly)},
		{"gives compressed bytes back", "a compressed document comes back", with(leaveCompressed)},
		{"takes HTTP/1.1 only", "a document that ends with its connection", with(newProtocol)},
		{"compares the media type to the letter", "a media type of JSON is accepted", with(exactType)},
		{"takes every media type", "another media type is refused", with(everyType)},
		{"takes every media type that speaks of JSON", "another media type is refused", with(speaksOfJSON)},
		{"does not look at the body", "a body that is not one JSON text", with(everyBody)},
		{"reads the first JSON text only", "a body that is not one JSON text", with(firstText)},
		{"does not check UTF-8", "a body that is not UTF-8", with(everyEncoding)},
		{"takes what came before the end", "a body that breaks off", with(takeWhatCame)},
		{"takes an empty body for null", "an answer without a body", with(emptyIsNull)},
		{"calls an answer that is not HTTP internal", "an answer that is not HTTP", failing(internalCode)},
		{"completes URLs", "a bad URL is refused", with(completeURLs)},
		{"calls a failure internal", "a connection that is refused", failing(internalCode)},
		{"follows no redirect", "a redirect is followed", with(redirectsUpTo(0))},
		{"follows two redirects", "three redirects in a row", with(redirectsUpTo(2))},
		{"follows four redirects", "a fourth redirect", with(redirectsUpTo(4))},
		{"follows redirects without end", "a redirect to itself", followsAll},
		{"calls a redirect that leads nowhere internal", "a redirect to where nothing", failing(internalCode)},
		{"refuses a document at the limit", "a body exactly at the size limit", sized(-1)},
		{"allows one byte more", "a body one byte over", sized(+1)},
		{"cuts the document at the limit", "a body one byte over", cuts},
		{"counts compressed bytes", "bytes are counted after", countsCompressed},
		{"reads to the end before it counts", "a body that is too large is told", readsAll},
		{"waits for the answer without end", "an upstream that does not answer", withoutLimit},
		{"limits the time for the headers only", "a body that drips", limitsHeaders},
		{"gives up before its time", "an upstream that takes connections", hurries},
		{"calls a body that stops a broken answer", "a body that stops", failing(upstreamCode)},
		{"begins its time anew at each redirect", "the time limit is for all redirects", limitsRedirects},
		{"asks though ctx has ended", "a ctx that has ended before", asksFirst},
		{"does not look at ctx", "a ctx that is canceled while an answer", deaf},
		{"calls a read that is canceled a broken answer", "a ctx that is canceled while a body", failing(upstreamCode)},
		{"calls the deadline of ctx canceled", "a ctx that meets its deadline", failing(canceledCode)},
		{"calls its time limit canceled", "an upstream that does not answer", failing(canceledCode)},
		{"shows the error's text", "neither message nor error holds", with(showErrors)},
		{"quotes the upstream", "a message is short and printable", quotes},
		{"fetches one document at a time", "a slow fetch does not delay", oneAtATime},
		{"tells no outage", "the error of an upstream that is out", with(tellsNoOutage)},
		{"does not see that a server is too busy", "the error of an upstream that is out", with(tellsNoBusyServer)},
		{"calls only a broken connection an outage", "the error of an upstream that does not answer", with(tellsNoLateOutage)},
		{"calls every failure an outage", "another error wraps no Outage", with(everyOutage)},
		{"does not tell whose outage it is", "an Outage behind a redirect", with(outageAtHome)},
		{"calls every outage behind a redirect one of elsewhere", "an Outage behind a redirect", with(outageAway)},
		{"fails after failures", "fetches that fail do not fail those of another upstream", breaks},
		{"leaves an upstream alone after a failure", "two failures do not fail the next", leavesAlone(outagesOnly, 1)},
		{"leaves an upstream alone for what it has", "two failures do not fail the next", leavesAlone(everyFailure, 10)},
		{"leaves an upstream alone when callers give up", "two failures do not fail the next", leavesAlone(lateOnes, 10)},
	}
}

// fetcherFunc is a fetcher around another.
type fetcherFunc func(ctx context.Context, url string) (domain.Document, error)

func (f fetcherFunc) FetchDocument(ctx context.Context, url string) (domain.Document, error) {
	return f(ctx, url)
}

func with(mistake func(*plain)) func(fetchertest.Config) ports.DocumentFetcher {
	return func(config fetchertest.Config) ports.DocumentFetcher {
		fetcher := newPlain(config)
		mistake(fetcher)
		return fetcher
	}
}

func altering(change func([]byte) []byte) func(fetchertest.Config) ports.DocumentFetcher {
	return func(config fetchertest.Config) ports.DocumentFetcher {
		sound := newPlain(config)
		return fetcherFunc(func(ctx context.Context, url string) (domain.Document, error) {
			document, err := sound.FetchDocument(ctx, url)
			if err != nil {
				return nil, err
			}
			return change(document), nil
		})
	}
}

func failing(change func(error) error) func(fetchertest.Config) ports.DocumentFetcher {
	return func(config fetchertest.Config) ports.DocumentFetcher {
		sound := newPlain(config)
		return fetcherFunc(func(ctx context.Context, url string) (domain.Document, error) {
			document, err := sound.FetchDocument(ctx, url)
			if err != nil {
				return nil, change(err)
			}
			return document, nil
		})
	}
}

func internalCode(error) error { return &domain.Error{Code: domain.CodeInternal, Message: "failed"} }
func canceledCode(error) error { return &domain.Error{Code: domain.CodeCanceled, Message: "failed"} }

func upstreamCode(error) error { return &domain.Error{Code: domain.CodeUpstream, Message: "failed"} }

func encodeAnew(document []byte) []byte {
	var value any
	if json.Unmarshal(document, &value) != nil {
		return nil
	}
	encoded, _ := json.Marshal(value)
	return encoded
}

func compact(document []byte) []byte {
	var compacted bytes.Buffer
	_ = json.Compact(&compacted, document)
	return compacted.Bytes()
}

func successOnly(p *plain) {
	sound := p.accept
	p.accept = func(response *http.Response) bool { return response.StatusCode < 300 && sound(response) }
}

func newProtocol(p *plain) {
	sound := p.accept
	p.accept = func(response *http.Response) bool { return response.ProtoAtLeast(1, 1) && sound(response) }
}

func leaveCompressed(p *plain) {
	p.fetchCompressed()
	p.valid = func([]byte) bool { return true }
}

// fetchCompressed asks for gzip and leaves it to the caller to undo it.
func (p *plain) fetchCompressed() {
	p.header = http.Header{"Accept-Encoding": {"gzip"}}
}

func exactType(p *plain) {
	p.accept = func(response *http.Response) bool { return response.Header.Get("Content-Type") == "application/json" }
}

func everyType(p *plain) { p.accept = func(*http.Response) bool { return true } }

func speaksOfJSON(p *plain) {
	p.accept = func(response *http.Response) bool {
		return strings.Contains(strings.ToLower(response.Header.Get("Content-Type")), "json")
	}
}

func everyBody(p *plain) { p.valid = func([]byte) bool { return true } }

func firstText(p *plain) {
	p.valid = func(document []byte) bool {
		var first json.RawMessage
		return utf8.Valid(document) && json.NewDecoder(bytes.NewReader(document)).Decode(&first) == nil
	}
}

func everyEncoding(p *plain) { p.valid = json.Valid }

func takeWhatCame(p *plain) {
	sound := p.read
	p.read = func(body io.Reader) ([]byte, error) {
		document, err := sound(body)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return document, nil
		}
		return document, err
	}
}

func emptyIsNull(p *plain) {
	sound := p.read
	p.read = func(body io.Reader) ([]byte, error) {
		document, err := sound(body)
		if err == nil && len(document) == 0 {
			return []byte("null"), nil
		}
		return document, err
	}
}

func completeURLs(p *plain) {
	p.check = func(address string) (string, bool) {
		if !strings.Contains(address, "://") {
			address = "http://" + address
		}
		return checkURL(address)
	}
}

func redirectsUpTo(most int) func(*plain) {
	return func(p *plain) { p.redirect = mostRedirects(most) }
}

// followsAll ends with its time limit, which is made shorter here.
func followsAll(config fetchertest.Config) ports.DocumentFetcher {
	config.Timeout = 300 * time.Millisecond
	fetcher := newPlain(config)
	fetcher.redirect = mostRedirects(math.MaxInt)
	return fetcher
}

func showErrors(p *plain) { p.message = func(err error) string { return err.Error() } }

func sized(off int64) func(fetchertest.Config) ports.DocumentFetcher {
	return func(config fetchertest.Config) ports.DocumentFetcher {
		config.MaxBytes += off
		return newPlain(config)
	}
}

func cuts(config fetchertest.Config) ports.DocumentFetcher {
	fetcher := newPlain(config)
	fetcher.read = func(body io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(body, config.MaxBytes)) }
	return fetcher
}

func countsCompressed(config fetchertest.Config) ports.DocumentFetcher {
	fetcher := newPlain(config)
	fetcher.fetchCompressed()
	sound := fetcher.read
	fetcher.read = func(body io.Reader) ([]byte, error) {
		compressed, err := sound(body)
		if err != nil {
			return nil, err
		}
		plainBody, err := gzip.NewReader(bytes.NewReader(compressed))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(plainBody)
	}
	return fetcher
}

func readsAll(config fetchertest.Config) ports.DocumentFetcher {
	fetcher := newPlain(config)
	fetcher.read = func(body io.Reader) ([]byte, error) {
		document, err := io.ReadAll(body)
		if err == nil && int64(len(document)) > config.MaxBytes {
			return nil, errTooLarge
		}
		return document, err
	}
	return fetcher
}

func withoutLimit(config fetchertest.Config) ports.DocumentFetcher {
	config.Timeout = 2500 * time.Millisecond
	return newPlain(config)
}

func hurries(config fetchertest.Config) ports.DocumentFetcher {
	config.Timeout /= 1000 // so that a busy machine does not make up for it
	return newPlain(config)
}

func limitsHeaders(config fetchertest.Config) ports.DocumentFetcher {
	fetcher := newPlain(config)
	fetcher.transport.ResponseHeaderTimeout = config.Timeout
	fetcher.limit = func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, 2500*time.Millisecond)
	}
	return fetcher
}

// limitsRedirects gives each redirect a time of its own, and a long one: a machine
// that is busy must not meet it by chance.
func limitsRedirects(config fetchertest.Config) ports.DocumentFetcher {
	fetcher := newPlain(config)
	fetcher.transport.ResponseHeaderTimeout = 20 * config.Timeout
	fetcher.limit = func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, 200*config.Timeout)
	}
	return fetcher
}

func asksFirst(config fetchertest.Config) ports.DocumentFetcher {
	sound := newPlain(config)
	return fetcherFunc(func(ctx context.Context, url string) (domain.Document, error) {
		if ctx.Err() != nil {
			_, _ = sound.FetchDocument(context.WithoutCancel(ctx), url)
		}
		return sound.FetchDocument(ctx, url)
	})
}

func deaf(config fetchertest.Config) ports.DocumentFetcher {
	config.Timeout = 300 * time.Millisecond
	sound := newPlain(config)
	return fetcherFunc(func(ctx context.Context, url string) (domain.Document, error) {
		return sound.FetchDocument(context.WithoutCancel(ctx), url)
	})
}

// quotes shows the media type as the upstream wrote it.
func quotes(config fetchertest.Config) ports.DocumentFetcher {
	fetcher := newPlain(config)
	var contentType atomic.Value
	sound := fetcher.accept
	fetcher.accept = func(response *http.Response) bool {
		contentType.Store(response.Header.Get("Content-Type"))
		return sound(response)
	}
	fetcher.message = func(error) string { said, _ := contentType.Load().(string); return "answered " + said }
	return fetcher
}

func oneAtATime(config fetchertest.Config) ports.DocumentFetcher {
	sound := newPlain(config)
	turn := make(chan struct{}, 1)
	return fetcherFunc(func(ctx context.Context, url string) (domain.Document, error) {
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
		case <-ctx.Done():
			return nil, domain.ContextError(ctx)
		}
		return sound.FetchDocument(ctx, url)
	})
}

func tellsNoOutage(p *plain) { p.outage = func(error, bool, bool) error { return nil } }

func tellsNoBusyServer(p *plain) {
	p.outage = func(err error, late, elsewhere bool) error {
		if errors.Is(err, errOut) {
			return nil
		}
		return outage(err, late, elsewhere)
	}
}

func tellsNoLateOutage(p *plain) {
	p.outage = func(err error, _, elsewhere bool) error { return outage(err, false, elsewhere) }
}

func everyOutage(p *plain) {
	p.outage = func(_ error, _, elsewhere bool) error { return &ports.Outage{Elsewhere: elsewhere, Cause: errOut} }
}

func outageAtHome(p *plain) {
	p.outage = func(err error, late, _ bool) error { return outage(err, late, false) }
}

func outageAway(p *plain) {
	var redirected atomic.Bool
	follow := p.redirect
	p.redirect = func(next *http.Request, via []*http.Request) error {
		redirected.Store(true)
		return follow(next, via)
	}
	p.outage = func(err error, late, elsewhere bool) error { return outage(err, late, elsewhere || redirected.Load()) }
}

func outagesOnly(err error) bool {
	_, out := errors.AsType[*ports.Outage](err)
	return out
}

func everyFailure(err error) bool { return domain.CodeOf(err) == domain.CodeUpstream }

func lateOnes(err error) bool { return domain.CodeOf(err) == domain.CodeDeadline }

// leavesAlone asks an upstream no more that failed so often in a row.
func leavesAlone(counts func(error) bool, most int) func(fetchertest.Config) ports.DocumentFetcher {
	return func(config fetchertest.Config) ports.DocumentFetcher {
		sound := newPlain(config)
		var (
			mu       sync.Mutex
			failures = map[string]int{}
		)
		return fetcherFunc(func(ctx context.Context, address string) (domain.Document, error) {
			var host string
			if parsed, err := url.Parse(address); err == nil {
				host = parsed.Host
			}
			mu.Lock()
			alone := failures[host] >= most
			mu.Unlock()
			if alone {
				return nil, &domain.Error{Code: domain.CodeUpstream, Message: "failed before"}
			}
			document, err := sound.FetchDocument(ctx, address)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				failures[host] = 0
			case counts(err):
				failures[host]++
			}
			return document, err
		})
	}
}

// breaks stops asking after a few failures, whichever upstream they came from.
func breaks(config fetchertest.Config) ports.DocumentFetcher {
	sound := newPlain(config)
	var (
		mu       sync.Mutex
		failures int
	)
	return fetcherFunc(func(ctx context.Context, url string) (domain.Document, error) {
		mu.Lock()
		open := failures >= 3
		mu.Unlock()
		if open {
			return nil, &domain.Error{Code: domain.CodeUpstream, Message: "failed before"}
		}
		document, err := sound.FetchDocument(ctx, url)
		if err != nil {
			mu.Lock()
			failures++
			mu.Unlock()
		}
		return document, err
	})
}
