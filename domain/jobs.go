package domain

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"
)

// JobStore is what Jobs needs of a store.
type JobStore interface {
	// CreateJob saves a new job.
	CreateJob(ctx context.Context, job Job) error
	// AddChunks saves chunks of a job that receives them (Job.Receive).
	AddChunks(ctx context.Context, id JobID, chunks []Chunk, now time.Time) error
	// SubmitJob ends the receiving (Job.Submit), once where there is a claim.
	SubmitJob(ctx context.Context, id JobID, claim *Claim, now time.Time) (Job, error)
	// DropJob removes a job that receives, and does nothing where there is none.
	DropJob(ctx context.Context, id JobID) error
	// FindJob finds one job.
	FindJob(ctx context.Context, id JobID) (Job, error)
	// ListJobs reads jobs, the latest first.
	ListJobs(ctx context.Context, before JobID, size int) ([]Job, error)
	// OpenJobs returns submitted jobs that are not over, those that changed last at the end.
	OpenJobs(ctx context.Context, size int) ([]Job, error)
	// AwaitJob waits until a job has changed.
	AwaitJob(ctx context.Context, seen Job) (Job, error)
	// ChangeJob changes a job as change says.
	ChangeJob(ctx context.Context, id JobID, change func(Job) (Job, error)) (Job, error)
	// Refusals reads what was refused, behind another refusal.
	Refusals(ctx context.Context, id JobID, after Refusal, size int) ([]Refusal, error)
}

// TaskQueue hands tasks to workers.
type TaskQueue interface {
	Enqueue(ctx context.Context, tasks []JobTask) error
}

// Jobs is the use case of lists too long for one call: who gives them to be worked
// off sees how far they are, and may end them. It is safe for concurrent use.
type Jobs struct {
	store  JobStore
	queue  TaskQueue
	config JobsConfig
}

// JobsConfig is what Jobs and JobWork share.
type JobsConfig struct {
	// Formats are the formats of imports by name. Without any there are no imports.
	Formats map[string]RowFormat
	// NewID makes the ids of jobs. It is required by Jobs.
	NewID func() (JobID, error)
	// Now tells the time; nil is time.Now.
	Now func() time.Time
}

func (c *JobsConfig) setDefaults() {
	if c.Now == nil {
		c.Now = time.Now
	}
}

// NewJobs returns the use case. The error is CodeInvalid without config.NewID.
func NewJobs(store JobStore, queue TaskQueue, config JobsConfig) (*Jobs, error) {
	if config.NewID == nil {
		return nil, &Error{Code: CodeInvalid, Message: "nobody makes ids for jobs"}
	}
	config.setDefaults()
	return &Jobs{store: store, queue: queue, config: config}, nil
}

// JobOrder says how a job is to be done. The zero JobOrder saves whatever it can.
type JobOrder struct {
	// DryRun checks all rows and saves nobody.
	DryRun bool
	// Atomic saves all rows or, where one is refused, none. It is for up to
	// MaxAtomicRows.
	Atomic bool
	// Key makes the order take effect once, as a Claim's key does: the same order with
	// the same rows gets the same job again. "" is no key.
	Key string
}

// claim returns the claim of an order for rows that what tells from others, or nil.
func (o JobOrder) claim(what string, now time.Time) (*Claim, error) {
	if o.Key == "" {
		return nil, nil //nolint:nilnil // no key is no claim
	}
	claim, err := NewClaim(o.Key, fmt.Appendf(nil, "job %s dry=%t atomic=%t", what, o.DryRun, o.Atomic), now)
	if err != nil {
		return nil, err
	}
	return &claim, nil
}

// CheckCount returns the error that Jobs.Generate has for a count of persons, without
// making a job: nil where there is none.
func (o JobOrder) CheckCount(count int64) error {
	most := int64(MaxJobRows)
	if o.Atomic {
		most = MaxAtomicRows
	}
	switch {
	case count < 1:
		return invalid([]Problem{{Field: FieldCount, Code: ProblemTooSmall, Limit: 1}})
	case count > most:
		return invalid([]Problem{{Field: FieldCount, Code: ProblemTooBig, Limit: most}})
	default:
		return nil
	}
}

// Generate gives the made-up persons of the numbers 0 to count-1 (see
// GeneratedDraft) to be saved. The error is CodeInvalid, with a Problem of
// FieldCount, for a count that is no number of rows of a job, and CodeKeyReused
// for a key that stands for another order.
func (j *Jobs) Generate(ctx context.Context, order JobOrder, count int64) (Job, error) {
	if err := order.CheckCount(count); err != nil {
		return Job{}, err
	}
	claim, err := order.claim("generate "+strconv.FormatInt(count, 10), j.config.Now())
	if err != nil {
		return Job{}, err
	}
	job, err := j.receive(ctx, order, JobGenerate, "", generatedChunks(count))
	if err != nil {
		return Job{}, err
	}
	return j.submit(ctx, job.ID, claim)
}

// generatedChunks cuts the numbers from 0 to count-1.
func generatedChunks(count int64) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		for chunk := (Chunk{}); chunk.First < count; chunk.Number++ {
			chunk.Rows = int(min(ChunkRows, count-chunk.First))
			if !yield(chunk, nil) {
				return
			}
			chunk.First += ChunkRows
		}
	}
}

// Import gives the persons of a text to be saved. It reads all of r, keeps one chunk of
// it in memory, and returns when the job is submitted. When that fails the job is
// removed. The error is CodeInvalid for a format that there is not and for a text that
// cannot be read or has no rows, CodeTooLarge for one with too many, CodeConflict where the job was
// canceled meanwhile, or forgotten because no rows came for ReceivingLifetime, CodeKeyReused
// for a key that stands for another order, or r's own.
func (j *Jobs) Import(ctx context.Context, order JobOrder, format string, r io.Reader) (Job, error) {
	rows, known := j.config.Formats[format]
	if !known {
		return Job{}, &Error{Code: CodeInvalid, Message: fmt.Sprintf("there is no format %q", format)}
	}
	if _, err := order.claim("", j.config.Now()); err != nil { // before all is read
		return Job{}, err
	}
	hash := sha256.New()
	job, err := j.receive(ctx, order, JobImport, format, rows.Split(io.TeeReader(r, hash)))
	if err != nil {
		return Job{}, err
	}
	claim, err := order.claim(fmt.Sprintf("import %s %x", format, hash.Sum(nil)), j.config.Now())
	if err != nil {
		return Job{}, err
	}
	return j.submit(ctx, job.ID, claim)
}

// checkRoom refuses one more job where as many as there may be are not over.
func (j *Jobs) checkRoom(ctx context.Context) error {
	open, err := j.store.OpenJobs(ctx, MaxOpenJobs)
	if err != nil || len(open) < MaxOpenJobs {
		return err
	}
	return &Error{Code: CodeUnavailable, Message: fmt.Sprintf("%d jobs wait or are being worked off", MaxOpenJobs)}
}

// receive saves a job and its chunks. What it leaves when it fails it removes.
func (j *Jobs) receive(ctx context.Context, order JobOrder, kind JobKind, format string, chunks iter.Seq2[Chunk, error]) (job Job, err error) {
	if err := j.checkRoom(ctx); err != nil {
		return Job{}, err
	}
	id, err := j.config.NewID()
	if err != nil {
		return Job{}, err
	}
	job = NewJob(id, kind, j.config.Now())
	job.Origin = OriginOf(ctx)
	job.Origin.Job = ""
	job.Format, job.DryRun, job.Atomic = format, order.DryRun, order.Atomic
	if err := j.store.CreateJob(ctx, job); err != nil {
		return Job{}, err
	}
	defer func() {
		if err != nil {
			// Who cannot be told is forgotten after ReceivingLifetime.
			_ = j.store.DropJob(context.WithoutCancel(ctx), id)
		}
	}()
	batch := chunkBatch{add: func(chunks []Chunk) error {
		return unlessForgotten(j.store.AddChunks(ctx, id, chunks, j.config.Now()))
	}}
	for chunk, err := range chunks {
		if err != nil {
			return Job{}, err
		}
		if err := batch.take(chunk); err != nil {
			return Job{}, err
		}
	}
	if batch.none() {
		return Job{}, &Error{Code: CodeInvalid, Message: "there are no rows"}
	}
	return job, batch.flush()
}

// chunkBatch saves small chunks together: those of an import hold text, and come alone.
type chunkBatch struct {
	add    func([]Chunk) error
	chunks []Chunk
	rows   int
}

const chunksTogether = 1000

func (b *chunkBatch) take(chunk Chunk) error {
	b.rows += chunk.Rows
	b.chunks = append(b.chunks, chunk)
	if chunk.Text == nil && len(b.chunks) < chunksTogether {
		return nil
	}
	return b.flush()
}

func (b *chunkBatch) flush() error {
	if len(b.chunks) == 0 {
		return nil
	}
	err := b.add(b.chunks)
	b.chunks = nil
	return err
}

func (b *chunkBatch) none() bool { return b.rows == 0 }

func (j *Jobs) submit(ctx context.Context, id JobID, claim *Claim) (Job, error) {
	job, err := j.store.SubmitJob(ctx, id, claim, j.config.Now())
	if err != nil {
		err = unlessForgotten(err)
		_ = j.store.DropJob(context.WithoutCancel(ctx), id)
		return Job{}, err
	}
	// The job is safe. What is not enqueued now JobWork.Tend finds, some seconds later.
	_ = j.queue.Enqueue(ctx, firstTasks(job))
	return job, nil
}

// unlessForgotten returns the error of a job that receives, or why it is not there any more.
func unlessForgotten(err error) error {
	if CodeOf(err) != CodeNotFound {
		return err
	}
	return &Error{Code: CodeConflict, Message: fmt.Sprintf("the rows came too slowly: none for %.0f minutes", ReceivingLifetime.Minutes()), Cause: err}
}

// Find returns a job as it is, or CodeNotFound.
func (j *Jobs) Find(ctx context.Context, id JobID) (Job, error) {
	return j.store.FindJob(ctx, id)
}

// List returns the jobs before one, anybody's or nobody's, the latest first, at most
// size of them. "" asks for the latest of all. The error is CodeInvalid for a size below 1.
func (j *Jobs) List(ctx context.Context, before JobID, size int) ([]Job, error) {
	if size < 1 {
		return nil, &Error{Code: CodeInvalid, Message: "a list holds at least one job"}
	}
	return j.store.ListJobs(ctx, before, size)
}

// Cancel ends a job and returns it with the counts that stay: no chunk is saved from
// then on, by whichever process. One that was canceled stays so. The error is CodeConflict where it is done
// or has failed, or CodeNotFound.
func (j *Jobs) Cancel(ctx context.Context, id JobID) (Job, error) {
	return j.store.ChangeJob(ctx, id, func(job Job) (Job, error) { return job.Cancel(j.config.Now()) })
}

// Watch yields a job as it is, and then whenever it has changed, until it is over.
// Changes that follow each other quickly may be seen as one. An error is the last
// thing that it yields: CodeNotFound, or what ctx says when it ends.
func (j *Jobs) Watch(ctx context.Context, id JobID) iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		job, err := j.store.FindJob(ctx, id)
		for err == nil && yield(job, nil) && !job.IsOver() {
			job, err = j.store.AwaitJob(ctx, job)
		}
		if err != nil {
			yield(Job{}, err)
		}
	}
}

// refusalsTogether is how many refusals are read at a time.
const refusalsTogether = 1000

// Refusals walks through what is wrong with the rows that a job has refused so far, in the order of their
// lines. It reads 1,000 at a time. An error is the last thing that it yields:
// CodeNotFound where there is no such job, or what ctx says when it ends.
func (j *Jobs) Refusals(ctx context.Context, id JobID) iter.Seq2[Refusal, error] {
	return func(yield func(Refusal, error) bool) {
		if _, err := j.store.FindJob(ctx, id); err != nil {
			yield(Refusal{}, err)
			return
		}
		var last Refusal
		for {
			refusals, err := j.store.Refusals(ctx, id, last, refusalsTogether)
			if err != nil {
				yield(Refusal{}, err)
				return
			}
			for _, refusal := range refusals {
				if !yield(refusal, nil) {
					return
				}
				last = refusal
			}
			if len(refusals) < refusalsTogether {
				return
			}
		}
	}
}
