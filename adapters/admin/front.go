package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

const (
	// frontPatience is how long the front page waits for a survey, and for an answer of the readiness.
	frontPatience = 30 * time.Millisecond
	// recentShown is how many actions it shows, and routesShown how many routes.
	recentShown = 8
	routesShown = 12
)

// frontData is what the front page shows.
type frontData struct {
	Persons   int64
	Findings  domain.Findings
	Ages      chart
	Created   chart
	Requests  []ports.RouteFigures
	Executors []ports.NamedLoad
	Recent    []domain.Change
	OpenJobs  int
	// MoreJobs tells whether there may be more open jobs: only the latest are looked at.
	MoreJobs bool
	Problem  string // why the server is not ready; "" where it is
}

func (s *Site) front(w http.ResponseWriter, r *http.Request) error {
	browsed, err := s.Browser.Browse(r.Context(), domain.BrowseQuery{Number: 1})
	if err != nil {
		return err
	}
	recent, err := s.History.Changes(r.Context(), domain.ChangesQuery{Size: recentShown})
	if err != nil {
		return err
	}
	jobs, err := s.Jobs.List(r.Context(), "", jobsSize)
	if err != nil {
		return err
	}
	data := frontData{Persons: browsed.Total, Recent: recent, Findings: s.Survey.Findings(r.Context(), frontPatience)}
	for _, job := range jobs {
		if !job.IsOver() {
			data.OpenJobs++
		}
	}
	data.MoreJobs = data.OpenJobs == jobsSize
	data.Ages, data.Created = agesChart(data.Findings.Ages), createdChart(data.Findings.Created)
	if s.config.Requests != nil {
		data.Requests = s.config.Requests()
		data.Requests = data.Requests[:min(routesShown, len(data.Requests))]
	}
	if s.config.Executors != nil {
		data.Executors = s.config.Executors()
	}
	data.Problem = s.problem(r.Context())
	return s.render(w, r, http.StatusOK, "front", view{Title: "Overview", Section: "front", Data: data})
}

// problem returns why the server is not ready, or "".
func (s *Site) problem(ctx context.Context) string {
	if s.config.Ready == nil {
		return ""
	}
	err := s.ready.Within(ctx, frontPatience, &domain.Error{Code: domain.CodeDeadline, Message: "it takes long to find out"})
	switch domain.CodeOf(err) {
	case "":
		return ""
	case domain.CodeDeadline:
		return "It takes long to find out."
	default:
		return sentence(domain.MessageOf(err))
	}
}

func (s *Site) landing(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "landing", view{Title: "roster", Section: "landing"})
}
