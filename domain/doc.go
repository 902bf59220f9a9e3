// Package domain is a registry of persons: what a person is, which names and
// ages are allowed, and what can be done with persons.
//
// It imports the standard library only, so importing it costs a module nothing
// else. What it needs from outside it states as small interfaces beside the use
// case that needs them; package ports composes those into the contracts that an
// adapter signs.
//
// # Getting started
//
// A use case is made over what it needs: here a store in memory, and an executor that
// does one call after the other, with room for ten that wait.
//
//	store := memstore.New()
//	registry, err := domain.NewRegistry(store, 100) // persons on a page
//	…
//	draft, err := domain.NewDraft("Ann", 31) // CodeInvalid, with all that is wrong
//	…
//	ann, err := registry.Create(ctx, draft)
//
//	executor, err := localexec.New(domain.CreateHandler(store), localexec.Serial(10))
//	…
//	bulk, err := domain.NewBulkCreate(executor, 10_000) // persons in a bulk
//	…
//	saved, err := bulk.Generate(ctx, 500)
//
// memstore and localexec are adapters of this module, and a program brings others: sqlitestore
// and pgstore keep persons for good, httpclient speaks to a roster elsewhere. Each use case has an
// example for each of its methods.
//
// # Values
//
// [Person], [Draft] and [Patch] have no exported fields: a value that somebody
// holds has passed the rules, but for persons that a store rebuilds with
// [StoredPerson]. [NewDraft] and [NewPatch] are the only ways from outside input to
// such a value. A Draft has no id yet; a Patch has some of the fields, and [Patch.Draft] says
// which are missing. They are compared with ==.
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
// All are safe for concurrent use when what they were made over is.
//
// A list is read by pages ([Registry.List]), which count and can be gone to by number; or by
// walking ([Registry.All], [Registry.After]), which costs the same anywhere and meets nobody twice while others write.
//
// # What is done and how it is run
//
// BulkCreate, Check and Fetch do not know how their work is run. They hand items to an
// [Executor], which cuts them into batches and decides when and where the
// [Handler] it was built with sees each batch, and get one [Outcome] for each item.
// Swapping a thread pool for one sequential worker is therefore a matter of wiring, not
// of domain code:
//
//	localexec.Serial(10)         one call after the other, each saved as a whole
//	localexec.Batched(500, 10)   one batch of 500 after the other
//	localexec.Pooled(4, 10)      four calls at once
//	localexec.PerItem(50, 10)    fifty items at once, whichever call they came with
//
// # Twice, and at the same time
//
// Two mechanisms keep requests from harming one another. A [Claim] on drafts makes them be saved
// once, however often they are sent. A [Condition], such as [Unchanged], makes a change happen only if the person is still as
// somebody has seen them; the store asks at the very moment of the change.
//
// # Errors
//
// Every error has a [Code], told by [CodeOf]. [MessageOf] gives a text that may
// be shown to anyone; the error's own text may say more and is meant for logs. What is wrong with input
// is told all at once, by [ProblemsOf]: a field, a [ProblemCode] and a limit, which adapters turn into their words.
//
// # Beside it
//
// Package account has users, their sessions and the tokens of programs, and package lab shows what executors do; both know nothing of persons.
package domain
