package account

// Access says who may use something.
type Access int

const (
	// Nobody may: what no table names is not served.
	Nobody Access = iota
	// Anybody may, whether signed in or not.
	Anybody
	// Superusers may: see User.MaySignIn.
	Superusers
	// Readers may: who has an API token that reads, and anybody where no tokens are asked for.
	Readers
	// Writers may: who has an API token that writes, and anybody where no tokens are asked for.
	Writers
)
