package jobtest_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of receiving, submitting, finding and awaiting jobs.

// changeFound answers jobs that are not as they were saved.
func changeFound(change func(*domain.Job)) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.FindJobFunc = func(ctx context.Context, id domain.JobID) (domain.Job, error) {
			job, err := store.FindJob(ctx, id)
			change(&job)
			return job, err
		}
	}
}

func loseDryRun(job *domain.Job) { job.DryRun = false }

func loseOrigin(job *domain.Job) { job.Origin = domain.Origin{} }

func trimReason(job *domain.Job) { job.Reason = strings.TrimRight(job.Reason, "\"") }

func cutTimes(job *domain.Job) { job.Changed = job.Changed.Truncate(time.Second) }

func localTimes(job *domain.Job) { job.Changed = job.Changed.In(time.FixedZone("local", 3600)) }

func zeroTimesAre1970(job *domain.Job) {
	if job.Started.IsZero() {
		job.Started = time.Unix(0, 0).UTC()
	}
}

// changeAdded saves chunks that are not as they were handed over.
func changeAdded(change func(*domain.Chunk)) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.AddChunksFunc = func(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
			chunks = slices.Clone(chunks)
			for i := range chunks {
				change(&chunks[i])
			}
			return store.AddChunks(ctx, id, chunks, now)
		}
	}
}

func cutText(chunk *domain.Chunk) { chunk.Text, _, _ = bytes.Cut(chunk.Text, []byte{0}) }

func repairText(chunk *domain.Chunk) { chunk.Text = bytes.ToValidUTF8(chunk.Text, []byte("?")) }

func emptyText(chunk *domain.Chunk) {
	if chunk.Text == nil {
		chunk.Text = []byte{}
	}
}

func shortFirst(chunk *domain.Chunk) { chunk.First = int64(int32(chunk.First)) } //nolint:gosec // the fault

// keepText keeps texts as they were handed over, and hands out what it keeps.
func keepText(mock *portmock.JobStoreMock, store *memstore.Store) {
	var texts sync.Map
	mock.AddChunksFunc = func(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
		for _, chunk := range chunks {
			texts.Store(chunk.Number, chunk.Text)
		}
		return store.AddChunks(ctx, id, chunks, now)
	}
	mock.FindChunkFunc = func(ctx context.Context, id domain.JobID, number int) (domain.Chunk, error) {
		chunk, err := store.FindChunk(ctx, id, number)
		if text, known := texts.Load(number); known {
			chunk.Text, _ = text.([]byte)
		}
		return chunk, err
	}
}

// keepChunks finds a chunk once, and remembers it.
func keepChunks(mock *portmock.JobStoreMock, store *memstore.Store) {
	var found sync.Map
	mock.FindChunkFunc = func(ctx context.Context, id domain.JobID, number int) (domain.Chunk, error) {
		if chunk, known := found.Load(number); known {
			return chunk.(domain.Chunk), nil
		}
		chunk, err := store.FindChunk(ctx, id, number)
		if err == nil {
			found.Store(number, chunk)
		}
		return chunk, err
	}
}

// swallowCreate answers every job as saved.
func swallowCreate(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.CreateJobFunc = func(ctx context.Context, job domain.Job) error {
		_ = store.CreateJob(ctx, job)
		return nil
	}
}

func swallowAdd(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.AddChunksFunc = func(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
		_ = store.AddChunks(ctx, id, chunks, now)
		return nil
	}
}

func addAThousand(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.AddChunksFunc = func(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
		return store.AddChunks(ctx, id, chunks[:min(len(chunks), 999)], now)
	}
}

func addOneByOne(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.AddChunksFunc = func(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
		for i := range chunks {
			if err := store.AddChunks(ctx, id, chunks[i:i+1], now); err != nil {
				return err
			}
		}
		return nil
	}
}

func addMostly(mock *portmock.JobStoreMock, store *memstore.Store) {
	var calls atomic.Int32
	mock.AddChunksFunc = func(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
		if calls.Add(1)%10 == 0 {
			return nil
		}
		return store.AddChunks(ctx, id, chunks, now)
	}
}

// changeClaim submits with another claim, or none.
func changeClaim(change func(domain.Claim) *domain.Claim) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.SubmitJobFunc = func(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
			if claim != nil {
				claim = change(*claim)
			}
			return store.SubmitJob(ctx, id, claim, now)
		}
	}
}

func noClaim(domain.Claim) *domain.Claim { return nil }

func sameTime(claim domain.Claim) *domain.Claim {
	claim = domain.StoredClaim(claim.Key(), claim.Request(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	return &claim
}

func trimKey(claim domain.Claim) *domain.Claim {
	claim = domain.StoredClaim(strings.TrimSpace(claim.Key()), claim.Request(), claim.Made())
	return &claim
}

func foldKey(claim domain.Claim) *domain.Claim {
	claim = domain.StoredClaim(strings.ToLower(claim.Key()), claim.Request(), claim.Made())
	return &claim
}

func submitAgain(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.SubmitJobFunc = func(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
		job, err := store.SubmitJob(ctx, id, claim, now)
		if domain.CodeOf(err) == domain.CodeConflict {
			return store.FindJob(ctx, id)
		}
		return job, err
	}
}

// answerOnce answers a claim with the job as it was when it was submitted.
func answerOnce(mock *portmock.JobStoreMock, store *memstore.Store) {
	var answers sync.Map
	mock.SubmitJobFunc = func(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
		job, err := store.SubmitJob(ctx, id, claim, now)
		if err == nil && claim != nil {
			first, _ := answers.LoadOrStore(claim.Key(), job)
			return first.(domain.Job), nil
		}
		return job, err
	}
}

// leaveRefused keeps a job whose claim is refused.
func leaveRefused(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.SubmitJobFunc = func(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
		before, _ := store.FindJob(ctx, id)
		job, err := store.SubmitJob(ctx, id, claim, now)
		if domain.CodeOf(err) == domain.CodeKeyReused {
			_ = store.CreateJob(ctx, before)
		}
		return job, err
	}
}

// looseClaims lets others in between the looking for a claim and the submitting.
func looseClaims(mock *portmock.JobStoreMock, store *memstore.Store) {
	var known sync.Map
	mock.SubmitJobFunc = func(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
		if claim == nil {
			return store.SubmitJob(ctx, id, nil, now)
		}
		if first, found := known.Load(claim.Key()); found {
			_ = store.DropJob(ctx, id)
			return store.FindJob(ctx, first.(domain.JobID))
		}
		time.Sleep(time.Millisecond)
		known.Store(claim.Key(), id)
		return store.SubmitJob(ctx, id, nil, now)
	}
}

func dropNothing(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.DropJobFunc = func(ctx context.Context, id domain.JobID) error {
		_, err := store.FindJob(ctx, id)
		return err
	}
}

// dropAnything removes jobs in any state.
func dropAnything(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.DropJobFunc = func(ctx context.Context, id domain.JobID) error {
		_, _ = store.ChangeJob(ctx, id, func(job domain.Job) (domain.Job, error) {
			job.State = domain.JobReceiving
			return job, nil
		})
		return store.DropJob(ctx, id)
	}
}

// changeList answers another list.
func changeList(change func([]domain.Job) []domain.Job) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.ListJobsFunc = func(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
			jobs, err := store.ListJobs(ctx, before, size)
			return change(jobs), err
		}
	}
}

func leastFirst(jobs []domain.Job) []domain.Job {
	slices.Reverse(jobs)
	return jobs
}

func withoutReceiving(jobs []domain.Job) []domain.Job {
	return slices.DeleteFunc(jobs, func(job domain.Job) bool { return job.State == domain.JobReceiving })
}

func listPlaceToo(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.ListJobsFunc = func(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
		if before != "" {
			before += "~"
		}
		return store.ListJobs(ctx, before, size)
	}
}

func listIgnoresContext(mock *portmock.JobStoreMock, store *memstore.Store) {
	mock.ListJobsFunc = func(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
		return store.ListJobs(context.WithoutCancel(ctx), before, size)
	}
}

// await plants another way to await a job.
func await(how func(ctx context.Context, store *memstore.Store, seen domain.Job) (domain.Job, error)) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.AwaitJobFunc = func(ctx context.Context, seen domain.Job) (domain.Job, error) { return how(ctx, store, seen) }
	}
}

func awaitTheNext(ctx context.Context, store *memstore.Store, seen domain.Job) (domain.Job, error) {
	now, err := store.FindJob(ctx, seen.ID)
	if err != nil {
		return domain.Job{}, err
	}
	return store.AwaitJob(ctx, now)
}

func lookOnce(ctx context.Context, store *memstore.Store, seen domain.Job) (domain.Job, error) {
	now, err := store.FindJob(ctx, seen.ID)
	if err != nil || now != seen {
		return now, err
	}
	<-ctx.Done()
	return domain.Job{}, domain.ContextError(ctx)
}

func lookLate(ctx context.Context, store *memstore.Store, seen domain.Job) (domain.Job, error) {
	now, err := store.FindJob(ctx, seen.ID)
	if err != nil || now != seen {
		return now, err
	}
	<-ctx.Done()
	if now, err = store.FindJob(context.WithoutCancel(ctx), seen.ID); err == nil && now == seen {
		err = domain.ContextError(ctx)
	}
	return now, err
}

func answerAtOnce(ctx context.Context, store *memstore.Store, seen domain.Job) (domain.Job, error) {
	return store.FindJob(ctx, seen.ID)
}

// compareAll takes times that differ by less than a microsecond for a change.
func compareAll(ctx context.Context, store *memstore.Store, seen domain.Job) (domain.Job, error) {
	now, err := store.FindJob(ctx, seen.ID)
	if err != nil || now != seen {
		return now, err
	}
	return store.AwaitJob(ctx, seen)
}

// awaitOn waits on where there is nothing to wait for.
func awaitOn(code domain.Code) plant {
	return await(func(ctx context.Context, store *memstore.Store, seen domain.Job) (domain.Job, error) {
		job, err := store.AwaitJob(ctx, seen)
		if domain.CodeOf(err) == code {
			<-ctx.Done()
			return domain.Job{}, domain.ContextError(ctx)
		}
		return job, err
	})
}

// changing plants another way to change a job.
func changing(how func(ctx context.Context, store *memstore.Store, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error)) plant {
	return func(mock *portmock.JobStoreMock, store *memstore.Store) {
		mock.ChangeJobFunc = func(ctx context.Context, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
			return how(ctx, store, id, change)
		}
	}
}

func saveNoReason(ctx context.Context, store *memstore.Store, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	return store.ChangeJob(ctx, id, func(job domain.Job) (domain.Job, error) {
		job, err := change(job)
		job.Reason = ""
		return job, err
	})
}

func saveFailed(ctx context.Context, store *memstore.Store, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	var failed error
	job, err := store.ChangeJob(ctx, id, func(job domain.Job) (domain.Job, error) {
		job, failed = change(job)
		return job, nil
	})
	if err == nil {
		err = failed
	}
	return job, err
}

func hideReason(ctx context.Context, store *memstore.Store, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	job, err := store.ChangeJob(ctx, id, change)
	if err != nil && domain.CodeOf(err) == domain.CodeInvalid {
		err = &domain.Error{Code: domain.CodeInvalid, Message: "another"}
	}
	return job, err
}

// changeUnlocked lets others in between the looking and the change.
func changeUnlocked(ctx context.Context, store *memstore.Store, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	job, err := store.FindJob(ctx, id)
	if err != nil {
		return domain.Job{}, err
	}
	if job, err = change(job); err != nil {
		return domain.Job{}, err
	}
	time.Sleep(100 * time.Microsecond)
	return store.ChangeJob(ctx, id, func(domain.Job) (domain.Job, error) { return job, nil })
}
