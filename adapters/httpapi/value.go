package httpapi

import (
	"errors"
	"strconv"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
)

// kind is what a field of a body holds, before anything is made of it.
type kind int

const (
	kindNull kind = iota
	kindBool
	kindInt
	kindFloat
	kindText
	kindList
	kindObject
	kindFile
)

// value is a field of a body. Text is the literal of a number or a bool, the
// characters of a text, and else empty. A surrogate without its partner, which JSON can name
// and UTF-8 cannot, stands in Text as the three bytes of its code point.
type value struct {
	kind kind
	text string
}

// pythonNames are what Python calls the JSON values of each kind.
var pythonNames = map[kind]string{
	kindBool: "bool", kindInt: "int", kindFloat: "float", kindText: "str", kindList: "list",
}

// msgStringTooLarge are words of REST framework's IntegerField.
const msgStringTooLarge = "String value too large."

// asString reads the value as REST framework's CharField does: texts and numbers
// are texts. message is empty when it can be read.
func (v value) asString() (text, message string) {
	switch v.kind {
	case kindNull:
		return "", drf.Null
	case kindText:
		return v.text, ""
	case kindInt:
		if v.text == "-0" {
			return "0", ""
		}
		return v.text, ""
	case kindFloat:
		return pynumber.FormatFloat(v.text), ""
	default:
		return "", drf.NotString
	}
}

// asInteger reads the value as REST framework's IntegerField does: whole numbers
// with a fraction of zeros and texts of digits are integers. What an int64 cannot
// hold is the nearest int64. message is empty when it can be read.
func (v value) asInteger() (n int64, message string) {
	var err error
	switch v.kind {
	case kindNull:
		return 0, drf.Null
	case kindInt:
		n, err = pynumber.ParseInt(v.text)
	case kindFloat:
		n, err = pynumber.IntegerOfFloat(v.text)
	case kindText:
		if len([]rune(v.text)) > 1000 {
			return 0, msgStringTooLarge
		}
		n, err = pynumber.IntegerOfText(v.text)
	default:
		return 0, drf.NotInteger
	}
	if errors.Is(err, strconv.ErrSyntax) {
		return 0, drf.NotInteger
	}
	return n, ""
}
