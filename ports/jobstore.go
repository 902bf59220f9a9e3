package ports

import "github.com/seed-bbcc19ba/roster/domain"

// JobStore keeps jobs and their chunks, in the database of the persons whom they
// save. Suite: jobtest.RunStore. Every PersonStore of roster is one too.
//
// Every method is safe for concurrent use, in as many processes as share the data,
// and each single job is linearizable. What was saved comes back equal, a text to the byte, a time
// to the microsecond and in UTC (domain.Job.Stored); the zero Time comes back as it is. What a store returns is the
// caller's own, and so is what it is handed. Where a method says "a change", what
// domain.Job's method answers is saved, all of it in one transaction, or its error is
// returned and nothing is changed. Methods may be called more than once for one change.
//
//   - CreateJob saves a job under its id. domain.CodeConflict for an id that is taken.
//   - AddChunks saves chunks with the change Job.Receive, all of them or none.
//     domain.CodeConflict for a number that the job has.
//   - SubmitJob makes the change Job.Submit and remembers the claim with the job. A claim
//     that repeats that of an earlier job (Claim.Repeats), which is remembered as long as the
//     job, is answered that job as it is now, and this one is removed. Where the key stands for
//     another request, the error is domain.CodeKeyReused and this one is removed too.
//     However many come at once, one of them is submitted.
//   - DropJob removes a job that receives, with its chunks. Where there is none, or it does not
//     receive any more, it does nothing.
//   - FindJob returns the job with the id.
//   - ListJobs returns the jobs whose ids are less than before, all for "", the greatest
//     id first, at most size of them.
//   - AwaitJob returns the job as soon as it is another than seen, at most half a second
//     late, also where another process changed it. It waits until ctx ends, the job is removed or the store is closed,
//     which are errors. It costs little to wait.
//   - ChangeJob makes the change of its argument, and returns the job that it made.
//   - FindChunk returns a chunk that has not ended of a job that is not over.
//     domain.CodeNotFound for any other.
//   - EndChunks makes the change Job.End, saves the drafts of the ends as persons, in the order in
//     which they are handed over, and their refusals, and marks the chunks as ended: all of it
//     or nothing, and nobody sees a part. domain.CodeConflict where a chunk of them has ended or
//     does not exist, and where a rule that somebody gave the storage refuses a person: the chunks
//     have not ended then, and no suite can provoke it. A refusal that comes twice is kept once.
//     10,000 drafts a chunk and domain.MaxAtomicRows in all are served.
//   - Refusals returns the refusals of the job behind one (domain.Refusal.Compare), in that
//     order, at most size of them. All of them are behind the zero Refusal.
//   - OpenJobs returns jobs that are queued or running, those first that have not changed for
//     longest, at most size of them.
//   - OpenChunks returns the least numbers of chunks that have not ended, in their order, at
//     most size of them; none of a job that is over or unknown.
//   - TidyJobs removes jobs that receive and have not changed for domain.ReceivingLifetime,
//     those that have been over for domain.JobLifetime, with all that is theirs, and
//     the chunks of others that are over. It may leave some of it to the next call, which
//     comes soon, and blocks nobody for long.
//
// Codes: domain.CodeNotFound from every method that takes an id, but for DropJob and OpenChunks, for a
// job that there is not; domain.CodeCanceled and domain.CodeDeadline when ctx ended before the
// call or during it; domain.CodeUnavailable after PersonStore's Close. A call that
// returns an error has changed nothing, but for one whose ctx ends during it: it may have, as a whole;
// and for SubmitJob with domain.CodeKeyReused.
//
// Durability: as PersonStore says of persons.
type JobStore interface {
	domain.JobStore
	domain.ChunkStore
}
