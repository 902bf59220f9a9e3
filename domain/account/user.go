package account

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// MaxName is the greatest length of a user's name, in code points.
	MaxName = 150
	// MaxEmail is the greatest length of an e-mail address, in code points.
	MaxEmail = 254
)

// The fields that a domain.Problem of this package names.
const (
	FieldName     = "username"
	FieldEmail    = "email"
	FieldPassword = "password"
)

// ProblemCharacters means that the text holds characters that it may not hold.
const ProblemCharacters domain.ProblemCode = "characters"

// User is a row of Django's auth_user.
type User struct {
	ID int64
	// Name is what the user signs in with. No two users have the same.
	Name string
	// Email, FirstName and LastName may be "".
	Email, FirstName, LastName string
	Password                   Hash
	// Active is false for who may not sign in any more.
	Active bool
	// Staff and Superuser are Django's: only who is both signs in here, because there are no
	// permissions below those of a superuser.
	Staff, Superuser bool
	Joined           time.Time
	// LastLogin is the zero Time for who never signed in.
	LastLogin time.Time
}

// MaySignIn tells whether the user may, with the right password.
func (u User) MaySignIn() bool { return u.Active && u.Staff && u.Superuser }

// Stored returns the user as stores keep it and answer it: its times are in UTC and whole
// microseconds. Two users that are equal then are the same.
func (u User) Stored() User {
	u.Joined, u.LastLogin = storedTime(u.Joined), storedTime(u.LastLogin)
	return u
}

func storedTime(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// NewUser returns a superuser who has no id yet. The error is domain.CodeInvalid with all Problems: a name has 1 to
// MaxName letters, digits and @ . + - _ (Django's UnicodeUsernameValidator); an address is "", or text, an @ and text,
// without white space within and without characters that only quoting allows. Django's forms demand more of an address.
// White space around it is removed.
//
// Django brings names into the normal form NFKC first. So should who reads a name from outside.
func NewUser(name, email string, password Hash, now time.Time) (User, error) {
	email = domain.TrimSpace(email)
	if problems := append(checkName(name), checkEmail(email)...); len(problems) > 0 {
		return User{}, &domain.Error{Code: domain.CodeInvalid, Message: "invalid input", Problems: problems}
	}
	return User{
		Name: name, Email: normalizedEmail(email), Password: password,
		Active: true, Staff: true, Superuser: true, Joined: storedTime(now),
	}, nil
}

func checkName(name string) []domain.Problem {
	switch length := utf8.RuneCountInString(name); {
	case name == "":
		return []domain.Problem{{Field: FieldName, Code: domain.ProblemBlank}}
	case length > MaxName:
		return []domain.Problem{{Field: FieldName, Code: domain.ProblemTooLong, Limit: MaxName}}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !isNameRune(r) }):
		return []domain.Problem{{Field: FieldName, Code: ProblemCharacters}}
	default:
		return nil
	}
}

// isNameRune follows Python's \w, which takes what str.isalnum takes.
func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("@.+-_", r)
}

func checkEmail(email string) []domain.Problem {
	if email == "" {
		return nil
	}
	if utf8.RuneCountInString(email) > MaxEmail {
		return []domain.Problem{{Field: FieldEmail, Code: domain.ProblemTooLong, Limit: MaxEmail}}
	}
	at := strings.LastIndexByte(email, '@')
	if at < 1 || at == len(email)-1 || !utf8.ValidString(email) || strings.ContainsFunc(email, isNoEmailRune) {
		return []domain.Problem{{Field: FieldEmail, Code: ProblemCharacters}}
	}
	return nil
}

func isNoEmailRune(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>(),;:"\`, r)
}

// normalizedEmail returns the address with its domain in lower case, as Django saves it.
func normalizedEmail(email string) string {
	at := strings.LastIndexByte(email, '@')
	return email[:at+1] + strings.ToLower(email[at+1:])
}

// NoUser returns the error that every store answers for a user it does not have.
func NoUser(id int64) error {
	return &domain.Error{Code: domain.CodeNotFound, Message: fmt.Sprintf("there is no user %d", id)}
}

// PasswordChanged returns the error that every store answers where a user has another password than the one to replace.
func PasswordChanged() error {
	return &domain.Error{Code: domain.CodePrecondition, Message: "the password was changed meanwhile"}
}

// NameTaken returns the error that every store answers where another user has the name.
func NameTaken(name string) error {
	return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("there is another user %q already", name)}
}

// NoUserNamed returns the error that every store answers for a name that no user has.
func NoUserNamed(name string) error {
	return &domain.Error{Code: domain.CodeNotFound, Message: fmt.Sprintf("there is no user %q", name)}
}
