package account_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// few are the common passwords of tests that are not about them.
var few = containsFunc(func(password string) bool { return password == "letmein123" })

// codesOf returns the codes of the problems of an error.
func codesOf(err error) []domain.ProblemCode {
	var codes []domain.ProblemCode
	for _, problem := range domain.ProblemsOf(err) {
		codes = append(codes, problem.Code)
	}
	return codes
}

func TestAPasswordThatNoRuleOfDjangoKnowsIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		password string
		want     []domain.ProblemCode
	}{
		{"", []domain.ProblemCode{domain.ProblemBlank}},
		{"         ", []domain.ProblemCode{domain.ProblemBlank}},
		{"\x1c\u2003\t\n\x1f\u00a0\x1d\x1e", []domain.ProblemCode{domain.ProblemBlank}},
		{"ⅧⅧⅧⅧ½½½½", []domain.ProblemCode{account.ProblemOnlyDigits}},
		{"not \xff text", []domain.ProblemCode{domain.ProblemNotUnicode}},
		{strings.Repeat("ж", account.MaxPassword), nil},
		{strings.Repeat("ж", account.MaxPassword+1), []domain.ProblemCode{domain.ProblemTooLong}},
	} {
		err := account.CheckPassword(test.password, account.User{Name: "anna"}, few)
		if got := codesOf(err); !slices.Equal(got, test.want) {
			t.Errorf("CheckPassword(%.20q): got %v, want %v", test.password, got, test.want)
		}
		if want := domain.CodeInvalid; err != nil && domain.CodeOf(err) != want {
			t.Errorf("CheckPassword(%.20q): got code %q, want %q", test.password, domain.CodeOf(err), want)
		}
	}
}

func TestACommonPasswordIsKnownInCapitalsAndWithSpaceAround(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"letmein123", "LetMeIn123", "\x1c letmein123\u00a0"} {
		if got, want := codesOf(account.CheckPassword(password, account.User{}, few)), []domain.ProblemCode{account.ProblemTooCommon}; !slices.Equal(got, want) {
			t.Errorf("CheckPassword(%q): got %v, want %v", password, got, want)
		}
	}
}

func TestProblemsOfAPasswordTellTheirLimits(t *testing.T) {
	t.Parallel()
	err := account.CheckPassword("anna1", account.User{Name: "anna"}, few)
	want := []domain.Problem{
		{Field: account.FieldPassword, Code: account.ProblemTooSimilar},
		{Field: account.FieldPassword, Code: account.ProblemTooShort, Limit: account.MinPassword},
	}
	if got := domain.ProblemsOf(err); !slices.Equal(got, want) {
		t.Errorf("CheckPassword: got %v, want %v", got, want)
	}
}
