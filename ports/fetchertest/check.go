package fetchertest

import (
	"context"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// The user and the password in the URLs of cases about messages.
const (
	username = "us3rname"
	password = "pa55word"
)

// checkDocument fails the test unless the URL's document is want, byte for byte.
func checkDocument(t *testing.T, fetcher ports.DocumentFetcher, url, want, why string) {
	t.Helper()
	document, err := fetcher.FetchDocument(t.Context(), url)
	if err != nil {
		t.Errorf("got the error %v, want the document %q: %s", err, shortened(want), why)
		return
	}
	if string(document) != want {
		t.Errorf("got %q, want %q: %s", shortened(string(document)), shortened(want), why)
	}
}

// checkRefused fails the test unless the fetch fails with the code and a message
// that may be shown.
func checkRefused(ctx context.Context, t *testing.T, fetcher ports.DocumentFetcher, url string, code domain.Code, why string) {
	t.Helper()
	document, err := fetcher.FetchDocument(ctx, url)
	if err == nil {
		t.Errorf("got the document %q, want an error of code %q: %s", shortened(string(document)), code, why)
		return
	}
	if got := domain.CodeOf(err); got != code {
		t.Errorf("got code %q (%v), want %q: %s", got, err, code, why)
	}
	if document != nil {
		t.Errorf("got the document %q beside the error %v, want none", shortened(string(document)), err)
	}
	checkMessage(t, err)
}

func checkMessage(t *testing.T, err error) {
	t.Helper()
	message := domain.MessageOf(err)
	if message == "" || len(message) > 200 {
		t.Errorf("got a message of %d bytes, %q, want 1 to 200: it says why", len(message), shortened(message))
	}
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if !utf8.ValidString(message) || strings.ContainsFunc(message, unprintable) {
		t.Errorf("got the message %q, want one line of printable text", message)
	}
	for _, internal := range []string{"goroutine", ".go:", "0x"} {
		if strings.Contains(message, internal) {
			t.Errorf("got the message %q, want one without internals such as %q", message, internal)
		}
	}
	for _, text := range []string{message, err.Error()} {
		if strings.Contains(text, username) || strings.Contains(text, password) {
			t.Errorf("got the text %q, want one without the user and the password of the URL", text)
		}
	}
}

func shortened(text string) string {
	const most = 80
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
