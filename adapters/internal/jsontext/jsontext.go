// Package jsontext writes texts as JSON has them.
package jsontext

import "unicode/utf8"

// AppendString appends a JSON string as encoding/json writes it without HTML in mind:
// unicode as it is, but for U+2028 and U+2029, which JavaScript takes for line ends. What
// is no UTF-8 becomes U+FFFD.
func AppendString(text []byte, s string) []byte {
	text = append(text, '"')
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r >= utf8.RuneSelf && r != 0x2028 && r != 0x2029 && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		text = appendEscape(append(text, s[from:i]...), r)
		i += size
		from = i
	}
	return append(append(text, s[from:]...), '"')
}

// appendEscape appends the escape of a character that JSON does not take as it is.
func appendEscape(text []byte, r rune) []byte {
	const short, letters = "\"\\\b\f\n\r\t", `"\bfnrt`
	for i := range len(short) {
		if r == rune(short[i]) {
			return append(text, '\\', letters[i])
		}
	}
	const hex = "0123456789abcdef"
	return append(text, '\\', 'u', hex[r>>12&0xF], hex[r>>8&0xF], hex[r>>4&0xF], hex[r&0xF])
}
