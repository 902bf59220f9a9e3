package lab_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

func bulk(calls, items int) lab.Experiment {
	return lab.Experiment{Work: lab.WorkBulk, Calls: calls, Items: items}
}

func TestALabNeedsABenchAndAMeter(t *testing.T) {
	t.Parallel()
	for _, needs := range []struct {
		bench lab.Bench
		meter lab.Meter
	}{{nil, &fakeMeter{}}, {&fakeBench{}, nil}} {
		if got, err := lab.New(needs.bench, needs.meter); got != nil || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("New(%v, %v): got %v and %v, want none and code %q", needs.bench, needs.meter, got, err, domain.CodeInvalid)
		}
	}
}

// In virtual time everything takes exactly as long as it is told to.
func TestARunTellsWhatHappenedToWhomAndWhen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := bulk(3, 4)
		e.Gap = 8 * ms
		run := runOne(t, &fakeBench{handler: taking(5 * ms)}, e, "batched:3,queue=5")
		run.Samples = nil
		want := lab.Run{
			Strategy: lab.Strategy{Name: lab.Batched, Workers: 1, Batch: 3, Queue: 5},
			Took:     60 * ms,
			Calls: []lab.Call{
				{Asked: 0, Answered: 20 * ms, Items: 4},
				{Asked: 8 * ms, Answered: 55 * ms, Items: 4},
				{Asked: 16 * ms, Answered: 60 * ms, Items: 4},
			},
			Batches: []lab.Batch{
				{Call: 0, Began: 0, Ended: 15 * ms, Items: 3},
				{Call: 0, Began: 15 * ms, Ended: 20 * ms, Items: 1},
				{Call: 1, Began: 20 * ms, Ended: 35 * ms, Items: 3},
				{Call: 2, Began: 35 * ms, Ended: 50 * ms, Items: 3}, // it came before the second call wanted the worker again
				{Call: 1, Began: 50 * ms, Ended: 55 * ms, Items: 1},
				{Call: 2, Began: 55 * ms, Ended: 60 * ms, Items: 1},
			},
		}
		if !reflect.DeepEqual(run, want) {
			t.Errorf("got  %+v\nwant %+v", run, want)
		}
	})
}

func TestACallBeginsWhenItsTimeHasComeWhateverTheOthersDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := bulk(4, 1)
		e.Gap = 7 * ms
		run := runOne(t, &fakeBench{handler: taking(100 * ms)}, e, "serial,queue=9")
		for i, call := range run.Calls {
			asked, answered := time.Duration(i)*7*ms, time.Duration(i+1)*100*ms
			if call.Asked != asked || call.Answered != answered {
				t.Errorf("call %d: got it asked at %v and answered at %v, want %v and %v", i, call.Asked, call.Answered, asked, answered)
			}
		}
	})
}

func TestAWorkerIsTheLeastNumberThatIsFree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// Three begin; the second is over first, so the fourth is its worker's.
		durations := []time.Duration{30 * ms, 10 * ms, 50 * ms, 5 * ms, 1 * ms}
		bench := &fakeBench{handler: func(_ context.Context, batch []item) []domain.Outcome[int] {
			time.Sleep(durations[batch[0].number])
			return make([]domain.Outcome[int], 1)
		}}
		run := runOne(t, bench, bulk(1, 5), "per-item:3")
		got := map[time.Duration]int{} // worker by how long it took
		for _, batch := range run.Batches {
			got[batch.Ended-batch.Began] = batch.Worker
		}
		// Which of the first three is first to say so, is not decided.
		if workers := []int{got[30*ms], got[10*ms], got[50*ms]}; !isPermutation(workers) {
			t.Errorf("the first three are the workers %v, want 0, 1 and 2", workers)
		}
		if got[5*ms] != got[10*ms] || got[1*ms] != got[10*ms] {
			t.Errorf("got the workers %v, want those of 5 and 1 ms to be that of 10 ms, which was free", got)
		}
	})
}

func isPermutation(numbers []int) bool {
	sorted := slices.Sorted(slices.Values(numbers))
	for i, n := range sorted {
		if i != n {
			return false
		}
	}
	return true
}

func TestARefusedCallIsOneThatFoundNoRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := bulk(4, 2)
		e.Gap = ms
		full := &domain.Error{Code: domain.CodeUnavailable, Message: "the store is full"}
		bench := &fakeBench{handler: func(_ context.Context, batch []item) []domain.Outcome[int] {
			time.Sleep(10 * ms)
			if batch[0].call == 1 {
				return domain.FailAll[int](len(batch), full)
			}
			return make([]domain.Outcome[int], len(batch))
		}}
		run := runOne(t, bench, e, "serial,queue=1")
		want := []lab.Call{
			{Asked: 0, Answered: 10 * ms, Items: 2},
			{Asked: ms, Answered: 20 * ms, Items: 2, Failed: 2}, // of the work, with the same code
			{Asked: 2 * ms, Answered: 2 * ms, Items: 2, Failed: 2, Refused: true},
			{Asked: 3 * ms, Answered: 3 * ms, Items: 2, Failed: 2, Refused: true},
		}
		if !reflect.DeepEqual(run.Calls, want) {
			t.Errorf("got  %+v\nwant %+v", run.Calls, want)
		}
		if last := run.Samples[len(run.Samples)-1]; last.Refused != 2 {
			t.Errorf("the last sample says %d refused, want 2", last.Refused)
		}
	})
}

func TestACallThatFailsBeforeItsBatchesIsNotRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		run := runOne(t, &fakeBench{callErr: &domain.Error{Code: domain.CodeInvalid, Message: "not like this"}, handler: taking(ms)}, bulk(1, 3), "serial")
		if want := []lab.Call{{Items: 3, Failed: 3}}; !slices.Equal(run.Calls, want) {
			t.Errorf("got %+v, want %+v: only who finds no room is refused", run.Calls, want)
		}
	})
}

func TestAPanicIsWrittenDownAndGoesOn(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(){"panic": func() { panic("oh") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bench := &fakeBench{handler: func(_ context.Context, batch []item) []domain.Outcome[int] {
					time.Sleep(ms)
					if batch[0] == (item{1, 0}) {
						end()
					}
					return make([]domain.Outcome[int], len(batch))
				}}
				run := runOne(t, bench, bulk(3, 4), "batched:2,queue=9")
				panicked := 0
				for _, batch := range run.Batches {
					if batch.Panicked {
						panicked++
					}
					if batch.Panicked != (batch.Failed == 2) || batch.Ended != batch.Began+ms {
						t.Errorf("got %+v, want both items of the one that panicked to fail, and its end", batch)
					}
				}
				if got := []int{run.Calls[0].Failed, run.Calls[1].Failed, run.Calls[2].Failed}; panicked != 1 || !slices.Equal(got, []int{0, 2, 0}) {
					t.Errorf("got %d panics and %v failed items, want 1 and [0 2 0]: the siblings are unharmed", panicked, got)
				}
			})
		})
	}
}

func TestWhatAHandlerAnswersIsCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bench := &fakeBench{handler: func(_ context.Context, batch []item) []domain.Outcome[int] {
			switch batch[0].call {
			case 0:
				return make([]domain.Outcome[int], 1) // the wrong number
			default:
				outcomes := make([]domain.Outcome[int], len(batch))
				outcomes[1].Err = errors.New("no power")
				return outcomes
			}
		}}
		run := runOne(t, bench, bulk(2, 3), "pooled:1,queue=2")
		for _, batch := range run.Batches {
			want := []int{3, 1}[batch.Call]
			if batch.Failed != want || run.Calls[batch.Call].Failed != want || batch.Panicked {
				t.Errorf("call %d: got %+v and %+v, want %d failed in both", batch.Call, batch, run.Calls[batch.Call], want)
			}
		}
	})
}

func TestSamplesAreEven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const work = 2*time.Second + ms/3 // so that the end lies between two samples
		run := runOne(t, &fakeBench{handler: taking(work)}, bulk(3, 1), "serial,queue=2")
		samples := run.Samples
		if len(samples) < 200 || len(samples) > 514 {
			t.Errorf("got %d samples of 6 s, want some hundred", len(samples))
		}
		pace := samples[1].At
		for i, sample := range samples[:len(samples)-1] {
			if sample.At != time.Duration(i)*pace {
				t.Fatalf("sample %d is of %v, want %v: every %v from the beginning", i, sample.At, time.Duration(i)*pace, pace)
			}
			if i == 0 {
				continue // nothing need have begun
			}
			if waiting := 2 - int(sample.At/work); sample.At%work != 0 && (sample.Running != 1 || sample.Waiting != waiting) {
				t.Fatalf("at %v: got %d running and %d waiting, want 1 and %d", sample.At, sample.Running, sample.Waiting, waiting)
			}
			if sample.Goroutines <= samples[i-1].Goroutines || sample.Heap != 2*uint64(sample.Goroutines) {
				t.Fatalf("at %v: got %+v, want what the meter says at that moment", sample.At, sample)
			}
		}
		if last := samples[len(samples)-1]; last.At != run.Took || last.Running != 0 {
			t.Errorf("the last sample is %+v, want one of the end (%v)", last, run.Took)
		}
	})
}

func TestEachStrategyHasASubjectOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bench := &fakeBench{handler: taking(ms)}
		bench.calling = func() {
			if open := bench.opened.Load() - bench.closed.Load(); open != 1 {
				t.Errorf("%d subjects are open, want 1", open)
			}
		}
		strategies := []lab.Strategy{parse(t, "serial,queue=4"), parse(t, "pooled:2,queue=4"), {Name: lab.PerItem, Workers: 2, Batch: 77, Queue: 4}}
		began := time.Now()
		report, err := newFakeLab(t, bench).Run(t.Context(), bulk(4, 2), strategies)
		if err != nil {
			t.Fatalf("Run: got %v, want a report", err)
		}
		if !report.Made.Equal(began) || report.Experiment != bulk(4, 2) {
			t.Errorf("got the report of %+v at %v, want of the experiment, now", report.Experiment, report.Made)
		}
		var got []string
		for _, run := range report.Runs {
			got = append(got, fmt.Sprintf("%s of %d: %v", run.Strategy, run.Strategy.Batch, run.Took))
		}
		want := []string{"serial,queue=4 of 0: 8ms", "pooled:2,queue=4 of 0: 4ms", "per-item:2,queue=4 of 1: 4ms"}
		if !slices.Equal(got, want) || bench.opened.Load() != 3 || bench.closed.Load() != 3 {
			t.Errorf("got %q, %d opened and %d closed, want %q, 3 and 3", got, bench.opened.Load(), bench.closed.Load(), want)
		}
	})
}

func TestOneRunGoesOnAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		work := newFakeLab(t, &fakeBench{handler: taking(time.Second)})
		strategies := []lab.Strategy{parse(t, "serial")}
		first := make(chan error)
		go func() {
			_, err := work.Run(t.Context(), bulk(1, 1), strategies)
			first <- err
		}()
		synctest.Wait()
		if _, err := work.Run(t.Context(), bulk(1, 1), strategies); domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("beside another: got %v, want code %q at once", err, domain.CodeUnavailable)
		}
		if err := <-first; err != nil {
			t.Errorf("the first: got %v, want a report", err)
		}
		if _, err := work.Run(t.Context(), bulk(1, 1), strategies); err != nil {
			t.Errorf("afterwards: got %v, want a report", err)
		}
	})
}

// The bubble fails the test where a goroutine is left.
func TestARunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		e    lab.Experiment
	}{
		{"while calls run and wait", bulk(20, 3)},
		{"while calls are still to come", lab.Experiment{Work: lab.WorkBulk, Calls: 20, Items: 3, Gap: 10 * time.Second}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bench := &fakeBench{handler: taking(time.Second)}
				why := errors.New("nobody wants to know any more")
				ctx, cancel := context.WithCancelCause(t.Context())
				began := time.Now()
				time.AfterFunc(1500*ms, func() { cancel(why) })
				report, err := newFakeLab(t, bench).Run(ctx, test.e, []lab.Strategy{parse(t, "pooled:2,queue=50"), parse(t, "serial,queue=50")})
				if domain.CodeOf(err) != domain.CodeCanceled || !errors.Is(err, why) || report.Runs != nil {
					t.Errorf("got %+v and %v, want no report and code %q with the cause", report, err, domain.CodeCanceled)
				}
				if took := time.Since(began); took != 1500*ms {
					t.Errorf("it took %v, want 1.5 s: no longer than its ctx", took)
				}
				if bench.opened.Load() != 1 || bench.closed.Load() != 1 {
					t.Errorf("%d subjects were opened and %d closed, want 1 and 1", bench.opened.Load(), bench.closed.Load())
				}
			})
		})
	}
}

func TestARunWhoseContextHasEndedBeginsNothing(t *testing.T) {
	t.Parallel()
	bench := &fakeBench{handler: taking(ms)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newFakeLab(t, bench).Run(ctx, bulk(1, 1), []lab.Strategy{parse(t, "serial")}); domain.CodeOf(err) != domain.CodeCanceled {
		t.Errorf("got %v, want code %q", err, domain.CodeCanceled)
	}
	if bench.opened.Load() != 0 {
		t.Error("a subject was opened, want none")
	}
}

func TestAStrategyMayTakeSoLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bench := &fakeBench{handler: taking(lab.Patience / 3)}
		work := newFakeLab(t, bench)
		if _, err := work.Run(t.Context(), bulk(1, 2), []lab.Strategy{parse(t, "serial")}); err != nil {
			t.Errorf("what takes two thirds of it: got %v, want a report", err)
		}
		began := time.Now()
		_, err := work.Run(t.Context(), bulk(1, 9), []lab.Strategy{parse(t, "serial")})
		if domain.CodeOf(err) != domain.CodeTooLarge || !strings.Contains(domain.MessageOf(err), "serial") {
			t.Errorf("what takes three times as long: got %v, want code %q and which strategy", err, domain.CodeTooLarge)
		}
		if took := time.Since(began); took != lab.Patience {
			t.Errorf("it took %v, want %v", took, lab.Patience)
		}
		if bench.closed.Load() != 2 {
			t.Errorf("%d subjects were closed, want 2", bench.closed.Load())
		}
	})
}

func TestWhatABenchCannotDoIsNoReport(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, test := range []struct {
		name   string
		bench  *fakeBench
		want   domain.Code
		closed int32
	}{
		{"it opens nothing", &fakeBench{openErr: broken}, domain.CodeInternal, 0},
		{"it leaves something behind", &fakeBench{closeErr: broken, handler: taking(ms)}, domain.CodeInternal, 1},
		{"its calls panic", &fakeBench{calling: func() { panic("oh") }, handler: taking(ms)}, domain.CodeInternal, 1},
		{"its executor loses the ctx", &fakeBench{withoutCalls: true, handler: taking(ms)}, domain.CodeInternal, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				report, err := newFakeLab(t, test.bench).Run(t.Context(), bulk(2, 1), []lab.Strategy{parse(t, "serial,queue=4")})
				if domain.CodeOf(err) != test.want || report.Runs != nil {
					t.Errorf("got %+v and %v, want no report and code %q", report, err, test.want)
				}
				if got := test.bench.closed.Load(); got != test.closed {
					t.Errorf("%d subjects were closed, want %d", got, test.closed)
				}
			})
		})
	}
}
