package labbench_test

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// What a story says is looked at where it does not hang on how busy the machine is: who is refused, what fails, who waited for whom.
func TestTheStoriesAreTrue(t *testing.T) {
	t.Parallel()
	claims := map[string]func(t *testing.T, runs []lab.Run){
		"slow-upstream":    slowUpstream,
		"how-many-workers": howManyWorkers,
		"waiting-room":     waitingRoom,
		"burst":            burst,
		"one-writer":       oneWriter,
		"transactions":     transactions,
		"one-panic":        onePanic,
		"flaky-upstream":   flakyUpstream,
	}
	for _, preset := range lab.Presets() {
		t.Run(preset.Name, func(t *testing.T) {
			t.Parallel()
			work, folder := newLab(t)
			report, err := work.Run(t.Context(), preset.Experiment, preset.Strategies)
			if err != nil {
				t.Fatalf("got %v, want a report", err)
			}
			for _, run := range report.Runs {
				if figures := run.Figures(); figures.Answered+figures.Refused != preset.Experiment.Calls {
					t.Errorf("%s: got %+v, want each call answered or refused", run.Strategy, figures)
				}
			}
			holds, ok := claims[preset.Name]
			if !ok {
				t.Fatal("nobody looks whether the story holds")
			}
			holds(t, report.Runs)
			wantEmpty(t, folder)
		})
	}
}

const ms = time.Millisecond

func slowUpstream(t *testing.T, runs []lab.Run) {
	t.Helper()
	serial, batched, pooled, perItem := runs[0], runs[1], runs[2], runs[3]
	wantAllDone(t, runs)
	for _, run := range []lab.Run{serial, batched} {
		if least := 4 * (400 + 9*15) * ms; run.Took < least {
			t.Errorf("%s: took %v, want no less than %v: one worker for all documents", run.Strategy, run.Took, least)
		}
	}
	if order := callsOf(batched); len(order) != 8 || order[0] != 0 || slices.Index(order[slices.Index(order, 1)+1:], 1) < 1 {
		t.Errorf("batched: the calls of the batches are %v, want two of each, and another between those of the second: it takes turns with the others", order)
	}
	if got := len(workersOf(pooled)); got != 4 {
		t.Errorf("pooled: %d workers did something, want one for each call", got)
	}
	var held, others []time.Duration // the ends of slow documents, and of all others
	for _, batch := range perItem.Batches {
		if batch.Ended-batch.Began >= 400*ms {
			held = append(held, batch.Ended)
		} else {
			others = append(others, batch.Ended)
		}
	}
	if soon := func(end time.Duration) bool { return end < slices.Max(held) }; len(held) < 4 || count(others, soon) <= len(others)/2 {
		t.Errorf("per-item: the slow documents ended at %v and the others at %v, want most of these before", held, others)
	}
}

// callsOf returns whose each batch was, in the order in which they began.
func callsOf(run lab.Run) (calls []int) {
	batches := slices.SortedFunc(slices.Values(run.Batches), func(a, b lab.Batch) int { return cmp.Compare(a.Began, b.Began) })
	for _, batch := range batches {
		calls = append(calls, batch.Call)
	}
	return calls
}

// workersOf returns the workers that did something.
func workersOf(run lab.Run) map[int]bool {
	workers := map[int]bool{}
	for _, batch := range run.Batches {
		workers[batch.Worker] = true
	}
	return workers
}

func count(times []time.Duration, is func(time.Duration) bool) (n int) {
	for _, one := range times {
		if is(one) {
			n++
		}
	}
	return n
}

func howManyWorkers(t *testing.T, runs []lab.Run) {
	t.Helper()
	wantAllDone(t, runs)
	for _, run := range runs {
		if least := 200 * 15 * ms / time.Duration(run.Strategy.Workers); run.Took < least {
			t.Errorf("%s: took %v, want no less than %v", run.Strategy, run.Took, least)
		}
		if got := len(workersOf(run)); got > run.Strategy.Workers {
			t.Errorf("%s: %d workers did something, want no more than there are", run.Strategy, got)
		}
	}
}

func waitingRoom(t *testing.T, runs []lab.Run) {
	t.Helper()
	none, eight, hundred, more := runs[0].Figures(), runs[1].Figures(), runs[2].Figures(), runs[3].Figures()
	if none.Refused == 0 || eight.Refused == 0 || none.PeakWaiting != 0 || eight.PeakWaiting > 8 {
		t.Errorf("got %+v without a room and %+v with eight places, want both to refuse, and no more to wait than have a place", none, eight)
	}
	if hundred.Refused != 0 || more.Refused != 0 {
		t.Errorf("got %d and %d refused, want none where there is room for all", hundred.Refused, more.Refused)
	}
}

func burst(t *testing.T, runs []lab.Run) {
	t.Helper()
	wantAllDone(t, runs[:3])
	if refused := runs[3].Figures().Refused; refused == 0 {
		t.Errorf("nobody was refused, want some of a thousand where 20 have room")
	}
}

func oneWriter(t *testing.T, runs []lab.Run) {
	t.Helper()
	wantAllDone(t, runs)
	if serial, pool := together(runs[0]), together(runs[2]); serial != 1 || pool < 2 {
		t.Errorf("got %d bars side by side with serial and %d with 24 workers, want 1, and those of who waits for the writer", serial, pool)
	}
}

func transactions(t *testing.T, runs []lab.Run) {
	t.Helper()
	wantAllDone(t, runs)
	for i, want := range []int{400, 40, 4, 400} {
		if got := len(runs[i].Batches); got != want {
			t.Errorf("%s: got %d transactions, want %d", runs[i].Strategy, got, want)
		}
	}
}

func onePanic(t *testing.T, runs []lab.Run) {
	t.Helper()
	for i, failed := range []int{10, 5, 10, 1} {
		for number, call := range runs[i].Calls {
			if want := map[int]int{2: failed}[number]; call.Failed != want || call.Refused {
				t.Errorf("%s: call %d: got %+v, want %d failed", runs[i].Strategy, number+1, call, want)
			}
		}
		panicked := 0
		for _, batch := range runs[i].Batches {
			if batch.Panicked {
				panicked++
			} else if batch.Failed != 0 {
				t.Errorf("%s: got %+v, want the siblings unharmed", runs[i].Strategy, batch)
			}
		}
		if panicked != 1 {
			t.Errorf("%s: %d batches panicked, want 1", runs[i].Strategy, panicked)
		}
	}
}

func flakyUpstream(t *testing.T, runs []lab.Run) {
	t.Helper()
	for _, run := range runs {
		figures := run.Figures()
		if figures.Failed < 16 || figures.Failed > 32 || figures.Failed+figures.Done != 80 {
			t.Errorf("%s: got %+v, want about three of ten to fail", run.Strategy, figures)
		}
		for i, call := range run.Calls {
			if call.Failed != runs[0].Calls[i].Failed {
				t.Errorf("%s: %d failed of call %d, want the same as before: %d", run.Strategy, call.Failed, i, runs[0].Calls[i].Failed)
			}
		}
	}
}

func wantAllDone(t *testing.T, runs []lab.Run) {
	t.Helper()
	for _, run := range runs {
		if figures := run.Figures(); figures.Failed > 0 || figures.Refused > 0 {
			t.Errorf("%s: got %+v, want everything done", run.Strategy, figures)
		}
	}
}

// together returns how many batches went on at once, at most.
func together(run lab.Run) (most int) {
	for _, one := range run.Batches {
		meanwhile := 0
		for _, other := range run.Batches {
			if other.Began <= one.Began && one.Began < other.Ended {
				meanwhile++
			}
		}
		most = max(most, meanwhile)
	}
	return most
}

func TestThePagesOfAllPresetsAreListed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/lab/README.md")
	if err != nil {
		t.Fatalf("got %v, want the list of pages", err)
	}
	for _, preset := range lab.Presets() {
		row := "| [" + preset.Name + "](" + preset.Name + ".html) | " + string(preset.Experiment.Work) + " |"
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/lab/README.md: want a row that begins with %q", row)
		}
	}
}
