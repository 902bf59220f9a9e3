package personfile

import (
	"unicode/utf16"
	"unicode/utf8"
)

// jsonKind is what a member holds.
type jsonKind int

const (
	jsonNone jsonKind = iota // there is no such member
	jsonNull
	jsonBool
	jsonInt
	jsonFloat
	jsonText
	jsonNested // an object or a list
)

// jsonValue is what a member holds: text is the literal of a number, or what stands within
// the quotes of a text.
type jsonValue struct {
	kind    jsonKind
	text    []byte
	escaped bool // text holds escapes
}

// string returns a text's characters. A surrogate without its partner, which UTF-8 cannot name,
// becomes what is no UTF-8.
func (v jsonValue) string() string {
	if !v.escaped {
		return string(v.text)
	}
	return string(unescape(v.text))
}

func (v jsonValue) is(text string) bool {
	if !v.escaped {
		return string(v.text) == text
	}
	return v.string() == text
}

// maxJSONDepth is how deep objects and lists may nest, as in the API.
const maxJSONDepth = 32

// parsePerson reads the members name and age of a JSON object. It is false for what is no object, or no JSON.
// It takes bytes beyond ASCII as they come.
//
// encoding/json would take three times as long for a line, matches the names of members in any case,
// and puts U+FFFD where the text is wrong.
func parsePerson(text []byte) (name, age jsonValue, ok bool) {
	p := jsonParser{text: text}
	p.space()
	ok = p.object(1, func(member, value jsonValue) {
		switch {
		case member.is("name"):
			name = value
		case member.is("age"):
			age = value
		}
	})
	p.space()
	return name, age, ok && p.at == len(text)
}

// jsonParser reads JSON. Its methods read one thing each and tell whether it was there.
type jsonParser struct {
	text []byte
	at   int
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// take reads a character that stands for itself.
func (p *jsonParser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *jsonParser) object(depth int, take func(member, value jsonValue)) bool {
	if !p.take('{') || depth > maxJSONDepth {
		return false
	}
	if p.space(); p.take('}') {
		return true
	}
	for {
		p.space()
		member, ok := p.string()
		if p.space(); !ok || !p.take(':') {
			return false
		}
		p.space()
		value, ok := p.value(depth)
		if !ok {
			return false
		}
		take(member, value)
		p.space()
		if p.take('}') {
			return true
		}
		if !p.take(',') {
			return false
		}
	}
}

func (p *jsonParser) list(depth int) bool {
	if !p.take('[') || depth > maxJSONDepth {
		return false
	}
	if p.space(); p.take(']') {
		return true
	}
	for {
		p.space()
		if _, ok := p.value(depth); !ok {
			return false
		}
		p.space()
		if p.take(']') {
			return true
		}
		if !p.take(',') {
			return false
		}
	}
}

// value reads any value within an object or a list of that depth.
func (p *jsonParser) value(depth int) (jsonValue, bool) {
	if p.at == len(p.text) {
		return jsonValue{}, false
	}
	switch p.text[p.at] {
	case '"':
		return p.string()
	case '{':
		return jsonValue{kind: jsonNested}, p.object(depth+1, func(_, _ jsonValue) {})
	case '[':
		return jsonValue{kind: jsonNested}, p.list(depth + 1)
	case 'n':
		return jsonValue{kind: jsonNull}, p.word("null")
	case 't':
		return jsonValue{kind: jsonBool}, p.word("true")
	case 'f':
		return jsonValue{kind: jsonBool}, p.word("false")
	default:
		return p.number()
	}
}

func (p *jsonParser) word(word string) bool {
	end := p.at + len(word)
	if end > len(p.text) || string(p.text[p.at:end]) != word {
		return false
	}
	p.at = end
	return true
}

func (p *jsonParser) number() (jsonValue, bool) {
	start, kind := p.at, jsonInt
	p.take('-')
	if !p.take('0') && !p.digits() {
		return jsonValue{}, false
	}
	if p.take('.') {
		if kind = jsonFloat; !p.digits() {
			return jsonValue{}, false
		}
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		if kind = jsonFloat; !p.digits() {
			return jsonValue{}, false
		}
	}
	return jsonValue{kind: kind, text: p.text[start:p.at]}, true
}

// digits reads at least one.
func (p *jsonParser) digits() bool {
	start := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}

func (p *jsonParser) string() (jsonValue, bool) {
	if !p.take('"') {
		return jsonValue{}, false
	}
	value := jsonValue{kind: jsonText}
	for start := p.at; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			value.text = p.text[start:p.at]
			p.at++
			return value, true
		case c < ' ':
			return jsonValue{}, false
		case c == '\\':
			value.escaped = true
			size := escapeSize(p.text[p.at:])
			if size == 0 {
				return jsonValue{}, false
			}
			p.at += size - 1
		}
	}
	return jsonValue{}, false
}

// escapeSize returns how long the escape is with which text begins, or 0 where it is none.
func escapeSize(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := escapedUnit(text); ok {
			return 6
		}
	}
	return 0
}

// escapedUnit returns the UTF-16 code unit of the escape \uXXXX with which text begins, if it does.
func escapedUnit(text []byte) (unit rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range text[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}

// unescape returns the characters of a text whose escapes were found to be sound.
func unescape(text []byte) []byte {
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			plain = append(plain, text[i])
			i++
			continue
		}
		unit, ok := escapedUnit(text[i:])
		if !ok {
			plain = append(plain, shortEscapes[text[i+1]])
			i += 2
			continue
		}
		i += 6
		if !utf16.IsSurrogate(unit) {
			plain = utf8.AppendRune(plain, unit)
			continue
		}
		second, _ := escapedUnit(text[i:])
		if r := utf16.DecodeRune(unit, second); r != utf8.RuneError {
			plain = utf8.AppendRune(plain, r)
			i += 6
			continue
		}
		plain = append(plain, 0xED, byte(0x80|unit>>6&0x3F), byte(0x80|unit&0x3F))
	}
	return plain
}

var shortEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}
