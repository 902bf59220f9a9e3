package domain_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

type draftExecutor = portmock.ExecutorMock[domain.Draft, domain.Person]

// saved answers each draft as if it had been saved, with the ids 1, 2, 3 …
func saved(_ context.Context, drafts []domain.Draft) []domain.Outcome[domain.Person] {
	outcomes := make([]domain.Outcome[domain.Person], len(drafts))
	for i, draft := range drafts {
		outcomes[i].Value = draft.Person(int64(i + 1))
	}
	return outcomes
}

func TestBulkNeedsRoomForAPerson(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, -1, math.MinInt} {
		bulk, err := domain.NewBulkCreate(&draftExecutor{}, limit)
		if bulk != nil || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("a limit of %d: got %v and the error %v, want none and code %q", limit, bulk, err, domain.CodeInvalid)
		}
	}
}

// The mock has no function, so a call of the executor would panic.
func TestExecutorIsNotAskedForABadCount(t *testing.T) {
	t.Parallel()
	bulk := newBulk(t, &draftExecutor{}, 3)
	tooSmall := domain.Problem{Field: domain.FieldCount, Code: domain.ProblemTooSmall, Limit: 1}
	tooBig := domain.Problem{Field: domain.FieldCount, Code: domain.ProblemTooBig, Limit: 3}
	for count, want := range map[int]domain.Problem{
		math.MinInt: tooSmall, -1: tooSmall, 0: tooSmall, 4: tooBig, math.MaxInt: tooBig,
	} {
		n, err := bulk.Generate(t.Context(), count)
		wantProblems(t, err, want)
		if n != 0 {
			t.Errorf("Generate(%d): got %d saved, want 0", count, n)
		}
	}
	for count, want := range map[int]domain.Problem{0: tooSmall, 4: tooBig, 5: tooBig} {
		outcomes, err := bulk.Create(t.Context(), slices.Repeat([]domain.Draft{newDraft(t, "Ann", 1)}, count))
		wantProblems(t, err, want)
		if outcomes != nil {
			t.Errorf("Create of %d: got %v beside an error, want no outcomes", count, outcomes)
		}
	}
}

func TestExecutorIsNotAskedWhenOneDraftIsZero(t *testing.T) {
	t.Parallel()
	bulk := newBulk(t, &draftExecutor{}, 3)
	ann := newDraft(t, "Ann", 1)
	for at := range 3 {
		drafts := []domain.Draft{ann, ann, ann}
		drafts[at] = domain.Draft{}
		_, err := bulk.Create(t.Context(), drafts)
		wantProblems(t, err, nameBlank)
	}
}

func TestBulkIsHandedOverInOneCall(t *testing.T) {
	t.Parallel()
	executor := &draftExecutor{ExecuteFunc: saved}
	drafts := []domain.Draft{newDraft(t, "Ann", 1), newDraft(t, "Bob", 2), newDraft(t, "Cid", 3)}
	outcomes, err := newBulk(t, executor, 3).Create(t.Context(), drafts)
	if want := saved(t.Context(), drafts); err != nil || !slices.Equal(outcomes, want) {
		t.Errorf("got %v and the error %v, want %v", outcomes, err, want)
	}
	if calls := executor.ExecuteCalls(); len(calls) != 1 || !slices.Equal(calls[0].Items, drafts) {
		t.Errorf("the executor was asked %v, want once for all drafts: it decides about batches", calls)
	}
}

func TestGeneratedPersonsAreThoseOfTheOriginal(t *testing.T) {
	t.Parallel()
	executor := &draftExecutor{ExecuteFunc: saved}
	n, err := newBulk(t, executor, 1_000).Generate(t.Context(), 250)
	if n != 250 || err != nil {
		t.Fatalf("got %d saved and the error %v, want 250", n, err)
	}
	items := executor.ExecuteCalls()[0].Items
	if len(items) != 250 {
		t.Fatalf("got %d drafts, want 250", len(items))
	}
	for i, draft := range items {
		if want := newDraft(t, fmt.Sprintf("Person %d", i), int64(i%100)); draft != want {
			t.Errorf("draft %d: got %+v, want %+v", i, draft, want)
		}
	}
}

func TestGenerateTellsHowManyWereSavedBesideTheFirstFailure(t *testing.T) {
	t.Parallel()
	first := &domain.Error{Code: domain.CodeUnavailable, Message: "first"}
	second := &domain.Error{Code: domain.CodeDeadline, Message: "second"}
	executor := &draftExecutor{ExecuteFunc: func(ctx context.Context, drafts []domain.Draft) []domain.Outcome[domain.Person] {
		outcomes := saved(ctx, drafts)
		outcomes[3], outcomes[5] = domain.Outcome[domain.Person]{Err: first}, domain.Outcome[domain.Person]{Err: second}
		return outcomes
	}}
	n, err := newBulk(t, executor, 10).Generate(t.Context(), 10)
	if n != 8 || !errors.Is(err, first) {
		t.Errorf("got %d saved and the error %v, want 8 and the first failure", n, err)
	}
}

func TestBatchThatFailsFailsEachOfItsItems(t *testing.T) {
	t.Parallel()
	locked := &domain.Error{Code: domain.CodeUnavailable, Message: "locked"}
	store := &portmock.PersonStoreMock{
		CreateBatchFunc: func(_ context.Context, drafts []domain.Draft) ([]domain.Person, error) {
			if drafts[0].Age() == 2 {
				return nil, locked
			}
			persons := make([]domain.Person, len(drafts))
			for i, draft := range drafts {
				persons[i] = draft.Person(int64(draft.Age() + 1))
			}
			return persons, nil
		},
	}
	bulk := newBulk(t, newExecutor(t, domain.CreateHandler(store), localexec.Batched(2, 0)), 10)
	drafts := make([]domain.Draft, 6)
	for i := range drafts {
		drafts[i] = newDraft(t, "Ann", int64(i))
	}
	outcomes, err := bulk.Create(t.Context(), drafts)
	if err != nil {
		t.Fatalf("got the error %v, want outcomes", err)
	}
	for i, outcome := range outcomes {
		want := domain.Outcome[domain.Person]{Value: domain.StoredPerson(int64(i+1), "Ann", i)}
		if i == 2 || i == 3 {
			want = domain.Outcome[domain.Person]{Err: locked}
		}
		if outcome != want {
			t.Errorf("outcome %d: got %+v, want %+v", i, outcome, want)
		}
	}
	if calls := store.CreateBatchCalls(); len(calls) != 3 {
		t.Errorf("the store was asked %d times, want once for each batch of two", len(calls))
	}
}

func TestStoreThatAnswersTooFewPersonsIsNotBelieved(t *testing.T) {
	t.Parallel()
	store := &portmock.PersonStoreMock{
		CreateBatchFunc: func(context.Context, []domain.Draft) ([]domain.Person, error) { return nil, nil },
	}
	n, err := newBulk(t, newExecutor(t, domain.CreateHandler(store), localexec.Serial(0)), 10).Generate(t.Context(), 2)
	if n != 0 || domain.CodeOf(err) != domain.CodeInternal {
		t.Errorf("got %d saved and the error %v, want 0 and code %q", n, err, domain.CodeInternal)
	}
}

func TestBulkSavesWhateverTheStrategy(t *testing.T) {
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
			bulk := newBulk(t, newExecutor(t, domain.CreateHandler(store), strategy), 100)
			n, err := bulk.Generate(t.Context(), 100)
			if n != 100 || err != nil {
				t.Errorf("got %d saved and the error %v, want 100", n, err)
			}
			names := map[string]bool{}
			for person, err := range newRegistry(t, store, 10).All(t.Context()) {
				if err != nil {
					t.Fatalf("All: got the error %v, want persons", err)
				}
				names[person.Name()] = true
			}
			if len(names) != 100 {
				t.Errorf("got %d different names in the store, want 100", len(names))
			}
		})
	}
}

func newBulk(t *testing.T, executor domain.Executor[domain.Draft, domain.Person], limit int) *domain.BulkCreate {
	t.Helper()
	bulk, err := domain.NewBulkCreate(executor, limit)
	if err != nil {
		t.Fatalf("NewBulkCreate: got %v, want the use case", err)
	}
	return bulk
}

func newExecutor[In, Out any](t *testing.T, handler domain.Handler[In, Out], strategy localexec.Config) domain.Executor[In, Out] {
	t.Helper()
	executor, err := localexec.New(handler, strategy)
	if err != nil {
		t.Fatalf("localexec.New: got %v, want an executor", err)
	}
	t.Cleanup(func() { executor.Close() })
	return executor
}
