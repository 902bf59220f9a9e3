// Package domain is a registry of persons: what a person is, which names and
// ages are allowed, and what can be done with persons.
//
// It imports the standard library only, so importing it costs a module nothing
// else. What it needs from outside it states as small interfaces beside the use
// case that needs them; package ports composes those into the contracts that an
// adapter signs.
//
// # Values
//
// [Person], [Draft] and [Patch] have no exported fields: a value that somebody
// holds has passed the rules, but for persons that a store rebuilds with
// [StoredPerson]. [NewDraft] and [NewPatch] are the only ways from outside input to
// such a value.
//
// # Use cases
//
//   - [Registry] creates, gets, lists, replaces, patches and deletes persons.
//   - [BulkCreate] saves many persons at once.
//   - [Check] looks one person up through an executor.
//   - [Fetch] gets documents from elsewhere through an executor.
//   - [Browse] searches, sorts and picks persons, for people.
//   - [Survey] looks at all persons at once, in the background.
//   - [Jobs] takes lists of any length, which [JobWork] saves in the background.
//   - [Export] writes persons as a file.
//   - [Move] moves all persons of one store into another.
//
// Package account has users and their sessions, and knows nothing of persons.
//
// # What is done and how it is run
//
// BulkCreate, Check and Fetch do not know how their work is run. They hand items to an
// [Executor], which cuts them into batches and decides when and where the
// [Handler] it was built with sees each batch. Swapping a thread pool for one
// sequential worker is therefore a matter of wiring, not of domain code.
//
// # Errors
//
// Every error has a [Code], told by [CodeOf]. [MessageOf] gives a text that may
// be shown to anyone; the error's own text may say more and is meant for logs.
package domain
