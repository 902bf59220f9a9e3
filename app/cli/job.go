package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// orderFlags are what commands ask that give a job.
type orderFlags struct {
	dryRun, atomic, detach, asJSON bool
}

func (f *orderFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "check all rows and save nobody")
	cmd.Flags().BoolVar(&f.atomic, "atomic", false, fmt.Sprintf("save all rows or none, of at most %d", domain.MaxAtomicRows))
	cmd.Flags().BoolVar(&f.detach, "detach", false, "do not wait: a server or \"roster worker\" works it off")
	addJSON(cmd, &f.asJSON, "the result as a JSON object")
}

func (f *orderFlags) order() domain.JobOrder {
	return domain.JobOrder{DryRun: f.dryRun, Atomic: f.atomic}
}

// finish works off a job that was given, unless it is to be left to others, and tells
// what became of it.
func (f *orderFlags) finish(cmd *cobra.Command, a *app.App, job domain.Job, workers int) error {
	if f.detach {
		if f.asJSON {
			return writeJSON(cmd.OutOrStdout(), rowOfJob(job))
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "job %s of %s waits for a worker: roster jobs watch %s\n", job.ID, plural(int(job.Total), "row"), job.ID)
		return err
	}
	job, err := workOff(cmd, a, job, workers)
	if err != nil {
		return err
	}
	return tellJob(cmd, job, f.asJSON)
}

// workOff works at jobs until one is over. When ctx ends the job stays, for other
// workers or the next.
func workOff(cmd *cobra.Command, a *app.App, job domain.Job, workers int) (domain.Job, error) {
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	worked := make(chan error, 1)
	go func() {
		defer stop()
		worked <- a.Work(ctx, max(workers, 1), nil)
	}()
	job, err := watchJob(ctx, cmd.ErrOrStderr(), a.Jobs, job)
	stop()
	if failed := <-worked; failed != nil {
		return domain.Job{}, failed
	}
	if cmd.Context().Err() != nil && !job.IsOver() {
		return domain.Job{}, fmt.Errorf("stopped at %d of %s; job %s goes on where there is a worker: roster serve, or roster worker",
			job.Done+job.Rejected, plural(int(job.Total), "row"), job.ID)
	}
	return job, err
}

// watchJob shows how far a job is until it is over, and returns it as it was last
// seen.
func watchJob(ctx context.Context, w io.Writer, jobs ports.JobManager, job domain.Job) (domain.Job, error) {
	progress := newJobProgress(w, verbOf(job), int(job.Total))
	defer progress.end()
	for seen, err := range jobs.Watch(ctx, job.ID) {
		if err != nil {
			return job, err
		}
		job = seen
		progress.describe(job, time.Now())
		progress.reach(int(job.Done+job.Rejected), int(job.Total))
	}
	return job, nil
}

// verbOf says what becomes of a job's rows.
func verbOf(job domain.Job) string {
	if job.DryRun {
		return "checked"
	}
	return "saved"
}

// rejectedError is a job of which rows were refused.
type rejectedError struct{ job domain.Job }

// Error returns how many there were and where they are told.
func (e rejectedError) Error() string {
	return fmt.Sprintf("%s rejected: roster jobs rejected %s", were(int(e.job.Rejected), "row"), e.job.ID)
}

func were(n int, what string) string {
	if n == 1 {
		return plural(n, what) + " was"
	}
	return plural(n, what) + " were"
}

// tellJob writes what became of a job, and returns an error unless all of it was
// done.
func tellJob(cmd *cobra.Command, job domain.Job, asJSON bool) error {
	err := writeJob(cmd.OutOrStdout(), job, asJSON)
	switch {
	case err != nil:
		return err
	case job.State == domain.JobFailed:
		return fmt.Errorf("job %s failed: %s", job.ID, job.Reason)
	case job.State == domain.JobCanceled:
		return fmt.Errorf("job %s was canceled", job.ID)
	case job.Rejected > 0:
		return rejectedError{job}
	default:
		return nil
	}
}

// writeJob writes a job in a line.
func writeJob(w io.Writer, job domain.Job, asJSON bool) error {
	if asJSON {
		return writeJSON(w, rowOfJob(job))
	}
	var took time.Duration
	if !job.Started.IsZero() { // it may have been canceled before
		took = job.Ended.Sub(job.Started).Round(time.Millisecond)
	}
	_, err := fmt.Fprintf(w, "%s %d of %s in %s (%.0f rows/s), %d rejected\n", verbOf(job), job.Done, plural(int(job.Total), "row"), took, job.Rate(job.Ended), job.Rejected)
	return err
}

// jobRow is a job for machines.
type jobRow struct {
	ID       domain.JobID    `json:"id"`
	Kind     domain.JobKind  `json:"kind"`
	State    domain.JobState `json:"state"`
	Format   string          `json:"format,omitempty"`
	DryRun   bool            `json:"dry_run"`
	Atomic   bool            `json:"atomic"`
	Total    int64           `json:"total"`
	Done     int64           `json:"done"`
	Rejected int64           `json:"rejected"`
	Created  time.Time       `json:"created"`
	Started  *time.Time      `json:"started"`  // null: it has not begun
	Finished *time.Time      `json:"finished"` // null: it is not over
	Rate     float64         `json:"rate"`     // rows a second
	Reason   string          `json:"reason,omitempty"`
}

func rowOfJob(job domain.Job) jobRow {
	row := jobRow{
		ID: job.ID, Kind: job.Kind, State: job.State, Format: job.Format, DryRun: job.DryRun, Atomic: job.Atomic,
		Total: job.Total, Done: job.Done, Rejected: job.Rejected, Created: job.Created,
		Rate: job.Rate(time.Now()), Reason: job.Reason,
	}
	if !job.Started.IsZero() {
		row.Started = &job.Started
	}
	if !job.Ended.IsZero() {
		row.Finished = &job.Ended
	}
	return row
}
