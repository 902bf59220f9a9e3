package domain

import (
	"fmt"
	"math"
	"time"
)

const (
	// MaxJobRows is how many rows a job has at most.
	MaxJobRows = 100_000_000
	// MaxAtomicRows is how many rows a job has at most that is all or nothing: they
	// are one transaction.
	MaxAtomicRows = 100_000
	// MaxJobRefusals is how many rows of a job may be refused; one more, and the job
	// fails. It is checked when a chunk has ended.
	MaxJobRefusals = 1_000_000
	// MaxOpenJobs is how many jobs may wait or be worked off at once: what they hold lies in
	// the database. Those that come at the same moment may be a few more.
	MaxOpenJobs = 1000
	// ChunkRows is how many rows a chunk of a job has at most.
	ChunkRows = 10_000
	// JobLifetime is how long a job that is over is remembered.
	JobLifetime = 30 * 24 * time.Hour
	// ReceivingLifetime is after what time a job is forgotten whose rows come no
	// further: who sent them has gone.
	ReceivingLifetime = 10 * time.Minute
)

// JobID tells jobs apart. It is a UUID of version 7 as text, in lower case, so that
// jobs in the order of their ids are in the order of their making.
type JobID string

// JobKind says what the rows of a job are.
type JobKind string

const (
	// JobGenerate makes up persons: see GeneratedDraft.
	JobGenerate JobKind = "generate"
	// JobImport saves the persons of a text.
	JobImport JobKind = "import"
)

// JobState says how far a job is.
type JobState string

const (
	// JobReceiving means that the job's rows are still coming; nobody works on it.
	JobReceiving JobState = "receiving"
	// JobQueued means that the job has all its rows and waits for a worker.
	JobQueued JobState = "queued"
	// JobRunning means that a worker has begun.
	JobRunning JobState = "running"
	// JobDone means that every row was saved or refused.
	JobDone JobState = "done"
	// JobFailed means that the job ended early; Job.Reason says why.
	JobFailed JobState = "failed"
	// JobCanceled means that somebody ended the job.
	JobCanceled JobState = "canceled"
)

// JobStates returns every state, for tables that must cover them all.
func JobStates() []JobState {
	return []JobState{JobReceiving, JobQueued, JobRunning, JobDone, JobFailed, JobCanceled}
}

// Job is work on a list too long for one call, as it was at one moment. It is cut
// into chunks; a chunk's persons, its counts and its end are saved together, so
// the counts are always true, whatever becomes of who works on it.
//
// A job changes by the methods that return another one, which are its rules: stores
// call them within a transaction. Each takes the time of the change.
type Job struct {
	ID     JobID
	Kind   JobKind
	State  JobState
	Format string // of an import: the name of its RowFormat
	DryRun bool   // rows are checked, and nobody is saved
	Atomic bool   // all rows are saved together, or none

	// Total is how many rows there are, so far while they are received. Done is how many
	// of them were saved, or would have been in a dry run; Rejected is how many were refused.
	Total, Done, Rejected int64
	// Chunks is how many chunks there are, numbered from 0, and Left how many of them
	// have not ended.
	Chunks, Left int

	Created time.Time
	Changed time.Time // the last change of any kind
	Started time.Time // when the first chunk began; zero before that
	Ended   time.Time // when it was over; zero before that
	Reason  string    // of JobFailed: why, for anyone to read

	Origin Origin // who gave it, and by which way; its Job is empty
}

// NewJob returns a job that receives its rows.
func NewJob(id JobID, kind JobKind, now time.Time) Job {
	return Job{ID: id, Kind: kind, State: JobReceiving, Created: now, Changed: now}
}

// IsOver tells whether the job has ended, however it did.
func (j Job) IsOver() bool {
	return j.State == JobDone || j.State == JobFailed || j.State == JobCanceled
}

// Stored returns the job as stores keep it and answer it: its times are in UTC and whole
// microseconds. Two jobs that are equal then are the same.
func (j Job) Stored() Job {
	for _, moment := range []*time.Time{&j.Created, &j.Changed, &j.Started, &j.Ended} {
		*moment = moment.UTC().Truncate(time.Microsecond)
	}
	return j
}

// Rate returns how many rows a second were dealt with between the job's start and
// its end, or now where it is not over; 0 before the start.
func (j Job) Rate(now time.Time) float64 {
	if j.Started.IsZero() {
		return 0
	}
	if j.IsOver() {
		now = j.Ended
	}
	seconds := now.Sub(j.Started).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(j.Done+j.Rejected) / seconds
}

// Remaining returns how long the job will go on at its rate so far, and false while
// that cannot be told or when it is over.
func (j Job) Remaining(now time.Time) (time.Duration, bool) {
	rate := j.Rate(now)
	if rate == 0 || j.State != JobRunning {
		return 0, false
	}
	left := float64(j.Total-j.Done-j.Rejected) / rate * float64(time.Second)
	if left >= math.MaxInt64 { // a time.Duration ends after 292 years
		return 0, false
	}
	return time.Duration(left), true
}

// Receive returns the job with more chunks. The error is CodeConflict unless the job
// is receiving, and CodeTooLarge where it would have more rows than a job may have.
func (j Job) Receive(chunks []Chunk, now time.Time) (Job, error) {
	if j.State != JobReceiving {
		return Job{}, j.conflict("takes no more rows")
	}
	for _, chunk := range chunks {
		j.Total += int64(chunk.Rows)
	}
	j.Chunks += len(chunks)
	j.Left = j.Chunks
	j.Changed = now
	return j, j.checkSize()
}

func (j Job) checkSize() error {
	switch {
	case j.Total > MaxJobRows:
		return &Error{Code: CodeTooLarge, Message: fmt.Sprintf("a job has at most %d rows", MaxJobRows)}
	case j.Atomic && j.Total > MaxAtomicRows:
		return &Error{Code: CodeTooLarge, Message: fmt.Sprintf("a job that is all or nothing has at most %d rows", MaxAtomicRows)}
	default:
		return nil
	}
}

// Submit returns the job when it has all its rows. The error is CodeConflict unless
// it is receiving.
func (j Job) Submit(now time.Time) (Job, error) {
	if j.State != JobReceiving {
		return Job{}, j.conflict("was submitted before")
	}
	j.State, j.Changed = JobQueued, now
	return j, nil
}

// Begin returns the job when a worker begins. The error is CodeConflict where it
// receives its rows or is over; one that runs stays as it is.
func (j Job) Begin(now time.Time) (Job, error) {
	switch j.State {
	case JobRunning:
		return j, nil
	case JobQueued:
		j.State, j.Started, j.Changed = JobRunning, now, now
		return j, nil
	default:
		return Job{}, j.conflict("cannot begin")
	}
}

// End returns the job when chunks of it have ended. With the last one it is done. The error
// is CodeConflict unless it runs.
func (j Job) End(ends []ChunkEnd, now time.Time) (Job, error) {
	if j.State != JobRunning {
		return Job{}, j.conflict("has no chunk under way")
	}
	refused := false
	for _, end := range ends {
		j.Done += int64(end.Accepted())
		j.Rejected += int64(end.Rejected)
		refused = refused || end.Rejected > 0
	}
	j.Left -= len(ends)
	j.Changed = now
	switch {
	case j.Atomic && refused:
		j.Done = 0
		return j.Fail(fmt.Sprintf("%d of %d rows were refused, so nobody was saved", j.Rejected, j.Total), now)
	case j.Rejected > MaxJobRefusals:
		return j.Fail(fmt.Sprintf("more than %d rows were refused", MaxJobRefusals), now)
	case j.Left == 0:
		j.State, j.Ended = JobDone, now
	}
	return j, nil
}

// Fail returns the job when it cannot go on. The error is CodeConflict where it is
// over.
func (j Job) Fail(reason string, now time.Time) (Job, error) {
	return j.stop(JobFailed, reason, now)
}

// Cancel returns the job when somebody ends it. The error is CodeConflict where it is
// done or has failed; one that was canceled stays as it is.
func (j Job) Cancel(now time.Time) (Job, error) {
	if j.State == JobCanceled {
		return j, nil
	}
	return j.stop(JobCanceled, "", now)
}

func (j Job) stop(state JobState, reason string, now time.Time) (Job, error) {
	if j.IsOver() {
		return Job{}, j.conflict("is over")
	}
	j.State, j.Reason, j.Ended, j.Changed = state, reason, now, now
	return j, nil
}

func (j Job) conflict(what string) error {
	return &Error{Code: CodeConflict, Message: fmt.Sprintf("job %s %s: it is %s", j.ID, what, j.State)}
}

// NoJob returns the error that every store answers for a job it does not have.
func NoJob(id JobID) error {
	return &Error{Code: CodeNotFound, Message: fmt.Sprintf("there is no job %s", id)}
}

// NoChunk returns the error that every store answers for a chunk that its job does not
// have, or not any more.
func NoChunk(id JobID, number int) error {
	return &Error{Code: CodeNotFound, Message: fmt.Sprintf("job %s has no chunk %d that is left", id, number)}
}
