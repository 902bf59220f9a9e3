package httpapi

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// charsets are the charsets besides UTF-8 that bodies come in, under the names
// that Python knows them by.
var charsets = map[string]encoding.Encoding{
	"iso-8859-1": charmap.ISO8859_1, "iso8859-1": charmap.ISO8859_1, "latin-1": charmap.ISO8859_1, "latin1": charmap.ISO8859_1, "l1": charmap.ISO8859_1,
	"windows-1252": charmap.Windows1252, "cp1252": charmap.Windows1252,
	"utf-16": unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), "utf16": unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM),
	"utf-16-le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16-be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"utf-8-sig": unicode.UTF8BOM,
}

// notInCharset stands for text that is not in the charset it was said to be in. It
// is no UTF-8, so the rules behind refuse it.
const notInCharset = "\xff"

// toUTF8 returns a function that decodes text from the charset that a
// Content-Type names. A charset that nobody knows is taken for UTF-8, as Django
// does.
func toUTF8(charset string) func(text string) string {
	charset = strings.ReplaceAll(strings.ToLower(charset), "_", "-")
	if charset == "ascii" || charset == "us-ascii" {
		return fromASCII
	}
	from, known := charsets[charset]
	if !known {
		return func(text string) string { return text }
	}
	return func(text string) string {
		decoded, err := from.NewDecoder().String(text)
		if err != nil || strings.ContainsRune(decoded, utf8.RuneError) {
			return notInCharset
		}
		return decoded
	}
}

func fromASCII(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return notInCharset
		}
	}
	return text
}
