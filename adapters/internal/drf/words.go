package drf

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The words of REST framework's fields that more than one rule has, or none of the domain's.
const (
	Required      = "This field is required."
	Null          = "This field may not be null."
	Blank         = "This field may not be blank."
	NotString     = "Not a valid string."
	NotInteger    = "A valid integer is required."
	NullCharacter = "Null characters are not allowed."
	Surrogate     = "Surrogate characters are not allowed: U+%X."

	LongList         = "Ensure this field has no more than %d elements."
	EmptyList        = "This list may not be empty."
	CountTooBig      = "Count cannot exceed %d"
	CountNotPositive = "Count must be a positive integer"

	created = "%d persons created successfully"
)

// words are what is said of the broken rules of a field. Where there is a number in them, it is the
// limit, but for that of a surrogate.
var words = []struct {
	code domain.ProblemCode
	text string
}{
	{domain.ProblemRequired, Required},
	{domain.ProblemBlank, Blank},
	{domain.ProblemTooLong, "Ensure this field has no more than %d characters."},
	{domain.ProblemNullCharacter, NullCharacter},
	{domain.ProblemNotUnicode, Surrogate},
	{domain.ProblemNotUnicode, NotString},
	{domain.ProblemTooSmall, "Ensure this value is greater than or equal to %d."},
	{domain.ProblemTooBig, "Ensure this value is less than or equal to %d."},
	{domain.ProblemNotInteger, NotInteger},
}

// listWords are what is said of a list of persons as a whole, or of how many are asked for: each
// breaks a rule of domain.FieldCount.
var listWords = []struct {
	code domain.ProblemCode
	text string
}{
	{domain.ProblemTooBig, LongList},
	{domain.ProblemTooSmall, EmptyList},
	{domain.ProblemTooBig, CountTooBig},
	{domain.ProblemTooSmall, CountNotPositive},
}

// Message says which rule of a field is broken. Of domain.ProblemNotUnicode it says that there is
// no text; who knows the surrogate has Surrogate. What REST framework has no words for is said by
// its code.
func Message(problem domain.Problem) string {
	if problem.Code == domain.ProblemNotUnicode {
		return NotString
	}
	for _, known := range words {
		if known.code == problem.Code {
			if strings.Contains(known.text, "%d") {
				return fmt.Sprintf(known.text, problem.Limit)
			}
			return known.text
		}
	}
	return string(problem.Code)
}

// ListMessage says what is wrong with how many persons a list has.
func ListMessage(problem domain.Problem) string {
	if problem.Code == domain.ProblemTooBig {
		return fmt.Sprintf(LongList, problem.Limit)
	}
	return EmptyList
}

// CountMessage says what is wrong with how many persons a bulk is to make.
func CountMessage(problem domain.Problem) string {
	if problem.Code == domain.ProblemTooBig {
		return fmt.Sprintf(CountTooBig, problem.Limit)
	}
	return CountNotPositive
}

// ProblemOf reads back what was said of a field, and false where it is none of what Message says.
func ProblemOf(field, message string) (domain.Problem, bool) {
	for _, known := range words {
		if limit, matches := match(known.text, message); matches {
			return domain.Problem{Field: field, Code: known.code, Limit: limit}, true
		}
	}
	for _, code := range domain.ProblemCodes() {
		if message == string(code) {
			return domain.Problem{Field: field, Code: code}, true
		}
	}
	return domain.Problem{}, false
}

// CountProblemOf reads back what was said of how many persons there are, and false where it is
// none of what ListMessage and CountMessage say.
func CountProblemOf(message string) (domain.Problem, bool) {
	for _, known := range listWords {
		if limit, matches := match(known.text, message); matches {
			if known.code == domain.ProblemTooSmall {
				limit = 1
			}
			return domain.Problem{Field: domain.FieldCount, Code: known.code, Limit: limit}, true
		}
	}
	return domain.Problem{}, false
}

// match tells whether a message is a text with a number in the place of its verb, and returns
// the number, which is 0 for a text without %d.
func match(text, message string) (number int64, matches bool) {
	before, after, hasVerb := strings.Cut(text, "%")
	if !hasVerb {
		return 0, text == message
	}
	verb, after := after[0], after[1:]
	middle, begins := strings.CutPrefix(message, before)
	middle, ends := strings.CutSuffix(middle, after)
	if !begins || !ends {
		return 0, false
	}
	if verb == 'X' {
		_, err := strconv.ParseUint(middle, 16, 32)
		return 0, err == nil
	}
	number, err := strconv.ParseInt(middle, 10, 64)
	return number, err == nil
}

// Created says that so many persons were made up and saved.
func Created(count int) string { return fmt.Sprintf(created, count) }

// CreatedOf reads back how many persons were saved, and false where the message says something else.
func CreatedOf(message string) (count int, known bool) {
	number, known := match(created, message)
	return int(number), known
}
