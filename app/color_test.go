package app_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/seed-bbcc19ba/roster/app"
)

func TestColoursAreForTerminalsThatWantThem(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil || !app.IsTerminal(terminal) {
		t.Skipf("no terminal can be opened here: %v", err)
	}
	defer terminal.Close()
	for _, test := range []struct {
		name, noColor, term string
		want                bool
	}{
		{"a terminal shows colours", "", "xterm", true},
		{"NO_COLOR declines them", "1", "xterm", false},
		{"a dumb terminal has none", "", "dumb", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", test.noColor)
			t.Setenv("TERM", test.term)
			if got := app.HasColor(terminal); got != test.want {
				t.Errorf("NO_COLOR=%q TERM=%q: got %v, want %v", test.noColor, test.term, got, test.want)
			}
			if app.HasColor(&bytes.Buffer{}) {
				t.Error("what is no terminal has colours")
			}
		})
	}
}
