package fetchertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func documentCases() []testCase {
	return []testCase{
		{"a document comes back byte for byte", byteForByte},
		{"a document comes back whatever the status", anyStatus},
		{"a compressed document comes back as it was before compression", compressed},
		{"a document that ends with its connection comes back", endsWithConnection},
	}
}

func byteForByte(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for name, document := range map[string]string{
		"a number beyond float64":     `1e400`,
		"a number with a zero":        `1.0`,
		"a number with an exponent":   `{"a": 1E+2, "b": -0, "c": -0.0}`,
		"a huge integer":              `[123456789012345678901234567890, 9007199254740993]`,
		"many decimals":               `0.1000000000000000055511151231257827021181583404541015625`,
		"keys out of order":           `{"b": 1, "a": 2, "10": 3, "9": 4}`,
		"duplicate keys":              `{"a": 1, "a": 2, "a": 1}`,
		"unicode as it is":            `{"naïve ☃": "日本 😀"}`,
		"unicode escaped":             `"\u00e9\u2603\ud83d\ude00\u0000"`,
		"a lone surrogate, escaped":   `"\ud800"`,
		"escapes nobody needs":        `"\/\u0041\b"`,
		"HTML characters":             `"<b>&amp;</b>\u003c"`,
		"line separators":             "\"\u2028\u2029\"",
		"a delete character":          "\"\x7f\"",
		"space around":                "\r\n\t {\"a\":1} \n\n",
		"space inside":                "{ \"a\" :\n\t[ 1 ,2 ] }",
		"null":                        `null`,
		"true":                        `true`,
		"an empty text":               `""`,
		"an empty object":             `{}`,
		"an empty array":              `[]`,
		"a hundred arrays in arrays":  strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"a document of half a MiB":    `"` + strings.Repeat("é", 1<<18) + `"`,
		"something that is an error":  `{"error": "Timeout", "url": null}`,
		"something with a known name": `{"results": [], "total": 0}`,
	} {
		checkDocument(t, fetcher, upstream(t, sendsJSON(document)), document, name)
	}
}

func anyStatus(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for _, status := range []int{200, 201, 203, 206, 299, 400, 401, 403, 404, 407, 409, 418, 422, 429, 451, 499, 500, 502, 503, 599} {
		document := fmt.Sprintf(`{"status": %d}`, status)
		url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, document)
		})
		checkDocument(t, fetcher, url, document, fmt.Sprintf("JSON with status %d is a document", status))
	}
}

func compressed(t *testing.T, open opener) {
	document := `{"a": [` + strings.Repeat(`"é", `, 1_000) + `1.0]}`
	checkDocument(t, open(t, patient()), upstream(t, sendsGzip(document)), document, "the content encoding is undone")
}

func endsWithConnection(t *testing.T, open opener) {
	url := upstream(t, sendsRaw("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\": 1}"))
	checkDocument(t, open(t, patient()), url, `{"a": 1}`, "an HTTP/1.0 answer has no length and ends with its connection")
}
