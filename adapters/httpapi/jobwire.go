package httpapi

import (
	"math"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// wireJob is a job on the wire. What is not known, or not yet, is null.
type wireJob struct {
	URL         string   `json:"url"`
	ID          string   `json:"id"`
	Kind        string   `json:"kind"`
	State       string   `json:"state"`
	Format      *string  `json:"format"` // of an import
	Atomic      bool     `json:"atomic"`
	DryRun      bool     `json:"dry_run"`
	Total       int64    `json:"total"`
	Done        int64    `json:"done"`
	Rejected    int64    `json:"rejected"`
	Created     string   `json:"created"`
	Started     *string  `json:"started"`
	Finished    *string  `json:"finished"`
	Rate        float64  `json:"rate"` // rows a second, to a tenth
	SecondsLeft *float64 `json:"seconds_left"`
	Reason      *string  `json:"reason"` // why it failed
	EventsURL   string   `json:"events_url"`
	RejectedURL string   `json:"rejected_url"`
}

// toWireJob returns the job as it is told now, with links by which the request's client
// reaches it.
func toWireJob(r *http.Request, job domain.Job) wireJob {
	now, url := time.Now(), jobURL(r, job.ID)
	wire := wireJob{
		URL:         url,
		ID:          string(job.ID),
		Kind:        string(job.Kind),
		State:       string(job.State),
		Format:      orNull(job.Format),
		Atomic:      job.Atomic,
		DryRun:      job.DryRun,
		Total:       job.Total,
		Done:        job.Done,
		Rejected:    job.Rejected,
		Created:     toWireTime(job.Created),
		Rate:        tenths(job.Rate(now)),
		Reason:      orNull(job.Reason),
		EventsURL:   url + "events/",
		RejectedURL: url + "rejected/",
	}
	if !job.Started.IsZero() {
		wire.Started = new(toWireTime(job.Started))
	}
	if !job.Ended.IsZero() {
		wire.Finished = new(toWireTime(job.Ended))
	}
	if left, known := job.Remaining(now); known {
		wire.SecondsLeft = new(tenths(left.Seconds()))
	}
	return wire
}

func jobURL(r *http.Request, id domain.JobID) string { return baseURL(r) + jobsPath + string(id) + "/" }

// wireJobs is a slice of the list of jobs on the wire.
type wireJobs struct {
	Next     *string   `json:"next"`
	Previous *string   `json:"previous"`
	Results  []wireJob `json:"results"`
}

func toWireJobs(r *http.Request, jobs []domain.Job, next *string) wireJobs {
	wire := wireJobs{Next: next, Results: make([]wireJob, len(jobs))}
	for i, job := range jobs {
		wire.Results[i] = toWireJob(r, job)
	}
	return wire
}

// toWireTime writes a time as REST framework does, which leaves out microseconds
// that are 0.
func toWireTime(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func tenths(n float64) float64 { return math.Round(n*10) / 10 }
