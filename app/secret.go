package app

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that is never printed: not by fmt, not by slog, not as JSON,
// not as a field of something that is. The zero Secret is not set.
type Secret struct {
	text *string // a pointer: fmt prints fields that it may not ask for a String
}

// hidden stands for a secret that is set.
const hidden = "(hidden)"

// NewSecret returns a secret; an empty text is one that is not set.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// randomSecret returns a secret of 260 random bits.
func randomSecret() Secret { return NewSecret(rand.Text() + rand.Text()) }

// Reveal returns the secret's text, "" where it is not set. It must not reach a
// log, an error or an answer.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet tells whether there is a secret.
func (s Secret) IsSet() bool { return s.text != nil }

// String returns "(hidden)", or "" where the secret is not set.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return hidden
}

// Format writes String, whatever the verb, %#v included.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
