package app

import (
	"io"
	"log/slog"
	"time"
)

// NewColorLogger is the logger of a terminal with colours.
func NewColorLogger(w io.Writer) *slog.Logger { return slog.New(textHandler(w, LogLevelDebug, true)) }

// SetDrainLimit changes how long a stop may take.
func (a *App) SetDrainLimit(limit time.Duration) { a.drainLimit = limit }

// SetGoodbyeLimit changes how long a stop waits for idle connections.
func (a *App) SetGoodbyeLimit(limit time.Duration) { a.goodbyeLimit = limit }
