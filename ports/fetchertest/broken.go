package fetchertest

import (
	"fmt"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func brokenCases() []testCase {
	return []testCase{
		{"a body that is not one JSON text is refused", notJSON},
		{"a body that is not UTF-8 is refused", notUTF8},
		{"a body that breaks off is refused, though its beginning is JSON", breaksOff},
		{"an answer that is not HTTP is refused", notHTTP},
		{"an answer without a body is refused", noBody},
	}
}

func notJSON(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for _, body := range []string{
		" ", "\n", "{", "{}{}", "{} x", "nul", "NaN", "-Infinity", "'a'", `{"a":1,}`, "[1,]", "01", "+1", "1.", ".5", "0x1",
		"{a:1}", `"\x"`, `"\u12"`, "\"a\nb\"", "// comment\n1", "<html></html>", "\ufeff{}", "{}\x00", "undefined", `{"a"}`,
	} {
		url := upstream(t, sendsJSON(body))
		checkRefused(t.Context(), t, fetcher, url, domain.CodeUpstream, fmt.Sprintf("%q is not one JSON text", body))
	}
}

func notUTF8(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for name, body := range map[string]string{
		"a stray byte":           "\"\xff\"",
		"Latin-1":                "\"caf\xe9\"",
		"a surrogate":            "\"\xed\xa0\x80\"",
		"an overlong NUL":        "\"\xc0\x80\"",
		"a rune that breaks off": "\"\xe2\x98\"",
		"a stray byte in a key":  "{\"\x80\": 1}",
		"UTF-16":                 "\xff\xfe\"\x00a\x00\"\x00",
	} {
		checkRefused(t.Context(), t, fetcher, upstream(t, sendsJSON(body)), domain.CodeUpstream, name)
	}
}

func breaksOff(t *testing.T, open opener) {
	fetcher := open(t, patient())
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for name, answer := range map[string]string{
		"less than Content-Length says":           head + "Content-Length: 100\r\n\r\n{\"a\": 1",
		"JSON, but less than Content-Length says": head + "Content-Length: 3\r\n\r\n12",
		"nothing of what Content-Length says":     head + "Content-Length: 3\r\n\r\n",
		"more than Content-Length says":           head + "Content-Length: 3\r\n\r\n{\"a\": 1}",
		"a chunk that breaks off":                 head + "Transfer-Encoding: chunked\r\n\r\n8\r\n[1,",
		"JSON, but no last chunk":                 head + "Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n",
		"a chunk without a length":                head + "Transfer-Encoding: chunked\r\n\r\nx\r\n12\r\n0\r\n\r\n",
		"two lengths":                             head + "Content-Length: 2\r\nContent-Length: 1\r\n\r\n12",
	} {
		checkRefused(t.Context(), t, fetcher, upstream(t, sendsRaw(answer)), domain.CodeUpstream, name)
	}
}

func notHTTP(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for name, answer := range map[string]string{
		"nothing":                    "",
		"another protocol":           "SSH-2.0-OpenSSH_9.9\r\n",
		"a status line only":         "HTTP/1.1 200 OK\r\n",
		"headers that break off":     "HTTP/1.1 200 OK\r\nContent-Type: applic",
		"a status that is no number": "HTTP/1.1 abc OK\r\nContent-Type: application/json\r\n\r\n{}",
		"bytes":                      "\x00\x01\x02\xff\xfe\r\n\r\n",
	} {
		checkRefused(t.Context(), t, fetcher, upstream(t, sendsRaw(answer)), domain.CodeUpstream, name)
	}
}

func noBody(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for name, answer := range map[string]string{
		"200 and an empty body": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n",
		"204":                   "HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n",
		"304":                   "HTTP/1.1 304 Not Modified\r\nContent-Type: application/json\r\n\r\n",
	} {
		checkRefused(t.Context(), t, fetcher, upstream(t, sendsRaw(answer)), domain.CodeUpstream, name)
	}
}
