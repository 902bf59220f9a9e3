package cli

import (
	"fmt"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// accountWords are the words for what is wrong with a user's name, address or password.
func accountWords(problem domain.Problem) string {
	subject := map[string]string{
		account.FieldName: "user name", account.FieldEmail: "e-mail address", account.FieldPassword: "password", account.FieldOldPassword: "old password",
	}[problem.Field]
	switch problem.Code {
	case domain.ProblemBlank, domain.ProblemRequired:
		return fmt.Sprintf("A %s is needed.", subject)
	case domain.ProblemTooLong:
		return fmt.Sprintf("The %s has more than %d letters.", subject, problem.Limit)
	case account.ProblemTooShort:
		return fmt.Sprintf("The %s has fewer than %d letters.", subject, problem.Limit)
	case domain.ProblemNotUnicode:
		return fmt.Sprintf("The %s is no text in UTF-8.", subject)
	case account.ProblemTooSimilar:
		return "The password is too much like the user's name or e-mail address."
	case account.ProblemTooCommon:
		return "The password is one of those that many people have, and that are tried first."
	case account.ProblemOnlyDigits:
		return "The password has nothing but digits."
	case account.ProblemWrong:
		return fmt.Sprintf("The %s is wrong.", subject)
	case account.ProblemCharacters:
		if problem.Field == account.FieldName {
			return "A user name has letters, digits and @ . + - _ only."
		}
		return "That is no e-mail address."
	default:
		return problem.String()
	}
}

// wordsOf returns a line for each problem of an error.
func wordsOf(err error) []string {
	var lines []string
	for _, problem := range domain.ProblemsOf(err) {
		lines = append(lines, accountWords(problem))
	}
	return lines
}
