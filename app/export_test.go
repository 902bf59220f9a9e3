package app

import (
	"io"
	"log/slog"
	"time"
)

// NewColorLogger is the logger of a terminal with colours.
func NewColorLogger(w io.Writer) *slog.Logger { return slog.New(textHandler(w, LogLevelDebug, true)) }

// SetDrainLimit changes how long a stop waits for requests.
func (a *App) SetDrainLimit(limit time.Duration) { a.drainLimit = limit }
