package httpapi

import (
	"context"
	"io"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
)

// downloads is how many lists without an end are sent at once. Each keeps a page of
// persons or refusals in memory, and asks the store for the next as fast as its client
// takes them.
const downloads = 32

var errManyDownloads = &domain.Error{Code: domain.CodeUnavailable, Message: "too many downloads are under way"}

var (
	asCSV    = renderer{formatCSV, "text", "csv"}
	asNDJSON = renderer{formatNDJSON, "application", "x-ndjson"}
)

// exportRenders are the forms of an export. That of a format has the format's name.
var exportRenders = []renderer{asCSV, asNDJSON}

// exportView serves /api/v1/persons/export/.
func (a *api) exportView() *view {
	return &view{
		name:        "Person Export",
		description: "All persons of the registry, in the order of their ids, as CSV or NDJSON.",
		renders:     exportRenders,
		actions:     map[string]action{http.MethodGet: a.exportPersons},
	}
}

func (a *api) exportPersons(r *http.Request) (reply, error) {
	chosen, _, err := negotiate(r, "", exportRenders)
	if err != nil {
		return reply{}, err
	}
	return a.download(r, chosen, "persons."+chosen.format, func(out io.Writer) error {
		_, err := a.Export.Export(r.Context(), chosen.format, out)
		return err
	}), nil
}

// jobRejectedView serves /api/v1/jobs/{id}/rejected/.
func (a *api) jobRejectedView() *view {
	return &view{
		name:        "Job Rejected",
		description: "The rows that the job has refused, with the line where each begins, as CSV.",
		renders:     []renderer{asCSV},
		actions:     map[string]action{http.MethodGet: a.listRejected},
	}
}

func (a *api) listRejected(r *http.Request) (reply, error) {
	id, err := jobID(r)
	if err != nil {
		return reply{}, err
	}
	if isHead(r) {
		_, err = a.Jobs.Find(r.Context(), id)
	}
	return a.download(r, asCSV, "rejected.csv", func(out io.Writer) error {
		return a.writeRefusals(r.Context(), id, out)
	}), err
}

func (a *api) writeRefusals(ctx context.Context, id domain.JobID, out io.Writer) error {
	lines := a.NewRefusalWriter(out)
	for refusal, err := range a.Jobs.Refusals(ctx, id) {
		if err != nil {
			return err
		}
		if err := lines.Write(refusal); err != nil {
			return err
		}
	}
	return lines.Flush()
}

// download returns the answer with a file that write writes, unless only its headers are
// wanted.
func (a *api) download(r *http.Request, as renderer, filename string, write func(out io.Writer) error) reply {
	file := &stream{
		contentType: as.mediaType(),
		headers:     [][2]string{{"Content-Disposition", `attachment; filename="` + filename + `"`}},
	}
	if as == asCSV {
		file.contentType += "; charset=utf-8"
	}
	if !isHead(r) {
		file.write = func(out *outgoing) error {
			if !a.downloads.enter() {
				return errManyDownloads
			}
			defer a.downloads.leave()
			return write(out)
		}
	}
	return reply{status: http.StatusOK, stream: file}
}
