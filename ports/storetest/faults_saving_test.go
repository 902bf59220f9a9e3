package storetest_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of saving persons and giving ids.

func changeNames(change func(string) string) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
			changed, err := domain.NewDraft(change(draft.Name()), int64(draft.Age()))
			if err != nil {
				return domain.Person{}, err
			}
			return store.Create(ctx, changed)
		}
	}
}

func cutAt255Bytes(name string) string { return strings.ToValidUTF8(name[:min(len(name), 255)], "") }

func shortAges(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		changed, err := domain.NewDraft(draft.Name(), int64(uint16(draft.Age())))
		if err != nil {
			return domain.Person{}, err
		}
		return store.Create(ctx, changed)
	}
}

func keepPage(mock *portmock.PersonStoreMock, store *memstore.Store) {
	kept := map[domain.PageQuery]domain.Page{}
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		if page, known := kept[query]; known {
			return page, nil
		}
		page, err := store.Page(ctx, query)
		if query.Size > 1 && err == nil {
			kept[query] = page
		}
		return page, err
	}
}

func keepDrafts(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var kept []domain.Draft
	mock.CreateBatchFunc = func(_ context.Context, drafts []domain.Draft) ([]domain.Person, error) {
		kept = drafts
		persons := make([]domain.Person, len(drafts))
		for i, draft := range drafts {
			persons[i] = draft.Person(int64(i + 1))
		}
		return persons, nil
	}
	save := func(ctx context.Context) {
		_, _ = store.CreateBatch(ctx, kept)
		kept = nil
	}
	seek, page := mock.SeekFunc, mock.PageFunc
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		save(ctx)
		return seek(ctx, query)
	}
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		save(ctx)
		return page(ctx, query)
	}
}

func startAtTwo(_ *portmock.PersonStoreMock, store *memstore.Store) {
	draft, _ := domain.NewDraft("nobody", 0)
	_, _ = store.Create(context.Background(), draft)
	_ = store.Delete(context.Background(), 1)
}

func reverseBatch(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
		persons, err := store.CreateBatch(ctx, drafts)
		slices.Reverse(persons)
		return persons, err
	}
}

func reuseIDs(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		err := store.Delete(ctx, id, conditions...)
		remove := mock.DeleteFunc
		store = forgetUsedIDs(store)
		forward(mock, store)
		mock.DeleteFunc = remove
		return err
	}
}

func countIDs(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		page, _ := store.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
		time.Sleep(100 * time.Microsecond)
		_, err := store.Create(ctx, draft)
		return draft.Person(page.Total + 1), err
	}
}

func refuseEmptyBatch(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
		if len(drafts) == 0 {
			return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a batch of nobody"}
		}
		return store.CreateBatch(ctx, drafts)
	}
}

func answerNobody(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
		_, err := store.CreateBatch(ctx, drafts)
		return nil, err
	}
}

func cutBatchAt(size int) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
			return store.CreateBatch(ctx, drafts[:min(len(drafts), size-1)])
		}
	}
}

func halveBatch(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
		half := len(drafts) / 2
		first, _ := store.CreateBatch(context.WithoutCancel(ctx), drafts[:half])
		time.Sleep(2 * time.Millisecond)
		second, err := store.CreateBatch(ctx, drafts[half:])
		if err != nil {
			return nil, err
		}
		return append(first, second...), nil
	}
}

func loseCreates(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var created atomic.Int32
	mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		person, err := store.Create(ctx, draft)
		if created.Add(1)%100 == 0 {
			_ = store.Delete(ctx, person.ID())
		}
		return person, err
	}
}

func batchBesideError(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
		persons, err := store.CreateBatch(ctx, drafts)
		if err != nil {
			return make([]domain.Person, len(drafts)), err
		}
		return persons, nil
	}
}
