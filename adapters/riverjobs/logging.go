package riverjobs

import (
	"context"
	"log/slog"
)

// warnings returns a logger that passes on warnings and errors only: River tells of much
// that is in order.
func warnings(logger *slog.Logger) *slog.Logger {
	if logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(fromWarnings{logger.Handler()})
}

type fromWarnings struct{ slog.Handler }

func (h fromWarnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h fromWarnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return fromWarnings{h.Handler.WithAttrs(attrs)}
}

func (h fromWarnings) WithGroup(name string) slog.Handler {
	return fromWarnings{h.Handler.WithGroup(name)}
}
