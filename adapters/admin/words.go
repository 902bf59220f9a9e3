package admin

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// functions are what templates call.
func functions(version string) template.FuncMap {
	return template.FuncMap{
		"asset":    func(name string) string { return staticPath + name + "?" + version },
		"number":   func(n any) string { return number(integer(n)) },
		"count":    func(n any, one, many string) string { return count(integer(n), one, many) },
		"bytes":    bytesText,
		"moment":   moment,
		"machine":  func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"via":      via,
		"wrong":    words,
		"brief":    brief,
		"order":    orderText,
		"last":     func(change domain.Change) int64 { return change.First + change.Count - 1 },
		"entry":    newEntry,
		"labfield": newLabField,
		"percent":  func(part float64) string { return strconv.FormatFloat(100*part, 'f', 1, 64) + " %" },
	}
}

// integer returns a number of a template, whichever type it has.
func integer(n any) int64 {
	switch n := n.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case uint64: // counts what happened, which is never so much
		return int64(min(n, math.MaxInt64))
	default:
		panic(fmt.Sprintf("%T is no number", n)) // the template is wrong
	}
}

// number writes a number with its thousands apart.
func number[N int | int64](n N) string { return humanize.Comma(int64(n)) }

// count writes how many there are of something: "1 person", "2,000 persons".
func count[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// bytesText writes a size as people say it.
func bytesText(n int64) string {
	size, unit := float64(n), 0
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	if unit == 0 {
		return count(n, "byte", "bytes")
	}
	return strconv.FormatFloat(size, 'f', 1, 64) + " " + units[unit]
}

// moment writes a time as people read it. All times are of UTC.
func moment(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format("2 Jan 2006, 15:04:05 UTC")
}

// brief writes a duration with no more digits than anybody reads.
func brief(d time.Duration) string {
	unit := 10 * time.Millisecond
	switch {
	case d < time.Millisecond:
		unit = time.Microsecond
	case d < time.Second:
		unit = 100 * time.Microsecond
	}
	text := d.Round(unit).String()
	digits := strings.TrimRight(text, "µnms") // one unit at most: no request takes a minute
	return digits + " " + text[len(digits):]
}

// via says by which way a change came.
func via(way domain.Via) string {
	switch way {
	case domain.ViaAPI:
		return "API"
	case domain.ViaCLI:
		return "command line"
	case domain.ViaAdmin:
		return "admin"
	default:
		return "program"
	}
}

// problemWords say what is wrong with a field; %d is the Problem's Limit.
var problemWords = map[domain.ProblemCode]string{
	domain.ProblemRequired:      "Please fill this in.",
	domain.ProblemBlank:         "Please fill this in.",
	domain.ProblemTooLong:       "At most %d characters fit here.",
	domain.ProblemNullCharacter: "This holds a character that is no text.",
	domain.ProblemNotUnicode:    "This is not valid text.",
	domain.ProblemTooSmall:      "The least number is %d.",
	domain.ProblemTooBig:        "The greatest number is %d.",
	domain.ProblemNotText:       "This is not text.",
	domain.ProblemNotInteger:    "Please give a whole number.",
	domain.ProblemSyntax:        "This row cannot be read.",
	domain.ProblemUnknown:       "This is none of the choices.",

	account.ProblemCharacters: "This holds a character that cannot stand here.",
	account.ProblemTooShort:   "Please take at least %d characters.",
	account.ProblemTooCommon:  "This password is one of those that are tried first.",
	account.ProblemOnlyDigits: "Please take more than digits.",
	account.ProblemTooSimilar: "This is too much like the user's name or address.",
	account.ProblemWrong:      "This is not the password.",
	account.ProblemPast:       "This has to lie ahead.",
}

// words returns what is wrong, a sentence for each problem.
func words(problem domain.Problem) string {
	text, known := problemWords[problem.Code]
	if !known {
		return "This cannot be taken."
	}
	if strings.Contains(text, "%d") {
		return fmt.Sprintf(text, problem.Limit)
	}
	return text
}

// fieldErrors are what is wrong, by field.
type fieldErrors map[string][]string

// problemsOf returns what an error says of fields, and false where it says something else.
func problemsOf(err error) (fieldErrors, bool) {
	problems := domain.ProblemsOf(err)
	if len(problems) == 0 {
		return nil, false
	}
	wrong := fieldErrors{}
	for _, problem := range problems {
		wrong[problem.Field] = append(wrong[problem.Field], words(problem))
	}
	return wrong, true
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
