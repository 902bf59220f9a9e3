package ports

import "github.com/seed-bbcc19ba/roster/domain/account"

// TokenStore keeps API tokens. Suite: tokentest. Every PersonStore of roster is one too, in the same database.
//
// Every method is safe for concurrent use, in as many processes as share the data, and what a call
// that has returned changed is seen by every call that starts later. What was saved comes back equal,
// a time to the microsecond and in UTC; a zero time comes back as it is.
//
//   - AddToken saves a token under a new id, whatever id it has, and returns it. The least id is
//     1, ids grow, and none is given twice. domain.CodeConflict for a key that another token has; however
//     many come at once with one key, one is saved. Two tokens may have the same name.
//   - FindToken returns the token with the key, compared to the bit, also one that is over.
//   - ListTokens returns the tokens whose ids are greater than after, in the order of the ids, at
//     most size of them.
//   - UseToken sets LastUsed, unless it is later already, also of a token that is over.
//   - RevokeToken sets Revoked, unless it is set already, and returns the token as it is then: of however many
//     come at once, one sets it, and all are told when.
//
// UseToken and RevokeToken change nothing else. The zero time is no moment: to them it is earlier than any.
//
// Codes: domain.CodeNotFound from FindToken, UseToken and RevokeToken for a token there is not;
// domain.CodeCanceled and domain.CodeDeadline when ctx ended before the
// call or during it; domain.CodeUnavailable after PersonStore's Close. A call that
// returns an error has changed nothing, but for one whose ctx ends during it: it may have, as a whole.
// Beside an error there is the zero APIToken, and no tokens.
//
// Durability: as PersonStore says of persons.
type TokenStore interface {
	account.TokenStore
}
