// Package admin serves the people's side: pages for a browser, by which somebody who has signed
// in looks after persons, jobs and users.
//
// The pages are made by html/template on the server and work without JavaScript; htmx and a few
// lines of our own make them smoother. Everything they need is embedded. Nothing is changed by a
// GET, and a POST from another origin is refused.
package admin

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sharedcall"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// UseCases are what the pages drive. All are required.
type UseCases struct {
	Accounts ports.AccountManager
	Tokens   ports.TokenManager
	Registry ports.PersonRegistry
	Browser  ports.PersonBrowser
	Exporter ports.SelectionExporter
	History  domain.HistoryReader
	Jobs     ports.JobManager
	Survey   ports.Surveyor
	Lab      ports.StrategyLab
	// NewRefusalWriter writes what jobs refuse as CSV. FormatOf tells the format of a file by its
	// name, and whether gzip packs it.
	NewRefusalWriter func(w io.Writer) ports.RefusalWriter
	FormatOf         func(file string) (format string, gzipped bool)
}

// Config is what may be left out.
type Config struct {
	// Access says who may use a route, known by its method and its path, such as
	// "GET /admin/persons/{id}/". One for which it answers account.Nobody is not served. It is required.
	Access func(method, route string) account.Access
	// Secret signs the messages that a page leaves for the next one; none makes one up.
	Secret []byte
	// AsksTokens tells whether the API asks for tokens; where it does not, the page of the tokens says so.
	AsksTokens bool
	// Look is how many persons a search looks at (domain.BrowseConfig.Look): longer lists cannot be picked as a whole.
	Look int
	// MaxUploadBytes is how large an upload may be, as it comes and unpacked; 0 is 1 GiB.
	MaxUploadBytes int64
	// Requests and Executors tell what the front page shows of the server, and Ready whether it
	// can serve; nil shows nothing of it.
	Requests  func() []ports.RouteFigures
	Executors func() []ports.NamedLoad
	Ready     func(ctx context.Context) error
	// Lab draws what the pages of the strategy lab show. It is required.
	Lab LabPictures
	// Logger is told what went wrong; nil is nobody.
	Logger *slog.Logger
}

const (
	defaultMaxUploadBytes = 1 << 30
	// readyLimit is how long Config.Ready may take, though no page waits for it so long.
	readyLimit = 2 * time.Second
)

// Site serves the pages at / and below /admin/.
type Site struct {
	UseCases
	config  Config
	router  *mux.Router
	handler http.Handler
	pages   *pages
	flash   flash
	ready   *sharedcall.Call
	// One place for each.
	uploads, downloads chan struct{}
}

// New returns the site. The error is domain.CodeInvalid where a use case is missing.
func New(useCases UseCases, config Config) (*Site, error) {
	if useCases.Accounts == nil || useCases.Tokens == nil || useCases.Registry == nil || useCases.Browser == nil || useCases.Exporter == nil || useCases.History == nil ||
		useCases.Jobs == nil || useCases.Survey == nil || useCases.Lab == nil || config.Lab.Draw == nil || useCases.NewRefusalWriter == nil || useCases.FormatOf == nil || config.Access == nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a use case is missing, or who may use what"}
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.MaxUploadBytes == 0 {
		config.MaxUploadBytes = defaultMaxUploadBytes
	}
	pages, err := newPages(config.Lab.Style)
	if err != nil {
		return nil, err
	}
	s := &Site{
		UseCases: useCases, config: config, pages: pages,
		flash:   newFlash(config.Secret),
		ready:   sharedcall.New(config.Ready, readyLimit),
		uploads: make(chan struct{}, maxUploads), downloads: make(chan struct{}, maxDownloads),
	}
	s.router = s.newRouter()
	s.handler = guarded(http.HandlerFunc(s.dispatch))
	return s, nil
}

// ServeHTTP implements http.Handler. The request's RemoteAddr is the client's address, and its TLS is
// set where the client came over HTTPS. It sets the request's Pattern to the route.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
