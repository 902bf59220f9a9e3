package domain

// Load is how much is going on in something that bounds what goes on at once, at one
// moment.
type Load struct {
	// Running is how much goes on, of at most Workers at once.
	Running, Workers int
	// Waiting is how many calls wait, of at most Queue; one more is refused.
	Waiting, Queue int
	// Refused is how many calls found no room since the start.
	Refused uint64
}
