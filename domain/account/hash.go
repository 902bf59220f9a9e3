package account

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// Iterations is how often a new hash is iterated, as often as in Django 5.2. A check takes
	// 0.15 s of a processor where docs/performance.md was measured.
	Iterations = 1_000_000
	// maxIterations is how many are believed: one mistyped digit in a database must not cost minutes.
	maxIterations = 20_000_000
	// maxPadding is how many iterations each check may be made to cost because one user's hash does (Accounts.padding). With
	// maxIterations, one odd hash would have every try to sign in, for any name, take some seconds: a few of them keep everybody out.
	maxPadding = 4 * Iterations

	algorithm = "pbkdf2_sha256"
)

// Hash is a password as Django keeps it: "pbkdf2_sha256$iterations$salt$hash", where hash is 32
// bytes of PBKDF2 with HMAC-SHA-256 (RFC 8018) as base64. Any other text is no password's.
type Hash string

// NewHash returns a hash of the password with a salt of its own. It costs what a check costs.
func NewHash(password string) Hash { return newHash(pbkdf2Key, password, rand.Text(), Iterations) }

func newHash(derive deriver, password, salt string, iterations int) Hash {
	return Hash(algorithm + "$" + strconv.Itoa(iterations) + "$" + salt + "$" + base64.StdEncoding.EncodeToString(derive(password, salt, iterations)))
}

// deriver makes the key of a password: pbkdf2Key, or in tests what costs less.
type deriver func(password, salt string, iterations int) []byte

// pbkdf2Key is nil, and so no password's, where the salt is too short for a program that holds itself to FIPS 140-3.
// Salts that are made here never are.
func pbkdf2Key(password, salt string, iterations int) []byte {
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), iterations, sha256.Size)
	if err != nil {
		return nil
	}
	return key
}

// Matches tells whether it is the password's. It costs as long as its iterations take, and at least as long as
// Iterations do, also where the hash is no password's: how long it takes tells nobody whether there is such a user.
func (h Hash) Matches(password string) bool {
	return h.matches(pbkdf2Key, password, Iterations)
}

// matches costs at least as many iterations as are told.
func (h Hash) matches(derive deriver, password string, atLeast int) bool {
	salt, want, iterations, ok := h.parts()
	if !ok {
		derive(password, "as long as another salt is", atLeast)
		return false
	}
	got := derive(password, salt, iterations)
	if iterations < atLeast {
		derive(password, salt, atLeast-iterations)
	}
	return subtle.ConstantTimeCompare(got, want) == 1
}

// IsUsable tells whether any password could match.
func (h Hash) IsUsable() bool {
	_, _, _, ok := h.parts()
	return ok
}

// Fingerprint returns the SHA-256 of the hash, by which a session knows it again.
func (h Hash) Fingerprint() [sha256.Size]byte { return sha256.Sum256([]byte(h)) }

func (h Hash) parts() (salt string, key []byte, iterations int, ok bool) {
	parts := strings.Split(string(h), "$")
	if len(parts) != 4 || parts[0] != algorithm || parts[2] == "" {
		return "", nil, 0, false
	}
	iterations, err := strconv.Atoi(parts[1])
	if err != nil || iterations < 1 || iterations > maxIterations {
		return "", nil, 0, false
	}
	key, err = base64.StdEncoding.Strict().DecodeString(parts[3])
	return parts[2], key, iterations, err == nil && len(key) == sha256.Size
}

// String hides the hash from logs.
func (h Hash) String() string { return "[hash]" }

// Format hides the hash from logs, whichever verb they use, also one that is not for texts.
func (h Hash) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, h.String()) }

// MarshalText hides the hash from logs that are JSON.
func (h Hash) MarshalText() ([]byte, error) { return []byte("[hash]"), nil }
