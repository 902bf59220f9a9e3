package httpapi

import (
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// toUTF8 returns a function that decodes text from the charset that a
// Content-Type names. A charset that nobody knows is taken for UTF-8, as Django
// does. Bytes that UTF-8 does not have stay as they are, for the rules of the
// domain to refuse.
func toUTF8(charset string) func(text string) string {
	same := func(text string) string { return text }
	switch strings.ReplaceAll(strings.ToLower(charset), "_", "-") {
	case "", "utf-8", "utf8":
		return same
	case "utf-8-sig":
		return func(text string) string { return strings.TrimPrefix(text, "\ufeff") }
	case "latin-1":
		charset = "iso-8859-1"
	}
	encoding, err := htmlindex.Get(charset)
	if err != nil {
		return same
	}
	return func(text string) string {
		decoded, err := encoding.NewDecoder().String(text)
		if err != nil {
			return text
		}
		return decoded
	}
}
