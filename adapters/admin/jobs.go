package admin

import (
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// jobsSize is how many jobs a page shows, and refusalsShown how many refused rows.
	jobsSize      = 30
	refusalsShown = 100
)

func jobPath(id domain.JobID) string { return jobsPath + string(id) + "/" }

// jobView is a job as pages show it.
type jobView struct {
	domain.Job
	// Title says what the job does.
	Title string
	// Part is how much of it is done, from 0 to 1.
	Part float64
	// Left is how long it goes on, as far as that is known.
	Left string
	Took time.Duration
	Rate int64 // rows a second
	Path string
}

func newJobView(job domain.Job, now time.Time) jobView {
	v := jobView{Job: job, Path: jobPath(job.ID), Rate: int64(job.Rate(now))}
	switch {
	case job.Kind == domain.JobGenerate:
		v.Title = "Generate " + count(job.Total, "person", "persons")
	case job.DryRun:
		v.Title = "Check a file (" + job.Format + ")"
	default:
		v.Title = "Import a file (" + job.Format + ")"
	}
	if job.Total > 0 {
		v.Part = float64(job.Done+job.Rejected) / float64(job.Total)
	}
	if job.State == domain.JobDone {
		v.Part = 1
	}
	if left, known := job.Remaining(now); known && !job.IsOver() {
		v.Left = left.Round(time.Second).String()
	}
	if !job.Started.IsZero() {
		end := now
		if job.IsOver() {
			end = job.Ended
		}
		v.Took = end.Sub(job.Started).Round(time.Millisecond)
	}
	return v
}

// jobsData is what the list of jobs shows.
type jobsData struct {
	Jobs          []jobView
	Older, Latest string
}

func (s *Site) jobs(w http.ResponseWriter, r *http.Request) error {
	before, isID := readJobID(r.URL.Query().Get("before"))
	if !isID {
		before = ""
	}
	jobs, err := s.Jobs.List(r.Context(), before, jobsSize+1)
	if err != nil {
		return err
	}
	data := jobsData{}
	if before != "" {
		data.Latest = jobsPath
	}
	if len(jobs) > jobsSize {
		jobs = jobs[:jobsSize]
		data.Older = jobsPath + "?before=" + string(jobs[jobsSize-1].ID)
	}
	now, open := time.Now(), false
	for _, job := range jobs {
		data.Jobs = append(data.Jobs, newJobView(job, now))
		open = open || !job.IsOver()
	}
	v := view{Title: "Jobs", Section: "jobs", Data: data}
	if open {
		v.Refresh = 5
	}
	return s.render(w, r, http.StatusOK, "jobs", v)
}

// jobData is what the page of a job shows.
type jobData struct {
	Job      jobView
	Refusals []domain.Refusal
	// More tells whether there are more refused rows than are shown.
	More bool
}

func (s *Site) job(w http.ResponseWriter, r *http.Request) error {
	data, err := s.readJob(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "job", jobPage(data))
}

// jobProgress sends the part of the page that changes.
func (s *Site) jobProgress(w http.ResponseWriter, r *http.Request) error {
	data, err := s.readJob(r)
	if err != nil {
		return err
	}
	if !isPart(r) {
		http.Redirect(w, r, data.Job.Path, http.StatusSeeOther)
		return nil
	}
	return s.renderPart(w, "job", "progress", jobPage(data))
}

func jobPage(data jobData) view {
	v := view{Title: data.Job.Title, Section: "jobs", Data: data}
	if !data.Job.IsOver() {
		v.Refresh = 2
	}
	return v
}

// readJobID reads the id of a job. No store is asked for what none can be.
func readJobID(text string) (domain.JobID, bool) {
	const length = 36 // uuid knows other forms
	id, err := uuid.Parse(text)
	return domain.JobID(id.String()), err == nil && len(text) == length
}

func (s *Site) findJob(r *http.Request) (domain.Job, error) {
	id, isID := readJobID(r.PathValue("id"))
	if !isID {
		return domain.Job{}, errNoPage
	}
	return s.Jobs.Find(r.Context(), id)
}

func (s *Site) readJob(r *http.Request) (jobData, error) {
	job, err := s.findJob(r)
	if err != nil {
		return jobData{}, err
	}
	data := jobData{Job: newJobView(job, time.Now())}
	if job.Rejected == 0 {
		return data, nil
	}
	for refusal, err := range s.Jobs.Refusals(r.Context(), job.ID) {
		if err != nil {
			return jobData{}, err
		}
		if data.More = len(data.Refusals) == refusalsShown; data.More {
			break
		}
		data.Refusals = append(data.Refusals, refusal)
	}
	return data, nil
}

// jobRejected sends all refused rows as CSV.
func (s *Site) jobRejected(w http.ResponseWriter, r *http.Request) error {
	job, err := s.findJob(r)
	if err != nil {
		return err
	}
	return s.sendFile(w, r, fileTypes["csv"], "refused-"+string(job.ID)+".csv", func(out io.Writer) error {
		writer := s.NewRefusalWriter(out)
		for refusal, err := range s.Jobs.Refusals(r.Context(), job.ID) {
			if err == nil {
				err = writer.Write(refusal)
			}
			if err != nil {
				return err
			}
		}
		return writer.Flush()
	})
}

func (s *Site) cancelJob(w http.ResponseWriter, r *http.Request) error {
	id, isID := readJobID(r.PathValue("id"))
	if !isID {
		return errNoPage
	}
	job, err := s.Jobs.Cancel(r.Context(), id)
	switch {
	case domain.CodeOf(err) == domain.CodeConflict:
		s.flash.leave(w, r, "warning", "The job was over already.")
	case err != nil:
		return err
	case job.State == domain.JobCanceled:
		s.flash.leave(w, r, "ok", "The job was canceled. What it had saved until then stays.")
	default:
		s.flash.leave(w, r, "warning", "The job was over already.")
	}
	http.Redirect(w, r, jobPath(id), http.StatusSeeOther)
	return nil
}
