package domain_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

// pythonSpace is every character for which Python's str.isspace is true.
var pythonSpace = []rune{
	'\t', '\n', '\v', '\f', '\r', 0x1c, 0x1d, 0x1e, 0x1f, ' ', 0x85, 0xa0, 0x1680,
	0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
	0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
}

func TestSpaceAroundNamesIsWhatPythonStrips(t *testing.T) {
	t.Parallel()
	for r := rune(1); r <= 0x10ffff; r++ {
		if r >= 0xd800 && r <= 0xdfff {
			continue // surrogates are no characters
		}
		want := string(r) + "Ann" + string(r)
		if slices.Contains(pythonSpace, r) {
			want = "Ann"
		}
		if got := domain.TrimSpace(string(r) + "Ann" + string(r)); got != want {
			t.Errorf("%U around a name: got %q, want %q as of str.strip", r, got, want)
		}
	}
}

func TestNamesKeepTheirSpaceInside(t *testing.T) {
	t.Parallel()
	all := string(pythonSpace)
	draft, err := domain.NewDraft(all+"Ann"+all+"Lee"+all, 1)
	if want := "Ann" + all + "Lee"; err != nil || draft.Name() != want {
		t.Errorf("got the name %q and the error %v, want %q: only the space around goes", draft.Name(), err, want)
	}
}

func TestNameRules(t *testing.T) {
	t.Parallel()
	const (
		blank     = domain.ProblemBlank
		tooLong   = domain.ProblemTooLong
		null      = domain.ProblemNullCharacter
		noUnicode = domain.ProblemNotUnicode
	)
	for name, rule := range map[string]struct {
		input string
		want  []domain.ProblemCode
	}{
		"a letter is enough":                               {"a", nil},
		"a digit is a name":                                {"0", nil},
		"every script will do":                             {"Ünï 日本 😀 \u202eabc", nil},
		"a zero width space is no space":                   {"\u200b", nil},
		"a byte order mark is no space":                    {"\ufeff", nil},
		"a control character is allowed":                   {"a\x1bb\x7f", nil},
		"a replacement character is a character":           {"\ufffd", nil},
		"a noncharacter is a code point":                   {"\uffff", nil},
		"255 code points are allowed":                      {strings.Repeat("a", 255), nil},
		"255 code points of four bytes are allowed":        {strings.Repeat("😀", 255), nil},
		"space around does not count":                      {"  " + strings.Repeat("a", 255) + "\n\n", nil},
		"combining marks count":                            {strings.Repeat("e\u0301", 128), []domain.ProblemCode{tooLong}},
		"256 code points are too many":                     {strings.Repeat("a", 256), []domain.ProblemCode{tooLong}},
		"256 code points of four bytes are too many":       {strings.Repeat("😀", 256), []domain.ProblemCode{tooLong}},
		"an empty name is blank":                           {"", []domain.ProblemCode{blank}},
		"space alone is blank":                             {" \t\u3000\x1f", []domain.ProblemCode{blank}},
		"NUL alone is refused":                             {"\x00", []domain.ProblemCode{null}},
		"NUL inside is refused":                            {"a\x00b", []domain.ProblemCode{null}},
		"NUL keeps space from being around":                {"\x00 ", []domain.ProblemCode{null}},
		"a stray byte is not Unicode":                      {"a\xff", []domain.ProblemCode{noUnicode}},
		"an encoded surrogate is not Unicode":              {"\xed\xa0\x80", []domain.ProblemCode{noUnicode}},
		"a pair of encoded surrogates is not Unicode":      {"\xed\xa0\xbd\xed\xb8\x80", []domain.ProblemCode{noUnicode}},
		"an overlong NUL is not Unicode, nor is it a NUL":  {"\xc0\x80", []domain.ProblemCode{noUnicode}},
		"a character that breaks off is not Unicode":       {"caf\xc3", []domain.ProblemCode{noUnicode}},
		"every broken rule is told, the length first":      {strings.Repeat("a", 256) + "\x00\xff", []domain.ProblemCode{tooLong, null, noUnicode}},
		"256 stray bytes are too many and are not Unicode": {strings.Repeat("\xff", 256), []domain.ProblemCode{tooLong, noUnicode}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draft, err := domain.NewDraft(rule.input, 1)
			wantProblems(t, err, problems(domain.FieldName, rule.want)...)
			if err != nil && draft != (domain.Draft{}) {
				t.Errorf("got %+v beside an error, want the zero Draft", draft)
			}
			if want := domain.TrimSpace(rule.input); err == nil && draft.Name() != want {
				t.Errorf("got the name %q, want %q", draft.Name(), want)
			}
		})
	}
}

// problems returns a field's problems with their limits.
func problems(field string, codes []domain.ProblemCode) []domain.Problem {
	var all []domain.Problem
	for _, code := range codes {
		problem := domain.Problem{Field: field, Code: code}
		if code == domain.ProblemTooLong {
			problem.Limit = 255
		}
		all = append(all, problem)
	}
	return all
}

// wantProblems fails the test unless err is CodeInvalid with these problems in
// this order, or nil for none.
func wantProblems(t *testing.T, err error, want ...domain.Problem) {
	t.Helper()
	if len(want) == 0 {
		if err != nil {
			t.Errorf("got the error %v, want none: no rule is broken", err)
		}
		return
	}
	known, ok := errors.AsType[*domain.Error](err)
	if !ok {
		t.Errorf("got the error %v, want a *domain.Error with the problems %v", err, want)
		return
	}
	if known.Code != domain.CodeInvalid || known.Message == "" {
		t.Errorf("got code %q and message %q, want code %q and a message", known.Code, known.Message, domain.CodeInvalid)
	}
	if !slices.Equal(known.Problems, want) {
		t.Errorf("got the problems %s, want %s", fmt.Sprint(known.Problems), fmt.Sprint(want))
	}
}
