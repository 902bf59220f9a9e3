package domain_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

type personOutcome = domain.Outcome[domain.Person]

// source is a walk over made-up drafts that counts how many were read.
type source struct {
	n      int
	broken map[int]error // by place
	read   int
	onRead func(place int) // or nil
}

func (s *source) drafts() iter.Seq2[domain.Draft, error] {
	return func(yield func(domain.Draft, error) bool) {
		for i := range s.n {
			s.read++
			if s.onRead != nil {
				s.onRead(i)
			}
			draft, err := domain.GeneratedDraft(uint(i)), s.broken[i]
			if err != nil {
				draft = domain.Draft{}
			}
			if !yield(draft, err) {
				return
			}
		}
	}
}

// recorder is an executor that keeps a copy of each call's items.
type recorder struct {
	calls  [][]domain.Draft
	answer func(ctx context.Context, drafts []domain.Draft) []personOutcome
}

func (r *recorder) Execute(ctx context.Context, drafts []domain.Draft) []personOutcome {
	r.calls = append(r.calls, slices.Clone(drafts))
	return r.answer(ctx, drafts)
}

// named answers each draft as a person without an id.
func named(_ context.Context, drafts []domain.Draft) []personOutcome {
	outcomes := make([]personOutcome, len(drafts))
	for i, draft := range drafts {
		outcomes[i].Value = draft.Person(0)
	}
	return outcomes
}

// outcomesOf walks to the end and checks that places are counted from 0.
func outcomesOf(t *testing.T, walk iter.Seq2[int, personOutcome]) []personOutcome {
	t.Helper()
	var outcomes []personOutcome
	for place, outcome := range walk {
		if place != len(outcomes) {
			t.Fatalf("got place %d, want %d", place, len(outcomes))
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}

func TestStreamIsHandedOverInCallsOfTheLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, limit int
		want     []int // the sizes of the calls
	}{
		{0, 3, nil},
		{1, 3, []int{1}},
		{2, 3, []int{2}},
		{3, 3, []int{3}},
		{4, 3, []int{3, 1}},
		{6, 3, []int{3, 3}},
		{7, 3, []int{3, 3, 1}},
		{3, 1, []int{1, 1, 1}},
	} {
		executor := &recorder{answer: named}
		drafts := &source{n: c.n}
		outcomes := outcomesOf(t, newBulk(t, executor, c.limit).CreateSeq(t.Context(), drafts.drafts()))
		var sizes []int
		for _, call := range executor.calls {
			sizes = append(sizes, len(call))
		}
		if !slices.Equal(sizes, c.want) {
			t.Errorf("%d drafts with a limit of %d: got calls of %v, want %v", c.n, c.limit, sizes, c.want)
		}
		if len(outcomes) != c.n {
			t.Fatalf("%d drafts with a limit of %d: got %d outcomes, want one for each", c.n, c.limit, len(outcomes))
		}
		for i, outcome := range outcomes {
			if want := (personOutcome{Value: domain.GeneratedDraft(uint(i)).Person(0)}); outcome != want {
				t.Errorf("%d drafts with a limit of %d: outcome %d: got %+v, want %+v", c.n, c.limit, i, outcome, want)
			}
		}
	}
}

func TestBrokenDraftsKeepTheirPlaceAndHarmNobody(t *testing.T) {
	t.Parallel()
	_, noPerson := domain.NewDraft("", -1)
	unread := errors.New("the file ends within a line")
	drafts := &source{n: 8, broken: map[int]error{0: noPerson, 2: unread, 5: noPerson, 6: noPerson, 7: noPerson}}
	executor := &recorder{answer: named}
	outcomes := outcomesOf(t, newBulk(t, executor, 3).CreateSeq(t.Context(), drafts.drafts()))
	for i, outcome := range outcomes {
		want := personOutcome{Err: drafts.broken[i]}
		if want.Err == nil {
			want.Value = domain.GeneratedDraft(uint(i)).Person(0)
		}
		if outcome != want {
			t.Errorf("outcome %d: got %+v, want %+v", i, outcome, want)
		}
	}
	want := [][]domain.Draft{
		{domain.GeneratedDraft(1)},
		{domain.GeneratedDraft(3), domain.GeneratedDraft(4)},
	}
	if len(outcomes) != 8 || !slices.EqualFunc(executor.calls, want, slices.Equal) {
		t.Errorf("got %d outcomes and the calls %v, want 8 and %v: no call for none", len(outcomes), executor.calls, want)
	}
}

func TestZeroDraftFailsAlone(t *testing.T) {
	t.Parallel()
	drafts := func(yield func(domain.Draft, error) bool) {
		_ = yield(newDraft(t, "Ann", 1), nil) && yield(domain.Draft{}, nil) && yield(newDraft(t, "Bob", 2), nil)
	}
	store := memstore.New()
	bulk := newBulk(t, newExecutor(t, domain.CreateHandler(store), localexec.Serial(0)), 10)
	outcomes := outcomesOf(t, bulk.CreateSeq(t.Context(), drafts))
	wantProblems(t, outcomes[1].Err, nameBlank)
	if got := []domain.Person{outcomes[0].Value, outcomes[2].Value}; !slices.Equal(got, []domain.Person{
		domain.StoredPerson(1, "Ann", 1), domain.StoredPerson(2, "Bob", 2),
	}) {
		t.Errorf("got %v, want its neighbours saved", got)
	}
}

func TestBatchThatFailsLeavesThoseThatFollow(t *testing.T) {
	t.Parallel()
	full := &domain.Error{Code: domain.CodeUnavailable, Message: "full"}
	executor := &recorder{}
	executor.answer = func(ctx context.Context, drafts []domain.Draft) []personOutcome {
		if len(executor.calls) == 2 {
			return domain.FailAll[domain.Person](len(drafts), full)
		}
		return named(ctx, drafts)
	}
	drafts := &source{n: 8}
	for i, outcome := range outcomesOf(t, newBulk(t, executor, 3).CreateSeq(t.Context(), drafts.drafts())) {
		want := personOutcome{Value: domain.GeneratedDraft(uint(i)).Person(0)}
		if 3 <= i && i < 6 {
			want = personOutcome{Err: full}
		}
		if outcome != want {
			t.Errorf("outcome %d: got %+v, want %+v", i, outcome, want)
		}
	}
	if len(executor.calls) != 3 {
		t.Errorf("the executor was asked %d times, want 3: whether to leave is up to the caller", len(executor.calls))
	}
}

func TestWhoLeavesReadsNothingMore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ seen, read, calls int }{
		{seen: 1, read: 3, calls: 1},
		{seen: 3, read: 3, calls: 1},
		{seen: 4, read: 6, calls: 2},
		{seen: 7, read: 7, calls: 3},
	} {
		executor := &recorder{answer: named}
		drafts := &source{n: 7}
		for place := range newBulk(t, executor, 3).CreateSeq(t.Context(), drafts.drafts()) {
			if place == c.seen-1 {
				break
			}
		}
		if drafts.read != c.read || len(executor.calls) != c.calls {
			t.Errorf("leaving after %d outcomes: got %d drafts read and %d calls, want %d and %d",
				c.seen, drafts.read, len(executor.calls), c.read, c.calls)
		}
	}
}

func TestNothingHappensBeforeTheWalk(t *testing.T) {
	t.Parallel()
	drafts := &source{n: 3}
	executor := &recorder{answer: named}
	walk := newBulk(t, executor, 3).CreateSeq(t.Context(), drafts.drafts())
	if drafts.read != 0 {
		t.Errorf("got %d drafts read before the walk, want 0", drafts.read)
	}
	for range 2 {
		if got := len(outcomesOf(t, walk)); got != 3 {
			t.Errorf("got %d outcomes, want 3 in each walk", got)
		}
	}
	if drafts.read != 6 {
		t.Errorf("got %d drafts read in two walks, want 6", drafts.read)
	}
}

// The limit is 3. ctx ends when the draft at a place is read, or in a call.
func TestEndOfContextIsAlwaysTold(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for _, c := range []struct {
		name     string
		n        int
		atPlace  int // -1 for never
		inCall   int
		broken   map[int]error
		want     string // of each outcome: s is saved, c is the end of ctx
		wantCall int
	}{
		{"before the first", 7, 0, 0, nil, "c", 0},
		{"within a batch", 7, 4, 0, nil, "ssscc", 1},
		{"with the last of a batch", 7, 5, 0, nil, "sssccc", 1},
		{"with a draft that is broken", 7, 4, 0, map[int]error{3: stop, 4: stop}, "ssscc", 1},
		{"with the only one of a batch, which is broken", 7, 3, 0, map[int]error{3: stop}, "sssc", 1},
		{"during a call", 7, -1, 1, nil, "sssc", 1},
		{"during the last call, when nobody is left to be told", 6, -1, 2, nil, "ssssss", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			executor := &recorder{}
			executor.answer = func(ctx context.Context, drafts []domain.Draft) []personOutcome {
				if len(executor.calls) == c.inCall {
					cancel(stop)
				}
				return named(ctx, drafts)
			}
			drafts := &source{n: c.n, broken: c.broken, onRead: func(place int) {
				if place == c.atPlace {
					cancel(stop)
				}
			}}
			var got string
			for _, outcome := range outcomesOf(t, newBulk(t, executor, 3).CreateSeq(ctx, drafts.drafts())) {
				switch {
				case outcome.Err == nil:
					got += "s"
				case domain.CodeOf(outcome.Err) == domain.CodeCanceled && errors.Is(outcome.Err, stop):
					got += "c"
				default:
					got += fmt.Sprintf("(%v)", outcome.Err)
				}
			}
			if got != c.want || len(executor.calls) != c.wantCall {
				t.Errorf("got the outcomes %s and %d calls, want %s and %d", got, len(executor.calls), c.want, c.wantCall)
			}
			if drafts.read != len(c.want) {
				t.Errorf("got %d drafts read, want %d", drafts.read, len(c.want))
			}
		})
	}
}

func TestStreamSavesEverybodyWhateverTheStrategy(t *testing.T) {
	t.Parallel()
	for name, strategy := range map[string]localexec.Config{
		"serial":   localexec.Serial(0),
		"batched":  localexec.Batched(7, 0),
		"pooled":   localexec.Pooled(4, 0),
		"per item": localexec.PerItem(4, 0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := memstore.New()
			drafts := &source{n: 100}
			bulk := newBulk(t, newExecutor(t, domain.CreateHandler(store), strategy), 30)
			for i, outcome := range outcomesOf(t, bulk.CreateSeq(t.Context(), drafts.drafts())) {
				if want := domain.GeneratedDraft(uint(i)).Person(outcome.Value.ID()); outcome.Err != nil || outcome.Value != want {
					t.Errorf("outcome %d: got %+v, want %v", i, outcome, want)
				}
				if found, err := store.Find(t.Context(), outcome.Value.ID()); err != nil || found != outcome.Value {
					t.Errorf("outcome %d: the store has %v and %v, want %v", i, found, err, outcome.Value)
				}
			}
		})
	}
}
