package account

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// SessionIdle is how long a session lasts in which nothing happens.
	SessionIdle = 30 * time.Minute
	// SessionLifetime is how long a session lasts at most.
	SessionLifetime = 12 * time.Hour
	// seenEvery is how long it takes until it is written down again that something happened.
	seenEvery = time.Minute
	// touchWithin is how long a request waits for that. A write takes some milliseconds; a store that is full or busy must not
	// hold up who only reads, and a request a second later tries again (failedPause).
	touchWithin = 50 * time.Millisecond
)

// Token is the secret by which a client is known until it signs out. Nobody keeps it but the
// client.
type Token string

// newToken returns a token of at least 256 random bits.
func newToken() Token { return Token(rand.Text() + rand.Text()) }

// Key returns by what a store knows the session: who reads the store cannot sign in with it.
func (t Token) Key() SessionKey { return sha256.Sum256([]byte(t)) }

// String hides the token from logs.
func (t Token) String() string { return "[token]" }

// Format hides the token from logs, whichever verb they use, also one that is not for texts.
func (t Token) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, t.String()) }

// MarshalText hides the token from logs that are JSON.
func (t Token) MarshalText() ([]byte, error) { return []byte("[token]"), nil }

// SessionKey is the SHA-256 of a Token.
type SessionKey [sha256.Size]byte

// Session is the time between signing in and signing out.
type Session struct {
	Key  SessionKey
	User int64
	// Password is the Fingerprint of the user's Hash when it began: a password that changes, by whichever
	// program, ends the sessions before it.
	Password [sha256.Size]byte
	// Began is when the user signed in, Seen when something happened last, to the microsecond.
	Began, Seen time.Time
}

// newSession returns the session of a user who has just signed in, and its token.
func newSession(user User, now time.Time) (Session, Token) {
	token, now := newToken(), storedTime(now)
	return Session{Key: token.Key(), User: user.ID, Password: user.Password.Fingerprint(), Began: now, Seen: now}, token
}

// Stored returns the session as stores keep it and answer it: its times are in UTC and whole
// microseconds. Two sessions that are equal then are the same.
func (s Session) Stored() Session {
	s.Began, s.Seen = storedTime(s.Began), storedTime(s.Seen)
	return s
}

// IsOver tells whether the time of the session is over.
func (s Session) IsOver(now time.Time) bool {
	return now.Sub(s.Seen) >= SessionIdle || now.Sub(s.Began) >= SessionLifetime
}

// MayBegin tells whether the user, as the user is now, is still the one for whom the session was made.
func (s Session) MayBegin(user User) bool {
	return user.Active && s.Password == user.Password.Fingerprint()
}

// belongsTo tells whether the session is still the user's.
func (s Session) belongsTo(user User) bool {
	return s.User == user.ID && user.MaySignIn() && s.Password == user.Password.Fingerprint()
}

// NoSession returns the error that every store answers for a key that no session has.
func NoSession() error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "there is no such session"}
}

// SessionRefused returns the error that every store answers where the user may not begin the session (Session.MayBegin).
func SessionRefused() error {
	return &domain.Error{Code: domain.CodePrecondition, Message: "the user is not active, or has another password by now"}
}

// SessionTaken returns the error that every store answers where another session has the key.
func SessionTaken() error {
	return &domain.Error{Code: domain.CodeConflict, Message: "there is another session of this key already"}
}
