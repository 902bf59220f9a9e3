package account_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// cheapKey stands in the place of PBKDF2: another one for other arguments, and for nothing.
func cheapKey(password, salt string, iterations int) []byte {
	key := sha256.Sum256(fmt.Appendf(nil, "%q %q %d", password, salt, iterations))
	return key[:]
}

// cheapHash is a hash that cheapKey makes.
func cheapHash(password string) account.Hash {
	return account.NewHashBy(cheapKey, password, "a salt", 1000)
}

func TestANewHashMatchesItsPasswordOnly(t *testing.T) {
	t.Parallel()
	const password = "correct horse 🐎"
	hash := account.NewHash(password)
	if !hash.IsUsable() || !strings.HasPrefix(string(hash), "pbkdf2_sha256$1000000$") {
		t.Errorf("NewHash: got %q, want a usable one of Django's with 1,000,000 iterations", string(hash))
	}
	if !hash.Matches(password) {
		t.Errorf("%q: got no match with its password", string(hash))
	}
}

func TestHashesOfOnePasswordDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, berta := w.add(t, "anna"), w.add(t, "berta")
	if a, b := w.find(t, anna.ID).Password, w.find(t, berta.ID).Password; a == b || len(a) > 128 {
		t.Errorf("two users with one password: got %q and %q, want two hashes of at most 128 letters, as auth_user has room for", string(a), string(b))
	}
}

func TestEveryCheckCostsAsMuchAsANewHash(t *testing.T) {
	t.Parallel()
	for name, hash := range map[string]account.Hash{
		"few iterations":     account.NewHashBy(cheapKey, "right", "salt", 1),
		"as many":            account.NewHashBy(cheapKey, "right", "salt", account.Iterations),
		"no user":            "",
		"an unusable one":    "!VW3OtHYVxBgtArgBSmrKe",
		"another algorithm":  "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA",
		"too many to be one": account.NewHashBy(cheapKey, "right", "salt", account.MaxIterations+1),
	} {
		for _, password := range []string{"right", "wrong"} {
			spent := 0
			hash.MatchesBy(func(password, salt string, iterations int) []byte {
				spent += iterations
				return cheapKey(password, salt, iterations)
			}, password)
			if spent != account.Iterations {
				t.Errorf("%s, the %s password: got %d iterations, want %d: the time must not tell whether there is a user", name, password, spent, account.Iterations)
			}
		}
	}
}

func TestATextThatIsNoHashMatchesNothing(t *testing.T) {
	t.Parallel()
	whole := string(account.NewHashBy(cheapKey, "right", "salt", 7))
	if !account.Hash(whole).MatchesBy(cheapKey, "right") {
		t.Fatalf("%q: got no match, want one, for the rest of this test to mean something", whole)
	}
	key := whole[strings.LastIndexByte(whole, '$')+1:]
	for _, text := range []string{
		"", "$", "$$$", "right", strings.TrimPrefix(whole, "pbkdf2_"), "pbkdf2_sha1$7$salt$" + key,
		"pbkdf2_sha256$7$$" + key, "pbkdf2_sha256$7$salt$", "pbkdf2_sha256$0$salt$" + key, "pbkdf2_sha256$-7$salt$" + key,
		"pbkdf2_sha256$seven$salt$" + key, "pbkdf2_sha256$99999999999999999999$salt$" + key, whole + "$", whole + "=", whole[:len(whole)-1],
		"pbkdf2_sha256$7$salt$" + key[:40],
	} {
		hash := account.Hash(text)
		if hash.IsUsable() || hash.MatchesBy(cheapKey, "right") {
			t.Errorf("%q: got a usable hash, want none", text)
		}
	}
}

// What cannot be derived, as with short salts where a program is held to FIPS 140-3, must not match by being nothing.
func TestAKeyThatCannotBeMadeMatchesNothing(t *testing.T) {
	t.Parallel()
	nothing := func(string, string, int) []byte { return nil }
	if account.NewHashBy(cheapKey, "right", "salt", 7).MatchesBy(nothing, "right") || account.NewHashBy(nothing, "right", "salt", 7).IsUsable() {
		t.Error("a key that could not be made: got a match, want none")
	}
}

func TestNothingSecretIsWritten(t *testing.T) {
	t.Parallel()
	token, hash := account.Token("TOKENSECRET"), account.Hash("HASHSECRET")
	holder := struct {
		Token account.Token
		User  account.User
	}{token, account.User{Password: hash}}
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		logger.Info("one", "token", token, "hash", hash, "holder", holder)
	}
	text, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	written := log.String() + string(text) + fmt.Sprint(token, hash, holder) + fmt.Sprintf("%v %+v %#v %s %q %x %d %d", holder, holder, holder, token, token, hash, token, hash)
	if strings.Contains(written, "SECRET") || strings.Contains(written, fmt.Sprintf("%x", "SECRET")) {
		t.Errorf("got %q, want nothing of the token and the hash", written)
	}
}
