package main

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/domain"
)

// store is what BulkCreate and Check need of one: persons by their ids.
type store map[int64]domain.Person

func (s store) CreateBatch(_ context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	persons := make([]domain.Person, len(drafts))
	for i, draft := range drafts {
		persons[i] = draft.Person(int64(len(s) + 1))
		s[persons[i].ID()] = persons[i]
	}
	return persons, nil
}

func (s store) Find(_ context.Context, id int64) (domain.Person, error) {
	person, found := s[id]
	if !found {
		return domain.Person{}, domain.NotFound(id)
	}
	return person, nil
}

// inPlace runs each call as one batch, where it is.
type inPlace[In, Out any] struct {
	handler domain.Handler[In, Out]
}

func (e inPlace[In, Out]) Execute(ctx context.Context, items []In) []domain.Outcome[Out] {
	return e.handler.Run(ctx, items)
}

func main() {
	if err := run(context.Background(), store{}); err != nil {
		panic(err)
	}
}

// run saves two persons and looks the second one up.
func run(ctx context.Context, persons store) error {
	bulk, err := domain.NewBulkCreate(inPlace[domain.Draft, domain.Person]{domain.CreateHandler(persons)}, 10)
	if err != nil {
		return err
	}
	saved, err := bulk.Generate(ctx, 2)
	if err != nil {
		return err
	}
	check := domain.NewCheck(inPlace[int64, domain.Person]{domain.FindHandler(persons)})
	person, err := check.Check(ctx, 2)
	if err != nil {
		return err
	}
	fmt.Printf("saved %d, found %s\n", saved, person)
	return nil
}
