package fetchertest

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func sizeCases() []testCase {
	return []testCase{
		{"a body exactly at the size limit comes back", atLimit},
		{"a body one byte over the size limit is too large", overLimit},
		{"bytes are counted after the content encoding is undone", countedAfterDecoding},
		{"a body that is too large is told as soon as that is known", toldAtOnce},
	}
}

const sizeLimit = 10_000

func narrow() Config { return Config{Timeout: 30 * time.Second, MaxBytes: sizeLimit} }

// documentOf returns a JSON document of so many bytes.
func documentOf(bytes int) string { return `"` + strings.Repeat("x", bytes-2) + `"` }

// withoutLength hides the length of a body from its reader.
func withoutLength(document string) string {
	return "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + document
}

func atLimit(t *testing.T, open opener) {
	fetcher, document := open(t, narrow()), documentOf(sizeLimit)
	checkDocument(t, fetcher, upstream(t, sendsJSON(document)), document, "it is no larger than the limit")
	checkDocument(t, fetcher, upstream(t, sendsRaw(withoutLength(document))), document, "it is no larger than the limit")
}

func overLimit(t *testing.T, open opener) {
	fetcher := open(t, narrow())
	for _, size := range []int{sizeLimit + 1, 2 * sizeLimit, 100 * sizeLimit} {
		document := documentOf(size)
		checkRefused(t.Context(), t, fetcher, upstream(t, sendsJSON(document)), domain.CodeTooLarge, "its length is known")
		checkRefused(t.Context(), t, fetcher, upstream(t, sendsRaw(withoutLength(document))), domain.CodeTooLarge, "its length is not known")
	}
	spaces := "1" + strings.Repeat(" ", sizeLimit)
	checkRefused(t.Context(), t, fetcher, upstream(t, sendsJSON(spaces)), domain.CodeTooLarge, "space around the JSON counts")
}

func countedAfterDecoding(t *testing.T, open opener) {
	fetcher, document := open(t, narrow()), documentOf(sizeLimit)
	checkDocument(t, fetcher, upstream(t, sendsGzip(document)), document, "compressed, it is at the limit")
	checkRefused(t.Context(), t, fetcher, upstream(t, sendsGzip(documentOf(sizeLimit+1))), domain.CodeTooLarge, "compressed, it is one byte over")
	bomb := sendsGzip(documentOf(1_000 * sizeLimit))
	checkRefused(t.Context(), t, fetcher, upstream(t, bomb), domain.CodeTooLarge, "compressed, it is about as large as the limit, and then a thousand times that")
}

func toldAtOnce(t *testing.T, open opener) {
	config := narrow()
	config.Timeout = time.Second
	url := upstream(t, sendsThenStops(`"`+strings.Repeat("x", 3*sizeLimit)))
	checkRefused(t.Context(), t, open(t, config), url, domain.CodeTooLarge, "three times the limit has come; there is nothing to wait for")
}
