package app

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/metrics"
)

// NewColorLogger is the logger of a terminal with colours.
func NewColorLogger(w io.Writer) *slog.Logger { return slog.New(textHandler(w, LogLevelDebug, true)) }

// NewOver is New over a store that is open already.
func NewOver(ctx context.Context, config Config, logger *slog.Logger, store Store) (*App, error) {
	a := &App{SecretKey: config.SecretKey, config: config, logger: logger, goodbye: defaultGoodbye, metrics: metrics.New()}
	return a, a.buildOver(ctx, store)
}

// SetGoodbye changes how long connections that idle in a stop may bring one more
// request, before Run.
func (a *App) SetGoodbye(goodbye time.Duration) { a.goodbye = goodbye }

// SetRunnable changes what is said of how many goroutines wait for a processor, before
// Run.
func (a *App) SetRunnable(runnable func() int) { a.runnable = runnable }

// Serve is Run over a listener, without the end of the App.
func (a *App) Serve(ctx context.Context, listener net.Listener) error { return a.serve(ctx, listener) }

// ReadCertificate does what Run does first.
func (a *App) ReadCertificate() error { return a.readCertificate() }

// SpanOf tells how long a request may take.
func SpanOf(r *http.Request) httpapi.Span { return spanOf(r) }

// Tidy is what a server does beside requests.
func (a *App) Tidy(ctx context.Context) { a.tidy(ctx) }

// Site returns what people see.
func (a *App) Site() (*admin.Site, error) { return a.site() }

// Access is the table of who may use what.
var Access = access
