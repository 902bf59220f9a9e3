package account

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
)

const (
	// Iterations is how often a new hash is iterated, as often as in Django 5.2. A check takes
	// about 0.4 s of a processor.
	Iterations = 1_000_000
	// maxIterations is how many are believed: one mistyped digit in a database must not cost an hour.
	maxIterations = 20_000_000

	algorithm = "pbkdf2_sha256"
)

// Hash is a password as Django keeps it: "pbkdf2_sha256$iterations$salt$hash", where hash is 32
// bytes of PBKDF2 with HMAC-SHA-256 (RFC 8018) as base64. Any other text is no password's.
type Hash string

// NewHash returns a hash of the password with a salt of its own. It costs what a check costs.
func NewHash(password string) Hash { return newHash(password, rand.Text()[:22], Iterations) }

func newHash(password, salt string, iterations int) Hash {
	return Hash(algorithm + "$" + strconv.Itoa(iterations) + "$" + salt + "$" + base64.StdEncoding.EncodeToString(derive(password, salt, iterations)))
}

func derive(password, salt string, iterations int) []byte {
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), iterations, sha256.Size)
	if err != nil {
		panic(err) // only for lengths and counts that are never passed, and in FIPS mode for short salts
	}
	return key
}

// Matches tells whether it is the password's. It costs as long as its iterations take, and at least as long as
// Iterations do, also where the hash is no password's: how long it takes tells nobody
// whether there is such a user.
func (h Hash) Matches(password string) bool {
	salt, want, iterations, ok := h.parts()
	if !ok {
		derive(password, "no salt at all, 22 long", Iterations)
		return false
	}
	got := derive(password, salt, iterations)
	if iterations < Iterations {
		derive(password, salt, Iterations-iterations)
	}
	return subtle.ConstantTimeCompare(got, want) == 1
}

// IsUsable tells whether any password could match.
func (h Hash) IsUsable() bool {
	_, _, _, ok := h.parts()
	return ok
}

func (h Hash) parts() (salt string, key []byte, iterations int, ok bool) {
	parts := strings.Split(string(h), "$")
	if len(parts) != 4 || parts[0] != algorithm || parts[2] == "" {
		return "", nil, 0, false
	}
	iterations, err := strconv.Atoi(parts[1])
	if err != nil || iterations < 1 || iterations > maxIterations {
		return "", nil, 0, false
	}
	key, err = base64.StdEncoding.DecodeString(parts[3])
	return parts[2], key, iterations, err == nil && len(key) == sha256.Size
}

// String hides the hash from logs.
func (h Hash) String() string { return "[hash]" }

// GoString hides the hash from logs.
func (h Hash) GoString() string { return "[hash]" }
