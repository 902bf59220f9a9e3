package httpapi

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// jsonAppender is a body that is written without reflection. What it appends is
// what encoding/json would write, to the byte; FuzzPersonJSON holds the two
// together.
type jsonAppender interface {
	appendJSON(text []byte) []byte
}

func (p wirePerson) appendJSON(text []byte) []byte {
	text = append(text, `{"id":`...)
	text = strconv.AppendInt(text, p.ID, 10)
	text = append(text, `,"name":`...)
	text = appendString(text, p.Name)
	text = append(text, `,"age":`...)
	text = strconv.AppendInt(text, int64(p.Age), 10)
	return append(text, '}')
}

func (p wirePage) appendJSON(text []byte) []byte {
	text = slices.Grow(text, sizeOf(p.Results))
	text = append(text, `{"count":`...)
	text = strconv.AppendInt(text, p.Count, 10)
	return appendList(append(text, ','), p.Next, p.Previous, p.Results)
}

func (s wireSlice) appendJSON(text []byte) []byte {
	return appendList(append(slices.Grow(text, sizeOf(s.Results)), '{'), s.Next, s.Previous, s.Results)
}

// sizeOf returns how many bytes a list mostly takes.
func sizeOf(persons []wirePerson) int {
	const around, each = 256, 64
	return around + each*len(persons)
}

// appendList appends what pages and slices end with.
func appendList(text []byte, next, previous *string, persons []wirePerson) []byte {
	text = append(text, `"next":`...)
	text = appendNullable(text, next)
	text = append(text, `,"previous":`...)
	text = appendNullable(text, previous)
	text = append(text, `,"results":[`...)
	for i, person := range persons {
		if i > 0 {
			text = append(text, ',')
		}
		text = person.appendJSON(text)
	}
	return append(text, "]}"...)
}

func appendNullable(text []byte, s *string) []byte {
	if s == nil {
		return append(text, "null"...)
	}
	return appendString(text, *s)
}

// appendString appends a JSON string with unicode as it is, but for what
// JavaScript takes for line ends. What is no UTF-8 becomes U+FFFD.
func appendString(text []byte, s string) []byte {
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
	switch r {
	case '"', '\\':
		return append(text, '\\', byte(r))
	case '\b':
		return append(text, `\b`...)
	case '\f':
		return append(text, `\f`...)
	case '\n':
		return append(text, `\n`...)
	case '\r':
		return append(text, `\r`...)
	case '\t':
		return append(text, `\t`...)
	}
	const hex = "0123456789abcdef"
	return append(text, '\\', 'u', hex[r>>12&0xF], hex[r>>8&0xF], hex[r>>4&0xF], hex[r&0xF])
}
