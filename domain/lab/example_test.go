package lab_test

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// kitchen is a bench: an item is a dish that is done after 5 ms, and a call brings as many as the experiment says.
type kitchen struct{}

func (kitchen) Open(_ context.Context, e lab.Experiment, s lab.Strategy, recorder *lab.Recorder) (lab.Subject, error) {
	cook := func(_ context.Context, dishes []string) []domain.Outcome[string] {
		time.Sleep(time.Duration(len(dishes)) * 5 * time.Millisecond)
		return make([]domain.Outcome[string], len(dishes))
	}
	executor, err := localexec.New(lab.Recorded(recorder, cook), localexec.Config{BatchSize: s.Batch, Workers: s.Workers, Queue: s.Queue})
	return table{executor, make([]string, e.Items)}, err
}

// table is where calls of a kitchen are made.
type table struct {
	*localexec.Executor[string, string]
	dishes []string
}

func (t table) Call(ctx context.Context, _ int) (failed int, err error) {
	succeeded, err := domain.Tally(t.Execute(ctx, t.dishes))
	return len(t.dishes) - succeeded, err
}

// nothing is a meter that has none.
type nothing struct{}

func (nothing) Measure() (goroutines int, heap uint64) { return 0, 0 }

func ExampleLab_Run() {
	work, err := lab.New(kitchen{}, nothing{})
	if err != nil {
		fmt.Println(err)
		return
	}
	experiment := lab.Experiment{Work: lab.WorkFetch, Calls: 2, Items: 6}
	report, err := work.Run(context.Background(), experiment, []lab.Strategy{
		{Name: lab.Serial, Queue: 2},
		{Name: lab.PerItem, Workers: 3, Queue: 2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, run := range report.Runs {
		figures := run.Figures()
		fmt.Println(run.Strategy, "made", len(run.Batches), "batches,", figures.Done, "items done")
	}
	fmt.Println("sooner with three cooks:", report.Runs[1].Took < report.Runs[0].Took)
	// Output:
	// serial,queue=2 made 2 batches, 12 items done
	// per-item:3,queue=2 made 12 batches, 12 items done
	// sooner with three cooks: true
}

func ExampleParseStrategy() {
	strategy, err := lab.ParseStrategy("pooled:8,queue=16")
	fmt.Println(strategy.Name, strategy.Workers, strategy.Queue, err)
	_, err = lab.ParseStrategy("magic")
	fmt.Println(domain.CodeOf(err))
	// Output:
	// pooled 8 16 <nil>
	// invalid
}

func ExampleExperiment_Check() {
	err := lab.Experiment{Work: lab.WorkCheck, Calls: 10, Items: 3}.Check([]lab.Strategy{{Name: lab.Pooled}})
	for _, problem := range domain.ProblemsOf(err) {
		fmt.Println(problem)
	}
	// Output:
	// items too_big (1)
	// strategies.1.workers too_small (1)
}

func ExampleRun_Figures() {
	run := lab.Run{
		Took: 2 * time.Second,
		Calls: []lab.Call{
			{Answered: time.Second, Items: 10},
			{Asked: time.Second, Answered: 2 * time.Second, Items: 10, Failed: 2},
			{Asked: time.Second, Answered: time.Second, Items: 10, Failed: 10, Refused: true},
		},
	}
	figures := run.Figures()
	fmt.Println(figures.Done, "done,", figures.Failed, "failed,", figures.Refused, "call refused,", figures.Throughput, "a second,", figures.Latency.P99)
	// Output: 18 done, 2 failed, 1 call refused, 9 a second, 1s
}

func ExampleRun_Windows() {
	run := lab.Run{
		Took:    time.Second,
		Calls:   []lab.Call{{Answered: time.Second, Items: 3}},
		Batches: []lab.Batch{{Ended: 300 * time.Millisecond, Items: 2}, {Began: 300 * time.Millisecond, Ended: time.Second, Items: 1}},
	}
	for _, window := range run.Windows(2, run.Took) {
		fmt.Println(window.From, "to", window.To, "done", window.Done, "answered", window.Answered)
	}
	// Output:
	// 0s to 500ms done 2 answered 0
	// 500ms to 1s done 1 answered 1
}

func ExampleLab_Presets() {
	work, err := lab.New(kitchen{}, nothing{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, preset := range work.Presets() {
		fmt.Println(preset.Name, "-", preset.Title)
	}
	// Output:
	// slow-upstream - One slow upstream
	// how-many-workers - How many workers?
	// waiting-room - A full waiting room
	// burst - A burst of 1,000 checks
	// one-writer - SQLite's one writer
	// transactions - What a transaction costs
	// one-panic - One panic
	// flaky-upstream - A flaky upstream
}
