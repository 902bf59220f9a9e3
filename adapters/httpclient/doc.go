// Package httpclient is a roster server as its callers see the use cases: the driving ports over HTTP.
//
// New returns a Client, whose fields are what can be asked for. Each keeps the contract of its port, so what is written
// against ports.PersonRegistry works the same in one process with the domain and far from it:
//
//	client, err := httpclient.New("https://roster.example", httpclient.Config{Token: token})
//	…
//	person, err := client.Registry.Create(ctx, draft)  // ports.PersonRegistry
//	outcomes, err := client.CreateBulk.Create(ctx, drafts) // ports.BulkCreator
//	job, err := client.Jobs.Import(ctx, domain.JobOrder{}, "csv", file) // ports.JobManager
//
// # Errors
//
// Every error is a *domain.Error with the code that the use case gave it, its problems among them, and a message that may be
// shown. What the server said is the *AnswerError beneath, with the id that the request has in the server's log; RetryAfter tells when it
// wants to be asked again, and AnswerError.Doubtful that a call which was refused may have been served by an attempt before. Where there
// is no AnswerError nobody answered, and what was to be saved may be or not. The way between has codes of its own:
//
//   - domain.CodeUnavailable: no connection, no answer within Config.Timeout, an answer that broke off, 429, an earlier attempt that is still being served, or 502 to 504 of whoever stands between.
//   - domain.CodeUpstream: an answer that is not the API's, such as a page of a proxy, or a redirect to somewhere else.
//   - domain.CodeUnauthenticated: the token is missing or does not hold. domain.CodeForbidden: it may read, and not write.
//   - domain.CodeTooLarge: more was asked for than the server takes at once, or than its rate limit ever allows, or the answer is too large.
//   - domain.CodeCanceled and domain.CodeDeadline: ctx has ended. What the server has begun then may be done or not.
//
// # Calls are sent again
//
// What may pass is tried again: three times, after 0.1 s and then twice as long each time, spread by a quarter, or later where Retry-After says so;
// not where ctx would end before, nor where the server wants more than 30 s, and never where it would matter:
//
//   - What creates has an Idempotency-Key, that of its domain.Claim or domain.JobOrder, else one that the client makes (a UUID of version 7). So a lost answer makes nobody twice.
//   - Replace and Patch set fields, and twice is once. Where that would undo somebody else's change between two attempts, use a condition.
//   - Delete is done when nobody is there: see there.
//   - Import is sent again where its text can be read again, an io.Seeker; anything else once.
//   - A stream that has begun is not asked for anew, but for Watch, which goes on where it was.
//
// # Limits
//
// An answer has at most Config.MaxAnswerBytes in memory, and a page or a slice 100,000 persons, jobs or documents, else it is domain.CodeUpstream; uploads, exports, refusals and events are streamed. No call leaves a goroutine
// behind, and connections are used again; Close lets go of those that wait. The token goes to the host of the base URL only: redirects are
// followed within its origin, three at most, and only those that leave the method as it is.
package httpclient
