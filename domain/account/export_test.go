package account

// Deriver makes the key of a password.
type Deriver = deriver

// PBKDF2 is the real one.
func PBKDF2(password, salt string, iterations int) []byte {
	return pbkdf2Key(password, salt, iterations)
}

// SetDeriver has keys made by something that costs less.
func (a *Accounts) SetDeriver(derive Deriver) { a.derive = derive }

// NewHashBy makes a hash with a salt and as many iterations as are wanted.
func NewHashBy(derive Deriver, password, salt string, iterations int) Hash {
	return newHash(derive, password, salt, iterations)
}

// MatchesBy is Matches with keys made by derive.
func (h Hash) MatchesBy(derive Deriver, password string) bool {
	return h.matches(derive, password, Iterations)
}

// MaxIterations is how many are believed.
const MaxIterations = maxIterations
