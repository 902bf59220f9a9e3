// Package pynumber reads and writes numbers as Python does, and so as Django and REST
// framework take them from clients.
package pynumber

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/seed-bbcc19ba/roster/domain"
)

// MaxDigits is how many digits an integer may have.
const MaxDigits = 4300

// IntegerOfText reads a text as REST framework's IntegerField does: as ParseInt, or with a
// point and nothing but zeros and white space behind it. The error is strconv.ErrSyntax
// for what it refuses, more than 1,000 characters among it, and strconv.ErrRange for what
// an int64 cannot hold; n is then the nearest int64.
func IntegerOfText(text string) (n int64, err error) {
	if len(text) > 1000 && len([]rune(text)) > 1000 {
		return 0, strconv.ErrSyntax
	}
	return ParseInt(withoutZeroFraction(text))
}

// IntegerOfFloat reads a JSON literal with a fraction or an exponent as REST framework's
// IntegerField does. The error is that of IntegerOfText; it is strconv.ErrSyntax for what is
// no whole number, and for one that Python writes with an exponent, from 1e16 up.
func IntegerOfFloat(literal string) (n int64, err error) {
	if !isWhole(literal) {
		return 0, strconv.ErrSyntax
	}
	return ParseInt(withoutZeroFraction(FormatFloat(literal)))
}

// withoutZeroFraction removes a point with nothing but zeros and white space
// behind it.
func withoutZeroFraction(text string) string {
	point := strings.LastIndex(text, ".")
	if point >= 0 && domain.TrimSpace(strings.TrimLeft(text[point+1:], "0")) == "" {
		return text[:point]
	}
	return text
}

// ParseInt reads a whole number as Python's int(text) does: white space around
// it, a sign, single underscores between digits, and the decimal digits of all
// scripts. The error is strconv.ErrSyntax for what Python refuses, more than
// 4,300 digits among it, and strconv.ErrRange for what an int64 cannot hold; n is
// then the nearest int64.
func ParseInt(text string) (n int64, err error) {
	text = strings.TrimSpace(text)
	var ascii strings.Builder
	if text != "" && (text[0] == '+' || text[0] == '-') {
		ascii.WriteByte(text[0])
		text = text[1:]
	}
	digits, underscore := 0, true // an underscore may not come first
	for _, r := range text {
		if r == '_' && !underscore {
			underscore = true
			continue
		}
		digit, isDigit := decimalDigit(r)
		if !isDigit {
			return 0, strconv.ErrSyntax
		}
		ascii.WriteByte('0' + digit)
		digits++
		underscore = false
	}
	if underscore || digits > MaxDigits {
		return 0, strconv.ErrSyntax
	}
	n, err = strconv.ParseInt(ascii.String(), 10, 64)
	if err != nil {
		return n, strconv.ErrRange
	}
	return n, nil
}

// decimalDigit returns the value of a decimal digit of any script. Unicode's
// ranges of digits begin with a zero and are runs of ten.
func decimalDigit(r rune) (digit byte, isDigit bool) {
	if '0' <= r && r <= '9' {
		return byte(r - '0'), true
	}
	for _, digits := range unicode.Nd.R16 {
		if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
			return byte((r - rune(digits.Lo)) % 10), true
		}
	}
	for _, digits := range unicode.Nd.R32 {
		if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
			return byte((r - rune(digits.Lo)) % 10), true
		}
	}
	return 0, false
}

// FormatFloat returns the number of a JSON literal as Python's str(float) does:
// the fewest digits that mean the same float, with an exponent from 1e16 up and
// below 1e-4.
func FormatFloat(literal string) string {
	f, _ := strconv.ParseFloat(literal, 64) // out of range is ±Inf, as in Python
	scientific := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, isFinite := strings.Cut(scientific, "e")
	if !isFinite {
		return strings.ToLower(strings.TrimPrefix(scientific, "+"))
	}
	if e, _ := strconv.Atoi(exponent); e < -4 || e >= 16 {
		return mantissa + "e" + exponent
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// isWhole tells whether the number of a JSON literal is a whole number, exactly:
// 3.0000000000000000001 is none, though the nearest float is 3.
func isWhole(literal string) bool {
	mantissa, exponentText, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(literal, "-")), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(digits, "0")
	if significant == "" {
		return true
	}
	exponent, err := strconv.Atoi(strings.TrimPrefix(exponentText, "+"))
	if err != nil && exponentText != "" {
		return !strings.HasPrefix(exponentText, "-")
	}
	return exponent-len(fraction)+len(digits)-len(significant) >= 0
}
