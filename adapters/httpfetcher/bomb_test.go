package httpfetcher_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
)

// tooMuch is where an answer without end ends after all, so that a fetcher that takes
// all of it fails its test and not the machine. It counts what compression saves.
const tooMuch = 256 << 20

// endless answers with a beginning and then one piece again and again, for as long
// as somebody takes it.
func endless(beginning, piece string) http.HandlerFunc {
	return repeated(beginning, piece, tooMuch/len(piece))
}

func repeated(beginning, piece string, times int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer connection.Close()
		_, _ = io.WriteString(connection, beginning) // a client that has gone is no matter
		writes(connection, piece, times)
	}
}

// writes writes the piece so many times, or as often as somebody takes it.
func writes(w io.Writer, piece string, times int) {
	for range times {
		if _, err := io.WriteString(w, piece); err != nil {
			return
		}
	}
}

// compressed returns so many spaces in a gzip member. Members in a row are one text.
func compressed(spaces int) string {
	var member bytes.Buffer
	w := gzip.NewWriter(&member)
	_, _ = io.WriteString(w, strings.Repeat(" ", spaces))
	_ = w.Close()
	return member.String()
}

const okHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

// The time limit is long: each of these ends by its size.
func TestAnswersWithoutEndAreCutOff(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("x", 1000)
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    domain.Code
	}{
		"a body":                     {endless(okHead+"\r\n", line), domain.CodeTooLarge},
		"a body of chunks":           {endless(okHead+"Transfer-Encoding: chunked\r\n\r\n", "3e8\r\n"+line+"\r\n"), domain.CodeTooLarge},
		"a body of tiny chunks":      {endless(okHead+"Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"), domain.CodeTooLarge},
		"a body that is compressed":  {repeated(okHead+"Content-Encoding: gzip\r\n\r\n", compressed(1<<20), tooMuch>>20), domain.CodeTooLarge},
		"the names of headers":       {endless(okHead, "X"), domain.CodeUpstream},
		"a header":                   {endless(okHead+"X-Long: ", line), domain.CodeUpstream},
		"headers":                    {endless(okHead, "X-Many: "+line+"\r\n"), domain.CodeUpstream},
		"the status":                 {endless("HTTP/1.1 200 ", line), domain.CodeUpstream},
		"information before it":      {endless("", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"), domain.CodeUpstream},
		"the length of a chunk":      {endless(okHead+"Transfer-Encoding: chunked\r\n\r\n", "0"), domain.CodeUpstream},
		"the extension of a chunk":   {endless(okHead+"Transfer-Encoding: chunked\r\n\r\n1;", line), domain.CodeUpstream},
		"the extensions of chunks":   {endless(okHead+"Transfer-Encoding: chunked\r\n\r\n", "1;a="+line+"\r\n \r\n"), domain.CodeUpstream},
		"trailers":                   {endless(okHead+"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\n1\r\n0\r\n", "X: "+line+"\r\n"), domain.CodeUpstream},
		"the name in a gzip header":  {endless(okHead+"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff", line), domain.CodeUpstream},
		"gzip members of nothing":    {endless(okHead+"Content-Encoding: gzip\r\n\r\n", compressed(0)), domain.CodeDeadline},
		"the body of a redirect":     {endless("HTTP/1.1 302 Found\r\nLocation: ftp://a/\r\n\r\n", line), domain.CodeUpstream},
		"a body that is not JSON":    {endless("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", line), domain.CodeUpstream},
		"a body of another encoding": {endless(okHead+"Content-Encoding: br\r\n\r\n", line), domain.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upstream := httptest.NewServer(test.handler)
			defer upstream.Close()
			config := httpfetcher.Config{Timeout: 30 * time.Second}
			if test.want == domain.CodeDeadline {
				config.Timeout = 200 * time.Millisecond
			}
			_, err := opened(t, config).FetchDocument(t.Context(), upstream.URL)
			if got := domain.CodeOf(err); got != test.want {
				t.Errorf("got code %q (%v), want %q", got, err, test.want)
			}
		})
	}
}

func TestHTTP2AnswersWithoutEndAreCutOff(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    domain.Code
	}{
		"a body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			writes(w, strings.Repeat(" ", 1000), tooMuch/1000)
		}, domain.CodeTooLarge},
		"a body that is compressed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			writes(w, compressed(1<<20), tooMuch>>20)
		}, domain.CodeTooLarge},
		"headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for i := range 1000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
			}
		}, domain.CodeUpstream},
		"information before it": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				w.Header().Set("Link", "<a>")
				w.WriteHeader(http.StatusEarlyHints)
			}
		}, domain.CodeUpstream},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHTTP2Host(t, 0, test.handler)
			fetcher := fetcherOf(t, h, httpfetcher.Config{Timeout: 30 * time.Second})
			_, err := fetcher.FetchDocument(t.Context(), h.URL)
			if got := domain.CodeOf(err); got != test.want {
				t.Errorf("got code %q (%v), want %q", got, err, test.want)
			}
		})
	}
}

// What a fetch allocates in all is more than it ever holds at once.
func TestABombTakesNoMoreMemoryThanALargeDocument(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	member := compressed(64 << 20)
	for name, handler := range map[string]http.HandlerFunc{
		"a body without end":                 endless(okHead+"\r\n", strings.Repeat(" ", 64<<10)),
		"a compressed body of 64 MiB a time": repeated(okHead+"Content-Encoding: gzip\r\n\r\n", member, tooMuch/(64<<20)),
		"a header without end":               endless(okHead+"X-Long: ", strings.Repeat("x", 64<<10)),
		"information without end":            endless("", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", 1000)),
	} {
		upstream := httptest.NewServer(handler)
		fetcher := opened(t, httpfetcher.Config{Timeout: 30 * time.Second})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if document, err := fetcher.FetchDocument(t.Context(), upstream.URL); err == nil {
			t.Errorf("%s: got a document of %d bytes, want an error", name, len(document))
		}
		runtime.ReadMemStats(&after)
		const most = 16 << 20 // a document of 1 MiB takes some of it while its buffer grows
		if got := after.TotalAlloc - before.TotalAlloc; got > most {
			t.Errorf("%s: the fetch allocated %d bytes in all, want at most %d: the rest is not read", name, got, most)
		} else {
			t.Logf("%s: %d KiB", name, got>>10)
		}
		upstream.CloseClientConnections()
		upstream.Close()
		fetcher.Close()
	}
}
