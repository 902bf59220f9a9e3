package app

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// printable makes an attribute safe for tint, which writes messages as they are
// and in values, although it quotes them, lets escape sequences through.
func printable(groups []string, attr slog.Attr) slog.Attr {
	builtIn := len(groups) == 0
	switch {
	case builtIn && attr.Key == slog.MessageKey:
		attr.Value = slog.StringValue(quoteControls(attr.Value.String()))
	case builtIn && attr.Key == slog.LevelKey:
	case attr.Value.Kind() == slog.KindString:
		attr.Value = slog.StringValue(defuse(attr.Value.String()))
	case attr.Value.Kind() == slog.KindAny:
		attr.Value = slog.StringValue(defuse(fmt.Sprintf("%+v", attr.Value.Any())))
	}
	return attr
}

// quoteControls writes what is not printable as Go does in quotes, such as \n.
func quoteControls(text string) string {
	var quoted strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			quoted.WriteRune(r)
			continue
		}
		literal := strconv.QuoteRune(r)
		quoted.WriteString(literal[1 : len(literal)-1])
	}
	return quoted.String()
}

// defuse changes what tint does not quote well: it makes an escape character of
// every \x1b that quoting leaves, and may end a text at a byte that is no UTF-8.
// The rest is quoted by tint itself.
func defuse(text string) string {
	return tintTraps.Replace(strings.ToValidUTF8(text, string(utf8.RuneError)))
}

var tintTraps = strings.NewReplacer("\x1b", `\x1B`, `\x1b`, `\x1B`, string(utf8.RuneError), `\uFFFD`)

// jsonEscaper escapes what encoding/json leaves as it is although terminals or
// readers obey it: DEL and the control characters U+0080 to U+009F, what turns the
// direction of text, and whatever else cannot be seen. It stands only inside
// strings, so the JSON says the same.
type jsonEscaper struct{ w io.Writer }

// Write implements io.Writer.
func (e jsonEscaper) Write(line []byte) (int, error) {
	if isPlain(line) || !bytes.ContainsFunc(line, isHidden) {
		return e.w.Write(line)
	}
	escaped := make([]byte, 0, len(line)+16)
	for _, r := range string(line) {
		switch {
		case !isHidden(r):
			escaped = utf8.AppendRune(escaped, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, high, low)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		}
	}
	if _, err := e.w.Write(escaped); err != nil {
		return 0, err
	}
	return len(line), nil
}

// isPlain tells whether a line is ASCII without DEL, as nearly all are. To look at
// bytes takes a tenth of the time that to look at characters takes.
func isPlain(line []byte) bool {
	for _, c := range line {
		if c >= 0x7f {
			return false
		}
	}
	return true
}

// isHidden tells whether a character of a line of JSON cannot be seen. What is below
// DEL has been escaped already, but for the end of the line.
func isHidden(r rune) bool { return r >= 0x7f && !unicode.IsPrint(r) }
