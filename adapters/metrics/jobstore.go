package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// jobCounts are what became of jobs by this process.
type jobCounts struct {
	submitted, ended, rows *prometheus.CounterVec
	chunks, givenUp        prometheus.Counter
}

func newJobCounts() jobCounts {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	vector := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	j := jobCounts{
		submitted: vector("roster_jobs_submitted_total", "Jobs that this process took, with all their rows, to be worked off.", "kind"),
		ended:     vector("roster_jobs_ended_total", "Jobs that this process ended: done, failed or canceled.", "state"),
		rows:      vector("roster_job_rows_total", "Rows of jobs that this process dealt with. Those that are done were saved, or would have been but for a dry run.", "outcome"),
		chunks:    counter("roster_job_chunks_ended_total", "Chunks of jobs that this process has ended, each with up to 10,000 rows."),
		givenUp:   counter("roster_job_tasks_given_up_total", "Tasks of jobs that failed as often as they are tried. Their job failed with them."),
	}
	for _, kind := range []domain.JobKind{domain.JobGenerate, domain.JobImport} {
		j.submitted.WithLabelValues(string(kind)) // so that it is told from the start, as 0
	}
	for _, state := range []domain.JobState{domain.JobDone, domain.JobFailed, domain.JobCanceled} {
		j.ended.WithLabelValues(string(state))
	}
	for _, outcome := range []string{rowsDone, rowsRejected} {
		j.rows.WithLabelValues(outcome)
	}
	return j
}

const (
	rowsDone     = "done"
	rowsRejected = "rejected"
)

func (j *jobCounts) collectors() []prometheus.Collector {
	return []prometheus.Collector{j.submitted, j.ended, j.rows, j.chunks, j.givenUp}
}

// JobStore is a ports.JobStore around another that counts what becomes of jobs.
type JobStore struct {
	ports.JobStore
	counts *jobCounts
}

var _ ports.JobStore = (*JobStore)(nil)

// JobStore returns a store that does what inner does.
func (m *Metrics) JobStore(inner ports.JobStore) *JobStore { return &JobStore{inner, &m.jobs} }

// SubmitJob implements ports.JobStore. A claim that is answered an earlier job submits none.
func (s *JobStore) SubmitJob(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
	job, err := s.JobStore.SubmitJob(ctx, id, claim, now)
	if err == nil && job.ID == id {
		s.counts.submitted.WithLabelValues(string(job.Kind)).Inc()
	}
	return job, err
}

// ChangeJob implements ports.JobStore.
func (s *JobStore) ChangeJob(ctx context.Context, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	wasOver := false
	job, err := s.JobStore.ChangeJob(ctx, id, func(before domain.Job) (domain.Job, error) {
		wasOver = before.IsOver() // at the last call, where there are several
		return change(before)
	})
	if err == nil && !wasOver {
		s.counts.endedIfOver(job)
	}
	return job, err
}

// EndChunks implements ports.JobStore.
func (s *JobStore) EndChunks(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	job, err := s.JobStore.EndChunks(ctx, id, ends, now)
	if err == nil {
		s.counts.endedChunks(ends, job)
	}
	return job, err
}

// endedChunks counts chunks that have ended, with the job as they left it.
func (j *jobCounts) endedChunks(ends []domain.ChunkEnd, job domain.Job) {
	var accepted, rejected int64
	for _, end := range ends {
		accepted += int64(end.Accepted())
		rejected += int64(end.Rejected)
	}
	j.chunks.Add(float64(len(ends)))
	j.rows.WithLabelValues(rowsDone).Add(float64(min(accepted, job.Done))) // none of a job that is all or nothing, where it was nothing
	j.rows.WithLabelValues(rowsRejected).Add(float64(rejected))
	j.endedIfOver(job) // it ran a moment ago, or no chunk of it could have ended
}

// endedIfOver counts a job that was not over a moment ago.
func (j *jobCounts) endedIfOver(job domain.Job) {
	if job.IsOver() {
		j.ended.WithLabelValues(string(job.State)).Inc()
	}
}
