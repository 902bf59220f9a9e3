package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
)

// maxJSONDigits is how many digits an integer may have, as in Python.
const maxJSONDigits = pynumber.MaxDigits

// parseJSON reads a JSON text. An object becomes those of its fields that are asked
// for, of which the last counts where a name comes twice; anything else becomes whole.
// The text must be UTF-8, no deeper than maxDepth, and nothing may follow it. Beside
// those fields it takes no memory, however many others there are.
func parseJSON(text []byte, maxDepth int, isAsked func(name string) bool) (fields map[string]value, whole value, err error) {
	if !utf8.Valid(text) {
		return nil, value{}, errors.New("the text is not valid UTF-8")
	}
	if err := checkDepth(text, maxDepth); err != nil {
		return nil, value{}, err
	}
	if err := json.Unmarshal(text, &checked{}); err != nil {
		return nil, value{}, err
	}
	raw := trimJSON(text)
	if raw[0] != '{' {
		whole, err = valueOf(raw)
		return nil, whole, err
	}
	fields = map[string]value{}
	err = eachMember(raw, func(name, member []byte) error {
		if err := checkDigits(member); err != nil {
			return err
		}
		decoded := name[1 : len(name)-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			var text string
			_ = json.Unmarshal(name, &text) // it is valid
			decoded = []byte(text)
		}
		if !isAsked(string(decoded)) {
			return nil
		}
		fields[string(decoded)], err = valueOf(member)
		return err
	})
	if err != nil {
		return nil, value{}, err
	}
	return fields, value{kind: kindObject}, nil
}

// checked is any JSON text, of which nothing is kept.
type checked struct{}

// UnmarshalJSON implements json.Unmarshaler.
func (*checked) UnmarshalJSON([]byte) error { return nil }

// eachMember calls do for each member of a valid JSON object, with its name as it is quoted.
func eachMember(object []byte, do func(name, member []byte) error) error {
	for rest := trimJSON(object[1:]); rest[0] != '}'; {
		end := endOf(rest)
		name := rest[:end]
		rest = trimJSON(trimJSON(rest[end:])[1:]) // without the colon
		end = endOf(rest)
		if err := do(name, rest[:end]); err != nil {
			return err
		}
		if rest = trimJSON(rest[end:]); rest[0] == ',' {
			rest = trimJSON(rest[1:])
		}
	}
	return nil
}

// endOf returns where the value ends with which a text begins, which is part of a valid JSON object.
func endOf(text []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			if quoted = !quoted; !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '[' || c == '{':
			depth++
		case depth == 0 && (c == ',' || c == '}' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return i // behind a number or a word
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// checkDigits refuses an integer that is too long, before anything is made of it.
func checkDigits(raw []byte) error {
	if digits := bytes.TrimPrefix(raw, []byte("-")); len(digits) > maxJSONDigits && '0' <= digits[0] && digits[0] <= '9' && !bytes.ContainsAny(digits, ".eE") {
		return fmt.Errorf("an integer has more than %d digits", maxJSONDigits)
	}
	return nil
}

// checkDepth refuses a text with deeper nesting than maxDepth, before anything is
// made of it.
func checkDepth(text []byte, maxDepth int) error {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return fmt.Errorf("the text nests deeper than %d", maxDepth)
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

func trimJSON(text []byte) []byte {
	return bytes.Trim(text, " \t\r\n")
}

// valueOf returns the value of a valid JSON text.
func valueOf(raw json.RawMessage) (value, error) {
	raw = trimJSON(raw)
	switch raw[0] {
	case 'n':
		return value{kind: kindNull}, nil
	case 't', 'f':
		return value{kind: kindBool, text: string(raw)}, nil
	case '[':
		return value{kind: kindList}, nil
	case '{':
		return value{kind: kindObject}, nil
	case '"':
		return value{kind: kindText, text: decodeString(raw)}, nil
	}
	if err := checkDigits(raw); err != nil {
		return value{}, err
	}
	literal := string(raw)
	if strings.ContainsAny(literal, ".eE") {
		return value{kind: kindFloat, text: literal}, nil
	}
	return value{kind: kindInt, text: literal}, nil
}

// decodeString returns the characters of a valid JSON string. Unlike
// encoding/json, which puts U+FFFD in its place, it keeps a lone surrogate.
func decodeString(raw []byte) string {
	var text strings.Builder
	from := 1
	flush := func(to int) {
		var part string
		_ = json.Unmarshal(append(append([]byte{'"'}, raw[from:to]...), '"'), &part) // a part of a valid string is valid
		text.WriteString(part)
	}
	for i := 1; i < len(raw)-1; i++ {
		if raw[i] != '\\' {
			continue
		}
		first, isSurrogate := surrogateAt(raw, i)
		if !isSurrogate {
			i++
			continue
		}
		if second, paired := surrogateAt(raw, i+6); first < 0xDC00 && paired && second >= 0xDC00 {
			i += 11
			continue
		}
		flush(i)
		text.Write([]byte{0xED, byte(0x80 | first>>6&0x3F), byte(0x80 | first&0x3F)})
		from = i + 6
		i += 5
	}
	flush(len(raw) - 1)
	return text.String()
}

// surrogateAt returns the surrogate that is escaped at raw[i:], if one is.
func surrogateAt(raw []byte, i int) (surrogate rune, found bool) {
	if len(raw) < i+6 || raw[i] != '\\' || raw[i+1] != 'u' {
		return 0, false
	}
	code, err := strconv.ParseUint(string(raw[i+2:i+6]), 16, 32)
	return rune(code), err == nil && 0xD800 <= code && code <= 0xDFFF
}

// loneSurrogate returns the first surrogate that decodeString kept in text.
func loneSurrogate(text string) (surrogate rune, found bool) {
	for i := 0; i+2 < len(text); i++ {
		if text[i] == 0xED && text[i+1] >= 0xA0 {
			return 0xD000 | rune(text[i+1]&0x3F)<<6 | rune(text[i+2]&0x3F), true
		}
	}
	return 0, false
}
