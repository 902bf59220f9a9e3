package lab_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// sound is an experiment in the middle of its bounds.
func sound() lab.Experiment {
	return lab.Experiment{
		Work: lab.WorkFetch, Calls: 10, Items: 10, Gap: ms, Panic: 3,
		Upstream: lab.Upstream{Latency: 20 * ms, Jitter: 5 * ms, Failures: 0.5, Slow: time.Second},
	}
}

func TestAnExperimentIsChecked(t *testing.T) {
	t.Parallel()
	small, big := domain.ProblemTooSmall, domain.ProblemTooBig
	serial := []lab.Strategy{{Name: lab.Serial}}
	for _, test := range []struct {
		name       string
		change     func(e *lab.Experiment)
		strategies []lab.Strategy
		want       []domain.Problem
	}{
		{"a sound one is done", func(*lab.Experiment) {}, serial, nil},
		{"as much as there may be", func(e *lab.Experiment) { e.Calls, e.Items, e.Gap = 2000, 50, 10*time.Second }, serial, nil},
		{"one call of as many items as there may be", func(e *lab.Experiment) { e.Calls, e.Items, e.Panic = 1, 10_000, 1 }, serial, nil},
		{"checks bring one item", func(e *lab.Experiment) { e.Work, e.Items = lab.WorkCheck, 1 }, serial, nil},
		{"as many batches as there may be", func(e *lab.Experiment) { e.Calls, e.Items = 10, 2000 }, []lab.Strategy{{Name: lab.PerItem, Workers: 1}}, nil},

		{"a work that is none", func(e *lab.Experiment) { e.Work = "play" }, serial, []domain.Problem{{Field: "work", Code: domain.ProblemUnknown}}},
		{"no calls", func(e *lab.Experiment) { e.Calls, e.Panic = 0, 0 }, serial, []domain.Problem{{Field: "calls", Code: small, Limit: 1}}},
		{"too many calls", func(e *lab.Experiment) { e.Calls, e.Items = 2001, 1 }, serial, []domain.Problem{{Field: "calls", Code: big, Limit: 2000}}},
		{"no items", func(e *lab.Experiment) { e.Items = 0 }, serial, []domain.Problem{{Field: "items", Code: small, Limit: 1}}},
		{"too many items in a call", func(e *lab.Experiment) { e.Items = 10_001 }, serial, []domain.Problem{{Field: "items", Code: big, Limit: 10_000}}},
		{"too many items in all", func(e *lab.Experiment) { e.Calls, e.Items = 100, 1001 }, serial, []domain.Problem{{Field: "items", Code: big, Limit: 1000}}},
		{"checks of two", func(e *lab.Experiment) { e.Work, e.Items = lab.WorkCheck, 2 }, serial, []domain.Problem{{Field: "items", Code: big, Limit: 1}}},
		{"times that are negative", func(e *lab.Experiment) { e.Gap, e.Upstream = -1, lab.Upstream{Latency: -1, Slow: -1} }, serial, []domain.Problem{
			{Field: "gap", Code: small}, {Field: "latency", Code: small}, {Field: "slow", Code: small},
		}},
		{"times that are too long", func(e *lab.Experiment) {
			e.Gap, e.Upstream = 10*time.Second+1, lab.Upstream{Latency: time.Hour, Slow: time.Hour}
		}, serial, []domain.Problem{
			{Field: "gap", Code: big, Limit: 10_000}, {Field: "latency", Code: big, Limit: 10_000}, {Field: "slow", Code: big, Limit: 10_000},
		}},
		{"more jitter than latency", func(e *lab.Experiment) { e.Upstream.Jitter = 21 * ms }, serial, []domain.Problem{{Field: "jitter", Code: big, Limit: 20}}},
		{"less than no failures", func(e *lab.Experiment) { e.Upstream.Failures = -0.1 }, serial, []domain.Problem{{Field: "failures", Code: small}}},
		{"more failures than answers", func(e *lab.Experiment) { e.Upstream.Failures = 1.1 }, serial, []domain.Problem{{Field: "failures", Code: big, Limit: 1}}},
		{"failures that are no number", func(e *lab.Experiment) { e.Upstream.Failures = math.NaN() }, serial, []domain.Problem{{Field: "failures", Code: big, Limit: 1}}},
		{"a panic in no call", func(e *lab.Experiment) { e.Panic = 11 }, serial, []domain.Problem{{Field: "panic", Code: big, Limit: 10}}},
		{"no strategy", func(*lab.Experiment) {}, nil, []domain.Problem{{Field: "strategies", Code: small, Limit: 1}}},
		{"too many strategies", func(*lab.Experiment) {}, slices.Repeat(serial, 9), []domain.Problem{{Field: "strategies", Code: big, Limit: 8}}},
		{"strategies out of their bounds", func(*lab.Experiment) {}, []lab.Strategy{
			{Name: "magic", Workers: -1}, {Name: lab.Serial, Workers: -7, Batch: -7, Queue: -1},
			{Name: lab.Pooled}, {Name: lab.PerItem, Workers: 1001}, {Name: lab.Batched, Batch: 10_001, Queue: 10_001},
		}, []domain.Problem{
			{Field: "strategies.1.name", Code: domain.ProblemUnknown},
			{Field: "strategies.2.queue", Code: small},
			{Field: "strategies.3.workers", Code: small, Limit: 1},
			{Field: "strategies.4.workers", Code: big, Limit: 1000},
			{Field: "strategies.5.batch", Code: big, Limit: 10_000}, {Field: "strategies.5.queue", Code: big, Limit: 10_000},
		}},
		{"too many batches", func(e *lab.Experiment) { e.Calls, e.Items = 10, 2001 }, []lab.Strategy{
			{Name: lab.PerItem, Workers: 1}, {Name: lab.Batched, Batch: 2},
		}, []domain.Problem{{Field: "strategies.1.batch", Code: small, Limit: 2}}},
		{"everything at once", func(e *lab.Experiment) { *e = lab.Experiment{Calls: math.MinInt, Items: math.MaxInt} }, nil, []domain.Problem{
			{Field: "work", Code: domain.ProblemUnknown}, {Field: "calls", Code: small, Limit: 1}, {Field: "items", Code: big, Limit: 10_000},
			{Field: "strategies", Code: small, Limit: 1},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := sound()
			test.change(&e)
			err := e.Check(test.strategies)
			if got := domain.ProblemsOf(err); !slices.Equal(got, test.want) || (err == nil) != (test.want == nil) {
				t.Errorf("got %v with %v, want %v", err, got, test.want)
			}
			if err != nil && domain.CodeOf(err) != domain.CodeInvalid {
				t.Errorf("got code %q, want %q", domain.CodeOf(err), domain.CodeInvalid)
			}
		})
	}
}

func TestABadExperimentIsNotBegun(t *testing.T) {
	t.Parallel()
	bench := &fakeBench{}
	_, err := newFakeLab(t, bench).Run(t.Context(), lab.Experiment{}, nil)
	if domain.CodeOf(err) != domain.CodeInvalid || len(domain.ProblemsOf(err)) != 4 || bench.opened.Load() != 0 {
		t.Errorf("got %v and %d subjects, want all four problems and none", err, bench.opened.Load())
	}
}
