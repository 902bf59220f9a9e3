package app

import (
	"io"
	"log/slog"
	"time"
)

// NewColorLogger is the logger of a terminal with colours.
func NewColorLogger(w io.Writer) *slog.Logger { return slog.New(textHandler(w, LogLevelDebug, true)) }

// SetLimits changes how long an answer, a stop and idle connections in a stop may
// take, before Run.
func (a *App) SetLimits(answer, drain, goodbye time.Duration) {
	a.limits = limits{answer: answer, drain: drain, goodbye: goodbye}
}
