package app

import (
	"log/slog"
	"net/http"
	"sync"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/adapters/labpage"
	"github.com/seed-bbcc19ba/roster/adapters/lane"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// adminPageSize is how many persons a page of the admin holds.
	adminPageSize = 50
	// adminLook is how many persons a search or a sorted list looks at: as many as can be
	// read in some 50 ms.
	adminLook = 50_000
	// adminSearches is how many lists of persons are made at once, and adminSearchQueue how many
	// more may wait: a search takes a processor for itself, and some 10 MiB.
	adminSearches, adminSearchQueue = 2, 64
)

// siteOf returns what people see, over the use cases. It is made at its first request: that takes 2 ms, which
// commands that serve nobody need not wait.
func (a *App) siteOf(store Store) (http.Handler, error) {
	searches, err := lane.New(lane.Config{Workers: adminSearches, Queue: adminSearchQueue})
	if err != nil {
		return nil, err
	}
	a.tellLoad("ADMIN", searches)
	survey := domain.NewSurvey(store, nil)
	a.closers = append(a.closers, survey.Close)
	a.site = sync.OnceValues(func() (*admin.Site, error) { return a.newSite(store, searches, survey) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site, err := a.site()
		if err != nil {
			a.logger.LogAttrs(r.Context(), slog.LevelError, "the admin cannot be made", slog.String("error", err.Error()))
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		site.ServeHTTP(w, r)
	}), nil
}

func (a *App) newSite(store Store, searches *lane.Lane, survey *domain.Survey) (*admin.Site, error) {
	browse, err := domain.NewBrowse(store, domain.BrowseConfig{PageSize: adminPageSize, Look: adminLook})
	if err != nil {
		return nil, err
	}
	return admin.New(admin.UseCases{
		Accounts: a.Accounts,
		Tokens:   a.Tokens,
		Registry: a.Registry,
		Browser:  a.observeBrowser(lane.Browser(browse, searches, a.single, a.bulk)),
		Exporter: domain.NewExport(a.Registry, a.Formats),
		History:  store,
		Jobs:     a.Jobs,
		Survey:   survey,
		Lab:      a.Lab,

		NewRefusalWriter: personfile.NewRefusalWriter,
		FormatOf:         personfile.FormatOf,
	}, admin.Config{
		Access:         accessTo,
		Secret:         []byte(a.SecretKey.Reveal()),
		AsksTokens:     a.config.RequireAuth,
		Look:           adminLook,
		MaxUploadBytes: int64(a.config.MaxUploadBytes),
		Requests:       a.Routes,
		Executors:      a.Loads,
		Lab:            admin.LabPictures{Draw: labpage.Body, Style: labpage.Style()},
		Ready:          a.ready,
		Logger:         a.logger,
	})
}
