package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

// NewColorLogger is the logger of a terminal with colours.
func NewColorLogger(w io.Writer) *slog.Logger { return slog.New(textHandler(w, LogLevelDebug, true)) }

// NewServer returns the server of Run before anything listens.
func NewServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return newServer(handler, logger)
}

// NewOver is New over a store that is open already.
func NewOver(ctx context.Context, config Config, logger *slog.Logger, store ports.PersonStore) (*App, error) {
	a := &App{SecretKey: config.SecretKey, config: config, logger: logger, limits: defaultLimits}
	return a, a.buildOver(ctx, store)
}

// SetLimits changes how long an answer, a stop and idle connections in a stop may
// take, before Run.
func (a *App) SetLimits(answer, drain, goodbye time.Duration) {
	a.limits = limits{answer: answer, drain: drain, goodbye: goodbye}
}
