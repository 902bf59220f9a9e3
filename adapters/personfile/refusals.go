package personfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// NewRefusalWriter returns what writes refusals as CSV, a header first: the line, the field, the code for
// programs and the reason for people.
func NewRefusalWriter(w io.Writer) ports.RefusalWriter {
	return &refusalWriter{csv: csv.NewWriter(w)}
}

type refusalWriter struct {
	csv   *csv.Writer
	begun bool
}

// Write writes a refusal, at the latest with Flush.
func (w *refusalWriter) Write(refusal domain.Refusal) error {
	w.begin()
	return w.csv.Write([]string{
		strconv.FormatInt(refusal.Line, 10), refusal.Field, string(refusal.Code), Reason(refusal.Problem),
	})
}

// Flush writes what was kept back.
func (w *refusalWriter) Flush() error {
	w.begin()
	w.csv.Flush()
	return w.csv.Error()
}

// begin writes the header. What goes wrong with it the next call of csv tells.
func (w *refusalWriter) begin() {
	if !w.begun {
		w.begun = true
		_ = w.csv.Write([]string{"line", "field", "code", "reason"})
	}
}

// Reason says what is wrong with a field, to people: "is blank".
func Reason(problem domain.Problem) string {
	switch problem.Code {
	case domain.ProblemRequired:
		return "is missing"
	case domain.ProblemBlank:
		return "is blank"
	case domain.ProblemTooLong:
		return fmt.Sprintf("has more than %d characters", problem.Limit)
	case domain.ProblemNullCharacter:
		return "holds a null character"
	case domain.ProblemNotUnicode:
		return "is not valid Unicode"
	case domain.ProblemTooSmall:
		return fmt.Sprintf("is less than %d", problem.Limit)
	case domain.ProblemTooBig:
		return fmt.Sprintf("is greater than %d", problem.Limit)
	case domain.ProblemNotText:
		return "is not a text"
	case domain.ProblemNotInteger:
		return "is not a whole number"
	case domain.ProblemSyntax:
		return "cannot be read"
	case domain.ProblemUnknown:
		return "is none of the choices"
	default:
		return string(problem.Code)
	}
}
