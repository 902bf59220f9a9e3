package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"unicode"

	"github.com/seed-bbcc19ba/roster/app"
)

// forgeries are what somebody may send to be logged.
var forgeries = []string{
	"a\nINF forged", "a\r\n{\"level\":\"INFO\"}", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", `\x1b[31m in words`, `a b\x1b[2J`,
	"\u009b31m", "\u0085next line", "\u2028line", "\x7f\b\b\bback", "\x9b31m not UTF-8", "right to left \u202e", "isolated \u2067", "zero\u200bwidth", "\ufefffirst", "\U000e0041tag", "tab\there", "\x00", "\ufffdx", "plain",
}

func TestLogLinesCannotBeForged(t *testing.T) {
	t.Parallel()
	for _, format := range []app.LogFormat{app.LogFormatText, app.LogFormatJSON, app.LogFormatAuto} {
		for _, forgery := range forgeries {
			for name, log := range map[string]func(logger *slog.Logger){
				"message":    func(logger *slog.Logger) { logger.Info(forgery) }, //nolint:sloglint // a message that varies is the point
				"string":     func(logger *slog.Logger) { logger.Info("m", "k", forgery) },
				"error":      func(logger *slog.Logger) { logger.Info("m", "k", errors.New(forgery)) },
				"structure":  func(logger *slog.Logger) { logger.Info("m", "k", struct{ Text string }{forgery}) },
				"bytes":      func(logger *slog.Logger) { logger.Info("m", "k", []byte(forgery)) },
				"group":      func(logger *slog.Logger) { logger.Info("m", slog.Group("g", "msg", forgery)) },
				"handler":    func(logger *slog.Logger) { logger.With("k", forgery).Info("m") },
				"old logger": func(logger *slog.Logger) { slog.NewLogLogger(logger.Handler(), slog.LevelWarn).Print(forgery) },
			} {
				var out bytes.Buffer
				log(app.NewLogger(&out, app.LogLevelInfo, format))
				line, ok := strings.CutSuffix(out.String(), "\n")
				if !ok || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("%s, %q as %s: got %q, want one line that a terminal can only show", format, forgery, name, out.String())
				}
			}
		}
	}
}

func TestColoursDoNotOpenTheDoor(t *testing.T) {
	t.Parallel()
	for _, forgery := range forgeries {
		var out bytes.Buffer
		logger := app.NewColorLogger(&out)
		//nolint:sloglint // a message that varies is the point
		logger.Info(forgery, "k", forgery, "e", errors.New(forgery), slog.Group("g", "k", forgery))
		line := strings.TrimSuffix(out.String(), "\n")
		for _, own := range []string{"\x1b[0m", "\x1b[2m", "\x1b[22m", "\x1b[92m"} {
			line = strings.ReplaceAll(line, own, "")
		}
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q: got %q, want no escape sequences but the logger's own", forgery, out.String())
		}
	}
}

func TestJSONSaysWhatWasLogged(t *testing.T) {
	t.Parallel()
	const text = "a\nb\u009b\x7f\u00e9\u4e16\u202e\U000e0041\U0001f600"
	var out bytes.Buffer
	app.NewLogger(&out, app.LogLevelInfo, app.LogFormatJSON).Info("m", "k", text)
	var line struct {
		Msg string `json:"msg"`
		K   string `json:"k"`
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%q: %v", out.String(), err)
	}
	if line.Msg != "m" || line.K != text {
		t.Errorf("got %q and %q, want the message and the value as they were", line.Msg, line.K)
	}
}

func TestLogLevels(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"DEBUG": 4, "INFO": 3, "WARNING": 2, "ERROR": 1, "CRITICAL": 0} {
		config, err := app.Load(map[string]string{"LOG_LEVEL": name})
		if err != nil || config.LogLevel.String() != name {
			t.Fatalf("%s: got %s, %v", name, config.LogLevel, err)
		}
		var out bytes.Buffer
		logger := app.NewLogger(&out, config.LogLevel, app.LogFormatAuto)
		logger.Debug("m")
		logger.Info("m")
		logger.Warn("m")
		logger.Error("m")
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("%s: got %d lines of 4, want %d:\n%s", name, got, want, out.String())
		}
	}
}
