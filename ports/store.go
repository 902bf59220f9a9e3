package ports

import "github.com/seed-bbcc19ba/roster/domain"

// PersonStore keeps persons. Suite: storetest.
//
// Every method is safe for concurrent use, and each single person is
// linearizable: a call that has returned is seen by every call that starts later.
//
// Ids: the first person that a store ever saves has id 1. Ids grow in the order
// of saving, and an id is never given twice, not even after its person is deleted.
//
// Values: what was saved comes back equal, to the code point. What a store
// returns is the caller's own, and so are the drafts that it is handed; changing
// either later changes nothing in the store.
//
// Methods:
//   - Create saves a draft and returns the person with its new id.
//   - CreateBatch saves all drafts or none, and nobody ever sees a part of them.
//     It returns the persons in the order of the drafts, with growing ids. No
//     drafts are no persons and no error. Batches of 10,000 are served.
//   - Find returns the person with the id.
//   - Page returns one page in the order of the ids, or in the opposite one, and the total, both of one
//     moment during the call, however many write meanwhile and whatever gaps
//     deleted persons left. domain.PageQuery.Window says which persons are on it
//     and which queries are refused.
//   - Seek returns the persons next to a place, after or before it: the nearest,
//     no more than asked for, in the order of the ids in both directions. The place
//     may be anybody's id or nobody's, whatever int64 it is; who has it is not among
//     them. More tells exactly whether there are more in that direction. All of it
//     is of one moment. A walk goes on from the last person that it met, in either
//     direction: who is there during the whole walk is met exactly once, while
//     persons are written, by the walker too. It can be left early, and walked
//     again from the start.
//   - Replace sets name and age, Patch the given fields only; both keep the id
//     and return the person as saved. Patches of different fields at the same
//     time all take effect. The zero Patch changes nothing and returns the person.
//   - Delete removes the person, and nobody else.
//   - DeleteBatch removes, of the persons with the ids, those for whom all conditions
//     hold, all at once, and returns them as they were, in the order of their ids. Ids that
//     nobody has, and an id that comes twice, change nothing. Batches of 1,000 are served.
//   - Replace, Patch, Delete and DeleteBatch ask their conditions about the person as it is at
//     that moment, and nobody changes it between the asking and the change. Where
//     one does not hold, nothing is changed.
//   - Create and CreateBatch remember the claim that drafts carry (domain.ClaimOf)
//     with what they save, both or neither, for domain.ClaimLifetime. A claim that
//     repeats it (Claim.Repeats) saves nobody and is answered the same persons as
//     they were saved, whatever became of them. One that came too late, or follows
//     a call that saved nobody, saves as if it were the first. However many come at once,
//     one of them saves.
//   - Close ends the use of the store: calls under way succeed or answer
//     domain.CodeUnavailable. A second Close does nothing and returns nil.
//
// Codes: domain.CodeNotFound from Find, Replace, Patch and Delete for an id that
// no person has, whatever int64 it is, and from Page for a page that does not
// exist; domain.CodeInvalid from Page and Seek for a size below 1, and from
// Create and CreateBatch for a claim that is on other drafts than these;
// domain.CodePrecondition where a condition does not hold for a person who is
// there; domain.CodeKeyReused for a claim whose key stands for another request;
// domain.CodeCanceled and domain.CodeDeadline when ctx ended before the call or
// during it; domain.CodeUnavailable after Close, and from a write that finds very
// many others waiting. Every call is answered, however many there are at once. A
// call that returns an error has changed nothing, but for one whose ctx ends during
// it: it may have, a batch as a whole. Beside an error nobody is returned: the zero
// Person, no persons, a page or slice of none.
//
// Three codes that no suite can provoke are left to the adapter's own tests:
// domain.CodeUnavailable where the store cannot be reached or written now,
// domain.CodeConflict where a rule that somebody gave the storage refuses a write,
// and domain.CodeInternal for everything else.
//
// Durability: a store that says it is durable (storetest.Harness) keeps persons
// and used ids and claims through Close and a new opening. Without Close too: what it answered
// as saved is there for another opening of the same data from then on, and the ids
// that it gave are not given again.
type PersonStore interface {
	domain.RegistryStore
	domain.BatchCreator
	domain.BatchDeleter
	Close() error
}
