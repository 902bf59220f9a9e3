package httpclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Jobs is domain.Jobs on a server. Over the wire a job comes without Chunks, Left, Changed and Origin; times are in
// UTC and whole microseconds.
type Jobs struct{ connection *connection }

var _ ports.JobManager = (*Jobs)(nil)

func jobPath(id domain.JobID) string { return jobsPath + string(id) + "/" }

// isID tells whether a job can have the id. Nothing else becomes a part of a path.
func isID(id domain.JobID) bool {
	const length = 36 // uuid knows other forms
	return len(id) == length && uuid.Validate(string(id)) == nil
}

// wireJob is a job on the wire, as far as it is read.
type wireJob struct {
	ID       *domain.JobID   `json:"id"`
	Kind     domain.JobKind  `json:"kind"`
	State    domain.JobState `json:"state"`
	Format   string          `json:"format"`
	Atomic   bool            `json:"atomic"`
	DryRun   bool            `json:"dry_run"`
	Total    int64           `json:"total"`
	Done     int64           `json:"done"`
	Rejected int64           `json:"rejected"`
	Created  time.Time       `json:"created"`
	Started  time.Time       `json:"started"`
	Finished time.Time       `json:"finished"`
	Reason   string          `json:"reason"`
}

func (w wireJob) job() (domain.Job, error) {
	if w.ID == nil || w.State == "" {
		return domain.Job{}, errIncomplete
	}
	return domain.Job{
		ID: *w.ID, Kind: w.Kind, State: w.State, Format: w.Format, DryRun: w.DryRun, Atomic: w.Atomic,
		Total: w.Total, Done: w.Done, Rejected: w.Rejected,
		Created: w.Created, Started: w.Started, Ended: w.Finished, Reason: w.Reason,
	}, nil
}

func jobOf(text []byte) (domain.Job, error) {
	var wire wireJob
	if err := json.Unmarshal(text, &wire); err != nil {
		return domain.Job{}, err
	}
	return wire.job()
}

func readJob(got answer) (domain.Job, error) {
	job, err := jobOf(got.body)
	if err != nil {
		return domain.Job{}, notUnderstood(got, err)
	}
	return job, nil
}

// orderKey returns the header of an order that takes effect once, with its key or one of its own.
func orderKey(order domain.JobOrder) (http.Header, error) {
	if order.Key == "" {
		return newKey()
	}
	if _, err := domain.NewClaim(order.Key, nil, time.Time{}); err != nil {
		return nil, err
	}
	return keyHeader(order.Key), nil
}

// Generate has made-up persons saved by a job, which is made once, however often the order has to be sent.
func (j *Jobs) Generate(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
	if err := order.CheckCount(count); err != nil {
		return domain.Job{}, err
	}
	header, err := orderKey(order)
	if err != nil {
		return domain.Job{}, err
	}
	got, err := j.connection.do(ctx, call{method: http.MethodPost, path: jobsPath, header: header, body: encode(map[string]any{
		"kind": domain.JobGenerate, "count": count, "dry_run": order.DryRun, "atomic": order.Atomic,
	})}, http.StatusAccepted)
	if err != nil {
		return domain.Job{}, err
	}
	return readJob(got)
}

// Find returns a job as it is, or domain.CodeNotFound.
func (j *Jobs) Find(ctx context.Context, id domain.JobID) (domain.Job, error) {
	return j.ask(ctx, call{method: http.MethodGet, path: jobPath(id)}, id)
}

// Cancel ends a job. A job that was canceled stays so, so it may be sent again.
func (j *Jobs) Cancel(ctx context.Context, id domain.JobID) (domain.Job, error) {
	return j.ask(ctx, call{method: http.MethodPost, path: jobPath(id) + "cancel/"}, id)
}

func (j *Jobs) ask(ctx context.Context, made call, id domain.JobID) (domain.Job, error) {
	if !isID(id) {
		return domain.Job{}, domain.NoJob(id)
	}
	got, err := j.connection.do(ctx, made, http.StatusOK)
	if err != nil {
		return domain.Job{}, missing(err, domain.NoJob(id))
	}
	return readJob(got)
}

// List returns the jobs before one, the latest first, at most size of them. It takes a request for each 100. The error is domain.CodeInvalid for
// a before that no job can have as its id, and domain.CodeUpstream where the server gives other jobs than those before it.
func (j *Jobs) List(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	if size < 1 {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a list holds at least one job"}
	}
	var jobs []domain.Job
	for {
		slice, more, err := j.slice(ctx, before)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, slice[:min(len(slice), size-len(jobs))]...)
		if !more || len(jobs) == size {
			return jobs, nil
		}
		before = jobs[len(jobs)-1].ID
	}
}

// slice returns the jobs before one that the server gives together, and whether there are more.
func (j *Jobs) slice(ctx context.Context, before domain.JobID) ([]domain.Job, bool, error) {
	made := call{method: http.MethodGet, path: jobsPath}
	if before != "" && !isID(before) {
		return nil, false, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("no job can have the id %q", before)}
	}
	if before != "" {
		made.query = url.Values{"before": {string(before)}}
	}
	got, err := j.connection.do(ctx, made, http.StatusOK)
	if err != nil {
		return nil, false, err
	}
	var wire struct {
		Next    *string
		Results results[wireJob]
	}
	if err := json.Unmarshal(got.body, &wire); err != nil || wire.Results == nil {
		return nil, false, notUnderstood(got, err)
	}
	jobs := make([]domain.Job, len(wire.Results))
	last := domain.JobID(strings.ToLower(string(before)))
	for i, one := range wire.Results {
		if jobs[i], err = one.job(); err == nil && last != "" && jobs[i].ID >= last {
			err = errElsewhere // who does not know before gives the same jobs each time, and a list would never end
		}
		if err != nil {
			return nil, false, notUnderstood(got, err)
		}
		last = jobs[i].ID
	}
	return jobs, wire.Next != nil && len(jobs) > 0, nil
}
