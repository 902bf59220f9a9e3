package account

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
)

// MaxTokenName is how many code points the name of an API token has at most.
const MaxTokenName = 100

// The fields of a NewAPIToken that a domain.Problem names.
const (
	FieldTokenName = "name"
	FieldScope     = "scope"
	FieldExpires   = "expires"
)

// ProblemPast means that the moment is over.
const ProblemPast domain.ProblemCode = "past"

// Scope says what may be done with an API token.
type Scope string

const (
	// ScopeRead allows what changes nothing.
	ScopeRead Scope = "read"
	// ScopeWrite allows everything that the API has.
	ScopeWrite Scope = "write"
)

// Allows tells whether a token of the scope may do what needs another one.
func (s Scope) Allows(needed Scope) bool {
	return s == ScopeWrite || s == ScopeRead && needed == ScopeRead
}

// APISecret is what a program sends to be known. It is shown once, to who makes the token, and nobody keeps it.
type APISecret string

// secretStart is what every secret begins with, so that people, and programs that look for secrets in texts, know what they found.
const secretStart = "roster_"

// newAPISecret returns a secret of at least 256 random bits.
func newAPISecret() APISecret { return APISecret(secretStart + rand.Text() + rand.Text()) }

// Key returns by what a store knows the token: who reads the store cannot use it.
func (s APISecret) Key() APIKey { return sha256.Sum256([]byte(s)) }

// Reveal returns the secret, to be shown to who made it.
func (s APISecret) Reveal() string { return string(s) }

// String hides the secret from logs.
func (s APISecret) String() string { return "[token]" }

// Format hides the secret from logs, whichever verb they use, also one that is not for texts.
func (s APISecret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText hides the secret from logs that are JSON.
func (s APISecret) MarshalText() ([]byte, error) { return []byte("[token]"), nil }

// APIKey is the SHA-256 of an APISecret.
type APIKey [sha256.Size]byte

// APIToken lets a program use the API.
type APIToken struct {
	ID int64
	// Name says what the token is for, and in the history who did something. Two tokens may have the same.
	Name  string
	Scope Scope
	Key   APIKey
	// Created is when it was made, Expires when it ends; zero is never.
	Created, Expires time.Time
	// LastUsed is when something was done with it last, to the minute; zero is never.
	LastUsed time.Time
	// Revoked is when somebody ended it; zero is never.
	Revoked time.Time
}

// Stored returns the token as stores keep it and answer it: its times are in UTC and whole
// microseconds, or zero. Two tokens that are equal then are the same.
func (t APIToken) Stored() APIToken {
	for _, moment := range []*time.Time{&t.Created, &t.Expires, &t.LastUsed, &t.Revoked} {
		*moment = storedTime(*moment)
	}
	return t
}

// TokenState says whether an API token is of use.
type TokenState string

const (
	// TokenValid means that its secret opens what its scope allows.
	TokenValid TokenState = "valid"
	// TokenExpired means that its end has come.
	TokenExpired TokenState = "expired"
	// TokenRevoked means that somebody ended it, also where it has expired since or had before.
	TokenRevoked TokenState = "revoked"
)

// State returns how the token is at a moment.
func (t APIToken) State(now time.Time) TokenState {
	switch {
	case !t.Revoked.IsZero():
		return TokenRevoked
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		return TokenExpired
	default:
		return TokenValid
	}
}

// IsOver tells whether the token has expired or was revoked.
func (t APIToken) IsOver(now time.Time) bool { return t.State(now) != TokenValid }

// NewAPIToken is what a token is made of.
type NewAPIToken struct {
	Name  string
	Scope Scope
	// Expires is when it ends; zero is never.
	Expires time.Time
}

// make returns a token that has no id yet, and its secret. The error is domain.CodeInvalid with all Problems.
func (n NewAPIToken) make(now time.Time) (APIToken, APISecret, error) {
	n.Name = domain.TrimSpace(n.Name)
	if problems := n.problems(now); len(problems) > 0 {
		return APIToken{}, "", &domain.Error{Code: domain.CodeInvalid, Message: "invalid input", Problems: problems}
	}
	secret := newAPISecret()
	token := APIToken{Name: n.Name, Scope: n.Scope, Key: secret.Key(), Created: now, Expires: n.Expires}
	return token.Stored(), secret, nil
}

func (n NewAPIToken) problems(now time.Time) []domain.Problem {
	problems := checkTokenName(n.Name)
	if n.Scope != ScopeRead && n.Scope != ScopeWrite {
		problems = append(problems, domain.Problem{Field: FieldScope, Code: domain.ProblemUnknown})
	}
	if !n.Expires.IsZero() && !storedTime(n.Expires).After(now) {
		problems = append(problems, domain.Problem{Field: FieldExpires, Code: ProblemPast})
	}
	return problems
}

func checkTokenName(name string) []domain.Problem {
	switch {
	case name == "":
		return []domain.Problem{{Field: FieldTokenName, Code: domain.ProblemBlank}}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return []domain.Problem{{Field: FieldTokenName, Code: ProblemCharacters}}
	case utf8.RuneCountInString(name) > MaxTokenName:
		return []domain.Problem{{Field: FieldTokenName, Code: domain.ProblemTooLong, Limit: MaxTokenName}}
	default:
		return nil
	}
}

// NoAPIToken returns the error that every store answers for a token that there is not.
func NoAPIToken() error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "there is no such API token"}
}

// APIKeyTaken returns the error that every store answers where another token has the key.
func APIKeyTaken() error {
	return &domain.Error{Code: domain.CodeConflict, Message: "there is another API token of this key already"}
}
