package app

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// LogLevel is a level of the log, with the names that Python and Django have.
type LogLevel slog.Level

// The levels, from what only a developer wants to know to what stops everything.
const (
	LogLevelDebug    = LogLevel(slog.LevelDebug)
	LogLevelInfo     = LogLevel(slog.LevelInfo)
	LogLevelWarning  = LogLevel(slog.LevelWarn)
	LogLevelError    = LogLevel(slog.LevelError)
	LogLevelCritical = LogLevel(slog.LevelError + 4)
)

func parseLogLevel(text string) (LogLevel, error) {
	switch strings.ToUpper(text) {
	case "DEBUG":
		return LogLevelDebug, nil
	case "INFO":
		return LogLevelInfo, nil
	case "WARNING", "WARN":
		return LogLevelWarning, nil
	case "ERROR":
		return LogLevelError, nil
	case "CRITICAL":
		return LogLevelCritical, nil
	default:
		return 0, fmt.Errorf("%q is not a level", text)
	}
}

// String returns the level's name, such as "WARNING".
func (l LogLevel) String() string {
	switch {
	case l < LogLevelInfo:
		return "DEBUG"
	case l < LogLevelWarning:
		return "INFO"
	case l < LogLevelError:
		return "WARNING"
	case l < LogLevelCritical:
		return "ERROR"
	default:
		return "CRITICAL"
	}
}

// LogFormat says how a line of the log looks.
type LogFormat string

const (
	// LogFormatAuto is text on a terminal and JSON elsewhere.
	LogFormatAuto LogFormat = "auto"
	// LogFormatText is for people: colours on a terminal, unless NO_COLOR is set.
	LogFormatText LogFormat = "text"
	// LogFormatJSON is for machines: an object a line.
	LogFormatJSON LogFormat = "json"
)

func parseLogFormat(text string) (LogFormat, error) {
	switch format := LogFormat(strings.ToLower(text)); format {
	case LogFormatAuto, LogFormatText, LogFormatJSON:
		return format, nil
	default:
		return "", fmt.Errorf("%q is not a format", text)
	}
}

// NewLogger returns a logger that writes to w. No value, whoever sent it, can
// begin a line of its own or move the cursor of a terminal: line ends, escape
// sequences and other control characters are written as escapes.
func NewLogger(w io.Writer, level LogLevel, format LogFormat) *slog.Logger {
	if format == LogFormatAuto {
		format = LogFormatJSON
		if IsTerminal(w) {
			format = LogFormatText
		}
	}
	if format == LogFormatJSON {
		return slog.New(slog.NewJSONHandler(jsonEscaper{w}, &slog.HandlerOptions{Level: slog.Level(level)}))
	}
	return slog.New(textHandler(w, level, HasColor(w)))
}

func textHandler(w io.Writer, level LogLevel, color bool) slog.Handler {
	return tint.NewTextHandler(w, &tint.Options{
		Level:       slog.Level(level),
		TimeFormat:  time.TimeOnly,
		NoColor:     !color,
		ReplaceAttr: printable,
	})
}

// IsTerminal tells whether what is written to w goes to a terminal.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// HasColor tells whether w is a terminal that shows colours, and whoever sits
// there has not declined them with NO_COLOR.
func HasColor(w io.Writer) bool {
	return IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
