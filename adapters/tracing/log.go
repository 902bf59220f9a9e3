package tracing

import (
	"context"
	"encoding/hex"
	"log/slog"
)

// LogHandler returns a handler whose lines tell the trace (trace_id) and the span (span_id) of their ctx, where it is of a traced request.
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	if s := spanOf(ctx); s != nil {
		const traceDigits = 2 * len(traceID{})
		var room [traceDigits + 2*len(spanID{})]byte
		digits := string(hex.AppendEncode(hex.AppendEncode(room[:0], s.record.trace[:]), s.id[:]))
		record.AddAttrs(slog.String("trace_id", digits[:traceDigits]), slog.String("span_id", digits[traceDigits:]))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
