package ports

import "github.com/seed-bbcc19ba/roster/domain/account"

// AccountStore keeps users and their sessions. Suite: accounttest. Every PersonStore of roster
// is one too, in the same database; users lie in the table auth_user that Django makes.
//
// Every method is safe for concurrent use, in as many processes as share the data, and what a call
// that has returned changed is seen by every call that starts later. What was saved comes back equal, within the
// lengths of Django's columns (a name of 150 code points, an address of 254, a hash of 128), a
// time to the microsecond and in UTC; the zero LastLogin comes back as it is.
//
//   - AddUser saves a user under a new id, whatever id it has, and returns it. The least id is
//     1, ids grow, and none is given twice. domain.CodeConflict for a name that another user has, compared
//     to the code point; however many come at once with one name, one is saved.
//   - FindUser and FindUserByName return the user with the id, or with the name, compared to
//     the code point. A name may be any text, also one that no user could have.
//   - ListUsers returns the users whose ids are greater than after, in the order of the ids, at
//     most size of them.
//   - SetPassword gives the user the hash to in the place of from, and removes all sessions of the user, both
//     or neither. domain.CodePrecondition where the user has another hash than from; where from is "", it
//     is no matter which one. Of however many come at once with one from, one is made.
//   - SetActive makes the user active, which leaves sessions alone, or not active, and then removes all sessions of
//     the user, both or neither.
//   - BeginSession saves a session and sets the user's LastLogin to its Began, both or
//     neither. domain.CodePrecondition where, at that very moment, the user is not active, or the Fingerprint of the user's
//     hash is not the session's Password: no session outlasts a SetPassword, or a SetActive that disables, which came
//     while the password was checked. domain.CodeConflict for a key that another session has.
//   - FindSession returns the session with the key, and its user, both of one moment.
//     domain.CodeNotFound where there is no such session. It is no matter here whether its time is over.
//   - TouchSession sets Seen, unless it is later already. domain.CodeNotFound where there is no such session.
//   - EndSession removes the session. Where there is none, it does nothing.
//   - TidySessions removes the sessions that are over at the moment now (account.Session.IsOver), those of users whom
//     another program has deleted, and no others.
//
// Another program may delete users in a database that it shares. The session of a user who is gone is none: FindSession
// answers domain.CodeNotFound.
//
// Codes: domain.CodeNotFound from FindUser, FindUserByName, SetPassword, SetActive and BeginSession
// for a user there is not; domain.CodeCanceled and domain.CodeDeadline when ctx ended before the
// call or during it; domain.CodeUnavailable after PersonStore's Close. A call that
// returns an error has changed nothing, but for one whose ctx ends during it: it may have, as a whole.
// Beside an error there is the zero User, no users, and the zero Session.
//
// Durability: as PersonStore says of persons.
type AccountStore interface {
	account.Store
}
