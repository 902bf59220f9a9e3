package app_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/app"
)

// What stands behind a request whose end is told in two ways, or in one that others
// read differently, must never be taken for another request. Here that is GET /evil.
func TestNothingIsTakenForARequestThatIsNone(t *testing.T) {
	t.Parallel()
	const (
		evil  = "GET /evil HTTP/1.1\r\nHost: localhost\r\n\r\n"
		post  = "POST /good HTTP/1.1\r\nHost: localhost\r\n"
		ended = "0\r\n\r\n"
	)
	for _, test := range []struct {
		name, text string
		// seen are the requests that reach the handler, each with its body; nil where
		// net/http refuses it, with 400 and the end of the connection.
		seen []string
	}{
		{"a length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + ended + evil, []string{"/good "}},
		{"chunks and a length", post + "Transfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n" + ended + evil, []string{"/good "}},
		{"chunks alone", post + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n" + ended + evil, []string{"/good ok"}},
		{"CHUNKED", post + "Transfer-Encoding: CHUNKED\r\n\r\n" + ended + evil, []string{"/good "}},
		{"two lengths", post + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + evil, nil},
		{"a list of lengths", post + "Content-Length: 0, 44\r\n\r\n" + evil, nil},
		{"a length with a sign", post + "Content-Length: +0\r\n\r\n" + evil, nil},
		{"a negative length", post + "Content-Length: -1\r\n\r\n" + evil, nil},
		{"a length in hex", post + "Content-Length: 0x0\r\n\r\n" + evil, nil},
		{"a length that overflows", post + "Content-Length: 18446744073709551616\r\n\r\n" + evil, nil},
		{"an empty length", post + "Content-Length: \r\n\r\n" + evil, nil},
		{"a length with a space before its colon", post + "Content-Length : 44\r\n\r\n" + evil, nil},
		{"two codings", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + ended + evil, nil},
		{"chunks and another coding", post + "Transfer-Encoding: chunked, identity\r\n\r\n" + ended + evil, nil},
		{"a coding that nobody knows", post + "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n" + evil, nil},
		{"a coding behind a vertical tab", post + "Transfer-Encoding: \vchunked\r\n\r\n" + ended + evil, nil},
		{"a coding with a space before its colon", post + "Transfer-Encoding : chunked\r\n\r\n" + ended + evil, nil},
		{"a coding in a line that goes on", post + "Transfer-Encoding:\r\n chunked\r\n\r\n" + ended + evil, []string{"/good "}},
		{"a first header that goes on", "POST /good HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: localhost\r\n\r\n" + ended + evil, nil},
		{"a header within another, behind a bare CR", post + "X: y\rTransfer-Encoding: chunked\r\n\r\n" + ended + evil, nil},
		{"a NUL in a header", post + "X: y\x00\r\n\r\n" + evil, nil},
		{"chunks in HTTP/1.0", "POST /good HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + evil, []string{"/good "}},
		{"a chunk with an extension", post + "Transfer-Encoding: chunked\r\n\r\n2;x=\"\r\nok\r\n" + ended + evil, []string{"/good ok"}},
		{"a negative chunk", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + ended + evil, []string{"/good broken"}},
		{"a chunk with a sign", post + "Transfer-Encoding: chunked\r\n\r\n+2\r\nok\r\n" + ended + evil, []string{"/good broken"}},
		{"a chunk of 0x2", post + "Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n" + ended + evil, []string{"/good broken"}},
		{"a chunk that overflows", post + "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\nok\r\n" + ended + evil, []string{"/good broken"}},
		{"a chunk whose line ends with LF", post + "Transfer-Encoding: chunked\r\n\r\n2\nok\r\n" + ended + evil, []string{"/good broken"}},
		{"a chunk that is longer than it says", post + "Transfer-Encoding: chunked\r\n\r\n1\r\nok\r\n" + ended + evil, []string{"/good obroken"}},
		{"an end of chunks with LF", post + "Transfer-Encoding: chunked\r\n\r\n0\n\n" + evil, []string{"/good broken"}},
		{"an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + evil, []string{"* "}},

		// What others could take otherwise here, they may not: these are two requests.
		{"equal lengths", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok" + evil, []string{"/good ok", "/evil "}},
		{"lines that end with LF", strings.ReplaceAll(post+"Content-Length: 2\r\n\r\n", "\r\n", "\n") + "ok" + evil, []string{"/good ok", "/evil "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var (
				mu   sync.Mutex
				seen []string
			)
			record := func(a *app.App) {
				a.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						body = append(body, "broken"...)
					}
					mu.Lock()
					defer mu.Unlock()
					seen = append(seen, r.URL.Path+" "+string(body))
				})
			}
			inBubble(t, nil, record, func(server *bubbled) {
				c := server.connect()
				c.send(test.text)
				<-c.closed
				mu.Lock()
				defer mu.Unlock()
				if !slices.Equal(seen, test.seen) {
					server.Errorf("got the requests %q, want %q; the answers were\n%s", seen, test.seen, c.got())
				}
				if test.seen == nil && !strings.HasPrefix(c.got(), "HTTP/1.1 400 ") {
					server.Errorf("got %s, want 400", c.got())
				}
			})
		})
	}
}
