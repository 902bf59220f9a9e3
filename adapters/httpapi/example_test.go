package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// noDocuments fetches nothing: adapters/httpfetcher is what fetches over HTTP.
type noDocuments struct{}

func (noDocuments) FetchDocument(context.Context, string) (domain.Document, error) {
	return nil, &domain.Error{Code: domain.CodeUpstream, Message: "nothing is fetched here"}
}

// overStore returns the API over any store, without jobs: those need a ports.JobStore that saves their persons in the same store.
func overStore(store ports.PersonStore, hosts ...string) (http.Handler, error) {
	registry, err := domain.NewRegistry(store, 100) // persons on a page
	if err != nil {
		return nil, err
	}
	finder, err := localexec.New(domain.FindHandler(store), localexec.Pooled(512, 2048))
	if err != nil {
		return nil, err
	}
	saver, err := localexec.New(domain.CreateHandler(store), localexec.Serial(64)) // a bulk is all or nothing
	if err != nil {
		return nil, err
	}
	bulk, err := domain.NewBulkCreate(saver, 10_000) // persons in a bulk
	if err != nil {
		return nil, err
	}
	documents, err := localexec.New(domain.FetchHandler(noDocuments{}), localexec.PerItem(50, 1000))
	if err != nil {
		return nil, err
	}
	return httpapi.New(httpapi.UseCases{
		Registry:        registry,
		Check:           domain.NewCheck(finder),
		CreateBulk:      bulk,
		AsyncCreateBulk: bulk,
		Fetch:           domain.NewFetch(documents, nil),
		Export:          domain.NewExport(registry, personfile.Formats()),
	}, httpapi.Config{AllowedHosts: hosts}) // without a host nobody is served
}

// A server of persons in memory.
func ExampleNew() {
	handler, err := overStore(memstore.New(), "example.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{Handler: handler} // and ListenAndServe: here it is asked without a network
	for _, body := range []string{`{"name": "Ann", "age": 31}`, `{"name": ""}`} {
		request := httptest.NewRequest(http.MethodPost, "http://example.com/api/v1/persons/", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		server.Handler.ServeHTTP(answer, request)
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// 201 {"id":1,"name":"Ann","age":31}
	// 400 {"name":["This field may not be blank."],"age":["This field is required."]}
}
