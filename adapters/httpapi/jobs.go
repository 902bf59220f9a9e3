package httpapi

import (
	"encoding/base64"
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

const jobsPath = "/api/v1/jobs/"

// jobsTogether is how many jobs a slice of their list holds.
const jobsTogether = 100

// jobListView serves /api/v1/jobs/.
func (a *api) jobListView() *view {
	return &view{
		name:        "Job List",
		description: "Lists too long for one request, the latest first. POST makes one: of made-up persons, or of those in a text.",
		charges:     http.MethodPost,
		parses:      []string{jsonType, csvType, ndjsonType},
		actions: map[string]action{
			http.MethodGet:  a.listJobs,
			http.MethodPost: a.createJob,
		},
	}
}

// jobView serves /api/v1/jobs/{id}/.
func (a *api) jobView() *view {
	return &view{
		name:        "Job Instance",
		description: "One job, as far as it is.",
		actions:     map[string]action{http.MethodGet: a.getJob},
	}
}

// jobCancelView serves /api/v1/jobs/{id}/cancel/.
func (a *api) jobCancelView() *view {
	return &view{
		name:        "Job Cancel",
		description: "Ends a job. What it has saved stays.",
		actions:     map[string]action{http.MethodPost: a.cancelJob},
	}
}

// listJobs answers a slice of the list in the shape of the persons' slices. Nobody goes
// back in it: previous is always null, and the first slice is a request without a cursor.
func (a *api) listJobs(r *http.Request) (reply, error) {
	before, err := jobPlace(r)
	if err != nil {
		return reply{}, err
	}
	jobs, err := a.Jobs.List(r.Context(), before, jobsTogether+1)
	if err != nil {
		return reply{}, err
	}
	var next *string
	if len(jobs) > jobsTogether {
		jobs = jobs[:jobsTogether]
		link := listLink(r, pair{cursorParameter, jobCursor(jobs[jobsTogether-1].ID)})
		next = &link
	}
	return ok(toWireJobs(r, jobs, next)), nil
}

// parseJobCursor reads a place in the list of jobs: base64 of a query with the id p, as
// that of persons has it. "" is the beginning.
func parseJobCursor(text string) (before domain.JobID, err error) {
	tokens, err := cursorTokens(text)
	if err != nil || len(tokens) == 0 {
		return "", err
	}
	before, isID := parseJobID(tokens["p"])
	if !isID || len(tokens) > 1 {
		return "", errInvalidCursor
	}
	return before, nil
}

func jobCursor(before domain.JobID) string {
	return base64.StdEncoding.EncodeToString([]byte("p=" + before))
}

func (a *api) getJob(r *http.Request) (reply, error) {
	id, err := jobID(r)
	if err != nil {
		return reply{}, err
	}
	job, err := a.Jobs.Find(r.Context(), id)
	return ok(toWireJob(r, job)), err
}

func (a *api) cancelJob(r *http.Request) (reply, error) {
	id, err := jobID(r)
	if err != nil {
		return reply{}, err
	}
	job, err := a.Jobs.Cancel(r.Context(), id)
	return ok(toWireJob(r, job)), err
}

// jobID returns the id that the path names. What no id can be is not found.
func jobID(r *http.Request) (domain.JobID, error) {
	id, isID := parseJobID(r.PathValue("id"))
	if !isID {
		return "", &wireError{http.StatusNotFound, detail{drf.NotFound}}
	}
	return id, nil
}

// parseJobID reads a UUID as RFC 9562 writes it, in upper case too.
func parseJobID(text string) (id domain.JobID, isID bool) {
	const length = 36 // uuid knows other forms
	parsed, err := uuid.Parse(text)
	if err != nil || len(text) != length {
		return "", false
	}
	return domain.JobID(parsed.String()), true
}
