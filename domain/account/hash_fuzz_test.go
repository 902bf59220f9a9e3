package account_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// Whatever stands in the column of a database, a check ends without a panic, and costs a bounded number of iterations.
func FuzzHash(f *testing.F) {
	f.Add("pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM=", "lètmein")
	f.Add("pbkdf2_sha256$20000001$s$3scu68zWc0N1850CLEm2FSdnV0HrttY0Z0Cb6elSHac=", "")
	f.Add("!unusable", "x")
	f.Add("$$$", "")
	f.Fuzz(func(t *testing.T, text, password string) {
		spent := 0
		count := func(password, salt string, iterations int) []byte {
			if iterations < 1 {
				t.Errorf("%q: a key of %d iterations was asked for", text, iterations)
			}
			spent += iterations
			return cheapKey(password, salt, iterations)
		}
		hash := account.Hash(text)
		matches := hash.MatchesBy(count, password)
		if spent < account.Iterations || spent > account.MaxIterations {
			t.Errorf("%q: got %d iterations, want %d to %d", text, spent, account.Iterations, account.MaxIterations)
		}
		if matches && !hash.IsUsable() {
			t.Errorf("%q: it matches and is not usable", text)
		}
		if hash.String() != "[hash]" {
			t.Errorf("%q: got %s, want it hidden", text, hash)
		}
	})
}
