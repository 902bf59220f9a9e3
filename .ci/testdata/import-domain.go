package main

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/domain"
)

// finder is a whole store for the one need that Check has.
type finder map[int64]domain.Person

func (f finder) Find(_ context.Context, id int64) (domain.Person, error) {
	person, found := f[id]
	if !found {
		return domain.Person{}, domain.NotFound(id)
	}
	return person, nil
}

// inPlace runs each batch where it is.
type inPlace struct {
	handler domain.Handler[int64, domain.Person]
}

func (e inPlace) Execute(ctx context.Context, ids []int64) []domain.Outcome[domain.Person] {
	return e.handler.Run(ctx, ids)
}

func main() {
	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		panic(err)
	}
	check := domain.NewCheck(inPlace{domain.FindHandler(finder{1: draft.Person(1)})})
	person, err := check.Check(context.Background(), 1)
	if err != nil {
		panic(err)
	}
	fmt.Println(person)
}
