package drf_test

import (
	"fmt"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestEveryBrokenRuleIsReadBack(t *testing.T) {
	t.Parallel()
	for _, code := range domain.ProblemCodes() {
		want := domain.Problem{Field: domain.FieldName, Code: code}
		switch code {
		case domain.ProblemTooLong, domain.ProblemTooSmall, domain.ProblemTooBig:
			want.Limit = 255
		default:
		}
		if got, known := drf.ProblemOf(domain.FieldName, drf.Message(want)); !known || got != want {
			t.Errorf("%q: got %v, %t, want %v", drf.Message(want), got, known, want)
		}
	}
	for _, want := range []domain.Problem{
		{Field: domain.FieldCount, Code: domain.ProblemTooBig, Limit: 10000},
		{Field: domain.FieldCount, Code: domain.ProblemTooSmall, Limit: 1},
	} {
		for _, message := range []string{drf.ListMessage(want), drf.CountMessage(want)} {
			if got, known := drf.CountProblemOf(message); !known || got != want {
				t.Errorf("%q: got %v, %t, want %v", message, got, known, want)
			}
		}
	}
}

func TestWordsOfNobodyMeanNothing(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		"", "nope", "Ensure this field has no more than many characters.", "Ensure this field has no more than 255 characters. Really.",
		drf.Null, fmt.Sprintf(drf.LongList, 7), "Surrogate characters are not allowed: U+.",
	} {
		if got, known := drf.ProblemOf(domain.FieldName, message); known {
			t.Errorf("%q: got %v, want nothing", message, got)
		}
	}
	if got, known := drf.CountProblemOf(drf.Required); known {
		t.Errorf("got %v, want nothing", got)
	}
	if got, known := drf.ProblemOf(domain.FieldName, fmt.Sprintf(drf.Surrogate, 0xD800)); !known || got.Code != domain.ProblemNotUnicode || got.Limit != 0 {
		t.Errorf("a surrogate: got %v, %t, want that it is no Unicode", got, known)
	}
}

func TestHowManyWereSavedIsReadBack(t *testing.T) {
	t.Parallel()
	if got, known := drf.CreatedOf(drf.Created(700)); !known || got != 700 {
		t.Errorf("got %d, %t, want 700", got, known)
	}
	for _, message := range []string{"", "persons created successfully", "x persons created successfully"} {
		if got, known := drf.CreatedOf(message); known {
			t.Errorf("%q: got %d, want nothing", message, got)
		}
	}
}

func TestEveryCodeIsReadBackFromItsStatus(t *testing.T) {
	t.Parallel()
	for _, code := range domain.Codes() {
		want := code
		if code == domain.CodeDeadline { // it is answered as what is not available
			want = domain.CodeUnavailable
		}
		if got, known := drf.CodeOf(drf.Translate(code).Status); !known || got != want {
			t.Errorf("%s, which is %d: got %q, %t, want %s", code, drf.Translate(code).Status, got, known, want)
		}
	}
	if got, known := drf.CodeOf(418); known {
		t.Errorf("418: got %s, want none", got)
	}
}
