package lab_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

func TestAStrategyIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]lab.Strategy{
		"serial":                {Name: lab.Serial, Workers: 1},
		"serial,queue=7":        {Name: lab.Serial, Workers: 1, Queue: 7},
		"batched":               {Name: lab.Batched, Workers: 1},
		"batched:500":           {Name: lab.Batched, Workers: 1, Batch: 500},
		"batched:500,queue=16":  {Name: lab.Batched, Workers: 1, Batch: 500, Queue: 16},
		"pooled:8,queue=16":     {Name: lab.Pooled, Workers: 8, Queue: 16},
		"per-item:8":            {Name: lab.PerItem, Workers: 8, Batch: 1},
		"per-item:64,queue=100": {Name: lab.PerItem, Workers: 64, Batch: 1, Queue: 100},
	} {
		got, err := lab.ParseStrategy(text)
		if err != nil || got != want {
			t.Errorf("ParseStrategy(%q): got %+v and %v, want %+v", text, got, err, want)
		}
		if got := want.String(); got != text {
			t.Errorf("String of %+v: got %q, want %q", want, got, text)
		}
	}
}

func TestWhatIsNoStrategyIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "magic", "Serial", " serial", "serial:2", "pooled:", "pooled:x", "pooled:-1", "pooled:+1", "pooled:8:8", "pooled:99999999999999999999",
		"pooled:8,", "pooled:8,queue", "pooled:8,queue=", "pooled:8,queue=-1", "pooled:8,workers=2", "pooled:8,queue=1,queue=2", "batched:1.5",
	} {
		if got, err := lab.ParseStrategy(text); domain.CodeOf(err) != domain.CodeInvalid || got != (lab.Strategy{}) {
			t.Errorf("ParseStrategy(%q): got %+v and %v, want none and code %q", text, got, err, domain.CodeInvalid)
		}
	}
}

func TestPresetsAreSound(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, preset := range newFakeLab(t, &fakeBench{}).Presets() {
		if err := preset.Experiment.Check(preset.Strategies); err != nil {
			t.Errorf("%s: got %v, want an experiment that can be done", preset.Name, err)
		}
		if preset.Name == "" || names[preset.Name] || preset.Title == "" || preset.Story == "" || preset.Choice == "" {
			t.Errorf("%+v: want a name of its own, a title, a story and a choice", preset)
		}
		names[preset.Name] = true
	}
	if len(names) < 4 {
		t.Errorf("got %d presets, want at least 4", len(names))
	}
}
