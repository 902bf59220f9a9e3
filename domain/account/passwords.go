package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// MinPassword is the least length of a password, in code points.
	MinPassword = 8
	// MaxPassword is the greatest length of a password, in code points. Django knows none, but what is compared has
	// to have an end.
	MaxPassword = 4096
)

// What can be wrong with a password, as Django's validators have it.
const (
	// ProblemTooShort means that the text has fewer than Limit code points.
	ProblemTooShort domain.ProblemCode = "too_short"
	// ProblemTooCommon means that the password is one of those that are tried first.
	ProblemTooCommon domain.ProblemCode = "too_common"
	// ProblemOnlyDigits means that the password has nothing but digits.
	ProblemOnlyDigits domain.ProblemCode = "only_digits"
	// ProblemTooSimilar means that the password is like the user's name or address.
	ProblemTooSimilar domain.ProblemCode = "too_similar"
)

// CommonPasswords tells which passwords are tried first.
type CommonPasswords interface {
	// Contains tells whether a password is one. It comes in lower case and without white space around it.
	Contains(password string) bool
}

// CheckPassword returns domain.CodeInvalid with all that is wrong with a new password of a user, by the rules of
// AUTH_PASSWORD_VALIDATORS as a new project of Django has them. Two are stricter: a password of nothing but white space is
// blank, as for Django's createsuperuser, and Roman numerals and fractions count as digits.
func CheckPassword(password string, user User, common CommonPasswords) error {
	var problems []domain.Problem
	add := func(code domain.ProblemCode, limit int64) {
		problems = append(problems, domain.Problem{Field: FieldPassword, Code: code, Limit: limit})
	}
	if domain.TrimSpace(password) == "" {
		return unfit([]domain.Problem{{Field: FieldPassword, Code: domain.ProblemBlank}})
	}
	length := utf8.RuneCountInString(password)
	if !utf8.ValidString(password) {
		add(domain.ProblemNotUnicode, 0)
	}
	if length > MaxPassword {
		add(domain.ProblemTooLong, MaxPassword)
	} else if isSimilar(password, user) {
		add(ProblemTooSimilar, 0)
	}
	if length < MinPassword {
		add(ProblemTooShort, MinPassword)
	}
	if common.Contains(domain.TrimSpace(strings.ToLower(password))) {
		add(ProblemTooCommon, 0)
	}
	if !strings.ContainsFunc(password, func(r rune) bool { return !unicode.IsNumber(r) }) {
		add(ProblemOnlyDigits, 0)
	}
	if len(problems) > 0 {
		return unfit(problems)
	}
	return nil
}

func unfit(problems []domain.Problem) error {
	return &domain.Error{Code: domain.CodeInvalid, Message: "the password cannot be used", Problems: problems}
}
