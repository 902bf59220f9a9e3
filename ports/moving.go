package ports

import "github.com/seed-bbcc19ba/roster/domain"

// PersonSource is what a store is besides a PersonStore when its persons can be moved
// elsewhere. Suite: storetest, for stores that have it.
//
// Methods:
//   - Page and Seek are those of PersonStore.
//   - LastID returns the greatest id that a person ever had, also one who is deleted;
//     0 where there was none.
//
// Codes: domain.CodeCanceled and domain.CodeDeadline when ctx ended before the call;
// domain.CodeUnavailable after Close.
type PersonSource interface {
	domain.MoveSource
}

// PersonKeeper is what a store is besides a PersonStore when persons can be moved into
// it. Suite: storetest, for stores that have it.
//
// Methods:
//   - Page and Seek are those of PersonStore.
//   - KeepPersons saves persons under their ids, all or none, in whatever order they are.
//     A person who is there with the same name and age is passed over, so that what was
//     kept may be kept again. They are found, listed and counted as if they had been created,
//     and their ids are not given to others. No persons are no error. As many as
//     10,000 are served.
//   - KeepLastID makes sure that Create and CreateBatch give none of the ids up to id. It
//     never takes back what is so already. Persons may have such ids all the same.
//
// Both are safe beside every other call.
//
// Codes: domain.CodeConflict from KeepPersons where another person has the id of one
// (domain.IDTaken); domain.CodeCanceled and domain.CodeDeadline when ctx ended before the call
// or during it; domain.CodeUnavailable after Close. One more that no suite can provoke:
// domain.CodeInvalid from KeepPersons for a person whom the store cannot hold as they are. A
// call that returns an error has changed nothing, but for one whose ctx ends during it: it may
// have, all of it.
type PersonKeeper interface {
	domain.MoveTarget
}
