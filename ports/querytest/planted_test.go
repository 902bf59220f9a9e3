package querytest_test

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// telling is a store in memory that tells of queries as if it had a database.
type telling struct {
	*memstore.Store
	observe ports.QueryObserver
}

var _ ports.PersonStore = telling{}

// put tells of a query whose rows are known when done has returned.
func (s telling) put(ctx context.Context, statement string, done func() int) {
	began := time.Now()
	rows := done()
	took := time.Since(began)
	for took <= 0 {
		took = time.Since(began)
	}
	s.observe(ctx, ports.Query{SQL: statement, Began: began, Took: took, Rows: int64(rows), Shared: 1})
}

// transact tells of a query within a transaction.
func (s telling) transact(ctx context.Context, statement string, done func()) {
	s.put(ctx, "BEGIN", func() int { return 0 })
	s.put(ctx, statement, func() int { done(); return 1 })
	s.put(ctx, "COMMIT", func() int { return 0 })
}

func (s telling) Create(ctx context.Context, draft domain.Draft) (person domain.Person, err error) {
	s.transact(ctx, "INSERT ?", func() { person, err = s.Store.Create(ctx, draft) })
	return person, err
}

func (s telling) CreateBatch(ctx context.Context, drafts []domain.Draft) (persons []domain.Person, err error) {
	s.transact(ctx, "INSERT ?", func() { persons, err = s.Store.CreateBatch(ctx, drafts) })
	return persons, err
}

func (s telling) Find(ctx context.Context, id int64) (person domain.Person, err error) {
	s.put(ctx, "SELECT ?", func() int { person, err = s.Store.Find(ctx, id); return 1 })
	return person, err
}

func (s telling) Seek(ctx context.Context, query domain.SeekQuery) (slice domain.Slice, err error) {
	s.put(ctx, "SELECT ?", func() int { slice, err = s.Store.Seek(ctx, query); return len(slice.Persons) })
	return slice, err
}

func (s telling) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (person domain.Person, err error) {
	s.transact(ctx, "UPDATE ?", func() { person, err = s.Store.Replace(ctx, id, draft, conditions...) })
	return person, err
}

func (s telling) Delete(ctx context.Context, id int64, conditions ...domain.Condition) (err error) {
	s.transact(ctx, "DELETE ?", func() { err = s.Store.Delete(ctx, id, conditions...) })
	return err
}
