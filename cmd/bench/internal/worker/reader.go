package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/repeat"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

const pageSize = 100

// reader is a store over a file that fill made, and the use case over it as
// adapters see it.
type reader struct {
	path     string
	rows     int
	store    *sqlitestore.Store
	registry ports.PersonRegistry
	counted  ports.PersonRegistry // over the store with its calls counted
}

func openReader(ctx context.Context, path string, rows int) (*reader, error) {
	store, err := sqlitestore.Open(ctx, sqlitestore.Config{Path: path})
	if err != nil {
		return nil, err
	}
	registry, err := domain.NewRegistry(store, pageSize)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	counted, err := domain.NewRegistry(counting(store), pageSize)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &reader{path: path, rows: rows, store: store, registry: registry, counted: counted}, nil
}

// step returns one read, which checks what it gets.
func (r *reader) step(ctx context.Context, way Way) (repeat.Step, error) {
	switch way {
	case FindDirect:
		return r.finding(func(id int64) (domain.Person, error) { return r.store.Find(ctx, id) }), nil
	case FindThroughPorts:
		return r.finding(func(id int64) (domain.Person, error) { return r.registry.Get(ctx, id) }), nil
	case FindCounted:
		return r.finding(func(id int64) (domain.Person, error) { return r.counted.Get(ctx, id) }), nil
	case PageDirect:
		return r.paging(func() (domain.Page, error) {
			return r.store.Page(ctx, domain.PageQuery{Number: 1, Size: pageSize})
		}), nil
	case PageThroughPorts:
		return r.paging(func() (domain.Page, error) { return r.registry.List(ctx, 1) }), nil
	default:
		return nil, errors.New("nothing is read that way")
	}
}

func (r *reader) finding(find func(id int64) (domain.Person, error)) repeat.Step {
	return func(number int) error {
		id := int64(number%r.rows) + 1
		person, err := find(id)
		if err != nil {
			return err
		}
		if person.ID() != id || person.Age() != int(id-1)%100 {
			return fmt.Errorf("got %v for the id %d", person, id)
		}
		return nil
	}
}

func (r *reader) paging(page func() (domain.Page, error)) repeat.Step {
	return func(int) error {
		got, err := page()
		if err != nil {
			return err
		}
		if got.Total != int64(r.rows) || len(got.Persons) != pageSize || got.Persons[0].ID() != 1 {
			return fmt.Errorf("got a page of %d of %d persons, want %d of %d", len(got.Persons), got.Total, pageSize, r.rows)
		}
		return nil
	}
}

func (r *reader) close() error { return r.store.Close() }
