package domain_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

func TestCheckAsksOnceForOneID(t *testing.T) {
	t.Parallel()
	ann := domain.StoredPerson(7, "Ann", 31)
	executor := &portmock.ExecutorMock[int64, domain.Person]{
		ExecuteFunc: func(context.Context, []int64) []domain.Outcome[domain.Person] {
			return []domain.Outcome[domain.Person]{{Value: ann}}
		},
	}
	got, err := domain.NewCheck(executor).Check(t.Context(), 7)
	wantPerson(t, got, err, ann)
	if calls := executor.ExecuteCalls(); len(calls) != 1 || !slices.Equal(calls[0].Items, []int64{7}) {
		t.Errorf("the executor was asked %v, want once for 7", calls)
	}
}

func TestCheckPassesARefusalOn(t *testing.T) {
	t.Parallel()
	full := &domain.Error{Code: domain.CodeUnavailable, Message: "full"}
	executor := &portmock.ExecutorMock[int64, domain.Person]{
		ExecuteFunc: func(_ context.Context, ids []int64) []domain.Outcome[domain.Person] {
			return domain.FailAll[domain.Person](len(ids), full)
		},
	}
	got, err := domain.NewCheck(executor).Check(t.Context(), 7)
	if !errors.Is(err, full) || got != (domain.Person{}) {
		t.Errorf("got %v and the error %v, want nobody and the executor's error", got, err)
	}
}

func TestCheckAnswersAsGetDoes(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	registry := newRegistry(t, store, 10)
	ann, err := registry.Create(t.Context(), newDraft(t, "Ann", 31))
	wantPerson(t, ann, err, domain.StoredPerson(1, "Ann", 31))
	check := domain.NewCheck(newExecutor(t, domain.FindHandler(store), localexec.Pooled(2, 0)))
	for _, id := range []int64{1, 2, 0, -1} {
		want, wantErr := registry.Get(t.Context(), id)
		got, err := check.Check(t.Context(), id)
		if got != want || domain.CodeOf(err) != domain.CodeOf(wantErr) {
			t.Errorf("Check(%d): got %v and code %q, want %v and code %q as of Get", id, got, domain.CodeOf(err), want, domain.CodeOf(wantErr))
		}
	}
}

func TestFindHandlerLooksUpEachIDOnce(t *testing.T) {
	t.Parallel()
	store := &portmock.PersonStoreMock{
		FindFunc: func(_ context.Context, id int64) (domain.Person, error) {
			if id == 2 {
				return domain.Person{}, domain.NotFound(id)
			}
			return domain.StoredPerson(id, "Ann", 31), nil
		},
	}
	outcomes := domain.FindHandler(store).Run(t.Context(), []int64{3, 2, 1})
	for i, id := range []int64{3, 2, 1} {
		switch outcome := outcomes[i]; {
		case id == 2 && domain.CodeOf(outcome.Err) != domain.CodeNotFound:
			t.Errorf("outcome %d: got the error %v, want code %q", i, outcome.Err, domain.CodeNotFound)
		case id != 2:
			wantPerson(t, outcome.Value, outcome.Err, domain.StoredPerson(id, "Ann", 31))
		}
	}
	if calls := store.FindCalls(); len(calls) != 3 {
		t.Errorf("the store was asked %d times for 3 ids, want once each", len(calls))
	}
}
