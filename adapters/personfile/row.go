package personfile

import (
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
)

// brokenRow is a row that cannot be read.
func brokenRow(line int64) domain.Row {
	return domain.Row{Line: line, Problems: []domain.Problem{{Field: domain.FieldRow, Code: domain.ProblemSyntax}}}
}

// form is a row of which not all fields may be there, or be what they should.
type form struct {
	name     *string
	age      *int64
	problems []domain.Problem
}

func (f *form) refuse(field string, code domain.ProblemCode) {
	f.problems = append(f.problems, domain.Problem{Field: field, Code: code})
}

// row returns what the form comes to, with everything that is wrong with it.
func (f *form) row(line int64) domain.Row {
	patch, err := domain.NewPatch(f.name, f.age)
	f.problems = append(f.problems, problemsOf(err)...)
	if f.name == nil && !f.refused(domain.FieldName) {
		f.refuse(domain.FieldName, domain.ProblemRequired)
	}
	if f.age == nil && !f.refused(domain.FieldAge) {
		f.refuse(domain.FieldAge, domain.ProblemRequired)
	}
	if len(f.problems) > 0 {
		slices.SortFunc(f.problems, func(a, b domain.Problem) int {
			return domain.Refusal{Problem: a}.Compare(domain.Refusal{Problem: b})
		})
		return domain.Row{Line: line, Problems: f.problems}
	}
	draft, err := patch.Draft()
	return domain.Row{Line: line, Draft: draft, Problems: problemsOf(err)}
}

func (f *form) refused(field string) bool {
	return slices.ContainsFunc(f.problems, func(p domain.Problem) bool { return p.Field == field })
}

// setAge takes an age as it was read. An err other than strconv.ErrRange says that it is no
// integer.
func (f *form) setAge(age int64, err error) {
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		f.refuse(domain.FieldAge, domain.ProblemNotInteger)
		return
	}
	f.age = &age // out of range it is the nearest int64, which is no age either
}

// setAgeText takes an age as text.
func (f *form) setAgeText(text string) {
	if !utf8.ValidString(text) {
		f.refuse(domain.FieldAge, domain.ProblemNotUnicode)
		return
	}
	f.setAge(pynumber.IntegerOfText(text))
}

// problemsOf returns the broken rules that the domain found.
func problemsOf(err error) []domain.Problem {
	if invalid, ok := errors.AsType[*domain.Error](err); ok {
		return invalid.Problems
	}
	return nil
}

// plainInteger reads the digits of nearly every age: a few of ASCII and nothing else.
func plainInteger(text []byte) (n int64, ok bool) {
	if len(text) == 0 || len(text) > 18 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
