//go:build linux

package torture_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/register"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// asker asks for one person at a time. It is for one goroutine.
type asker interface {
	// ask returns the reply, and whose it is. The error is for a request that was
	// answered neither as done nor with "not found".
	ask(id int64, request register.Request) (given int64, reply register.Reply, err error)
	close()
}

// storeAsker asks a store.
type storeAsker struct{ store ports.PersonStore }

func (storeAsker) close() {}

func (a storeAsker) ask(id int64, r register.Request) (given int64, reply register.Reply, err error) {
	person, err := a.person(context.Background(), id, r)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return id, register.Reply{}, nil
	}
	return person.ID(), register.Reply{Found: true, Look: register.Look{Name: person.Name(), Age: person.Age()}}, err
}

func (a storeAsker) person(ctx context.Context, id int64, r register.Request) (domain.Person, error) {
	switch r.Verb {
	case register.Get:
		return a.store.Find(ctx, id)
	case register.Delete:
		return domain.Person{}, a.store.Delete(ctx, id)
	case register.Patch:
		return a.patch(ctx, id, r)
	}
	draft, err := domain.NewDraft(r.Look.Name, int64(r.Look.Age))
	if err != nil {
		return domain.Person{}, err
	}
	if r.Verb == register.Create {
		return a.store.Create(ctx, draft)
	}
	return a.store.Replace(ctx, id, draft)
}

func (a storeAsker) patch(ctx context.Context, id int64, r register.Request) (domain.Person, error) {
	name, age := &r.Look.Name, new(int64)
	*age = int64(r.Look.Age)
	if r.OnlyName {
		age = nil
	} else {
		name = nil
	}
	patch, err := domain.NewPatch(name, age)
	if err != nil {
		return domain.Person{}, err
	}
	return a.store.Patch(ctx, id, patch)
}

// wrongAnswer is an answer that no request should get.
type wrongAnswer struct{ error }

// wireAsker asks a server.
type wireAsker struct{ client *wire.Client }

func newWireAsker(address string) wireAsker {
	return wireAsker{wire.NewClient(address, patience)}
}

func (a wireAsker) close() { a.client.Close() }

func (a wireAsker) ask(id int64, r register.Request) (given int64, reply register.Reply, err error) {
	method, target, body, status := http.MethodGet, wire.PathOf(id), "", http.StatusOK
	switch {
	case r.Verb == register.Create:
		method, target, body, status = http.MethodPost, wire.Persons, wire.Draft(r.Look.Name, r.Look.Age), http.StatusCreated
	case r.Verb == register.Put:
		method, body = http.MethodPut, wire.Draft(r.Look.Name, r.Look.Age)
	case r.OnlyName:
		method, body = http.MethodPatch, `{"name":`+strconv.Quote(r.Look.Name)+`}`
	case r.OnlyAge:
		method, body = http.MethodPatch, `{"age":`+strconv.Itoa(r.Look.Age)+`}`
	case r.Verb == register.Delete:
		method, status = http.MethodDelete, http.StatusNoContent
	}
	answer, err := a.client.Do(method, target, body)
	switch {
	case err != nil:
		return id, reply, err
	case answer.Status == http.StatusNotFound:
		return id, reply, nil
	case answer.Status == status && r.Verb == register.Delete:
		return id, register.Reply{Found: true}, nil
	}
	var person wire.Person
	if err := answer.Into(status, &person); err != nil {
		return id, reply, wrongAnswer{fmt.Errorf("%s %s: %w", method, target, err)}
	}
	return person.ID, register.Reply{Found: true, Look: register.Look{Name: person.Name, Age: person.Age}}, nil
}
