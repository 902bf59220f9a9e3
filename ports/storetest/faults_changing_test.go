package storetest_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of finding, changing and deleting one person, of ctx and of Close.

func swallowMissing(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		if err := store.Delete(ctx, id, conditions...); domain.CodeOf(err) != domain.CodeNotFound {
			return err
		}
		return nil
	}
}

func upsert(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.ReplaceFunc = func(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
		person, err := store.Replace(ctx, id, draft, conditions...)
		if err != nil {
			_, _ = store.Create(ctx, draft)
		}
		return person, err
	}
}

func findDeleted(mock *portmock.PersonStoreMock, store *memstore.Store) {
	deleted := map[int64]domain.Person{}
	mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		if person, err := store.Find(ctx, id); err == nil {
			deleted[id] = person
		}
		return store.Delete(ctx, id, conditions...)
	}
	mock.FindFunc = func(ctx context.Context, id int64) (domain.Person, error) {
		if person, known := deleted[id]; known {
			return person, nil
		}
		return store.Find(ctx, id)
	}
}

func replaceNameOnly(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.ReplaceFunc = func(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
		name := draft.Name()
		patch, err := domain.NewPatch(&name, nil)
		if err != nil {
			return domain.Person{}, err
		}
		return store.Patch(ctx, id, patch, conditions...)
	}
}

func patchReturnsOld(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PatchFunc = func(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
		old, err := store.Find(ctx, id)
		if err == nil {
			_, err = store.Patch(ctx, id, patch, conditions...)
		}
		return old, err
	}
}

func patchBesideError(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PatchFunc = func(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
		person, err := store.Patch(ctx, id, patch, conditions...)
		if err != nil {
			return domain.StoredPerson(id, "", 0).With(patch), err
		}
		return person, nil
	}
}

func patchReturnsLater(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PatchFunc = func(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
		if _, err := store.Patch(ctx, id, patch, conditions...); err != nil {
			return domain.Person{}, err
		}
		time.Sleep(100 * time.Microsecond)
		return store.Find(ctx, id)
	}
}

func patchByReplace(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PatchFunc = func(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
		person, err := store.Find(ctx, id)
		if err != nil {
			return domain.Person{}, err
		}
		time.Sleep(100 * time.Microsecond)
		person = person.With(patch)
		draft, err := domain.NewDraft(person.Name(), int64(person.Age()))
		if err != nil {
			return domain.Person{}, err
		}
		return store.Replace(ctx, id, draft, conditions...)
	}
}

func zeroPatchSetsAge(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PatchFunc = func(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
		if patch == (domain.Patch{}) {
			var age int64
			patch, _ = domain.NewPatch(nil, &age)
		}
		return store.Patch(ctx, id, patch, conditions...)
	}
}

func deleteNext(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		_ = store.Delete(ctx, id+1)
		return store.Delete(ctx, id, conditions...)
	}
}

func cacheFind(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var cache sync.Map
	mock.FindFunc = func(ctx context.Context, id int64) (domain.Person, error) {
		if person, known := cache.Load(id); known {
			return person.(domain.Person), nil
		}
		person, err := store.Find(ctx, id)
		if err == nil {
			cache.Store(id, person)
		}
		return person, err
	}
}

func findIgnoresContext(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.FindFunc = func(ctx context.Context, id int64) (domain.Person, error) {
		return store.Find(context.WithoutCancel(ctx), id)
	}
}

func deadlineIsCanceled(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		if err := ctx.Err(); err != nil {
			return domain.Page{}, context.Canceled
		}
		return store.Page(ctx, query)
	}
}

func deleteLooksLate(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		if err := store.Delete(context.WithoutCancel(ctx), id, conditions...); err != nil {
			return err
		}
		return domain.ContextError(ctx)
	}
}

func closeNothing(mock *portmock.PersonStoreMock, _ *memstore.Store) {
	mock.CloseFunc = func() error { return nil }
}

func closeOnce(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var closed atomic.Bool
	mock.CloseFunc = func() error {
		if closed.Swap(true) {
			return errors.New("already closed")
		}
		return store.Close()
	}
}

func closeIsInternal(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		person, err := store.Create(ctx, draft)
		if domain.CodeOf(err) == domain.CodeUnavailable {
			err = errors.New("use of a closed store")
		}
		return person, err
	}
}
