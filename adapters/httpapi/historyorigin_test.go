package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestWhatTheAPIChangesIsSaidToBeTheClients(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	config := config
	config.TrustedProxies = trusted
	handler, err := httpapi.New(useCases(t, store), config)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPost, "/api/v1/persons/", `{"name": "Ann", "age": 1}`, http.StatusCreated},
		{http.MethodPut, "/api/v1/persons/1/", `{"name": "Bob", "age": 2}`, http.StatusOK},
		{http.MethodPatch, "/api/v1/persons/1/", `{"age": 3}`, http.StatusOK},
		{http.MethodDelete, "/api/v1/persons/1/", "", http.StatusNoContent},
		{http.MethodPost, "/api/v1/create_bulk/", `{"count": 5}`, http.StatusCreated},
		{http.MethodPost, "/api/v1/persons/batch/", `[{"name": "Ann", "age": 1}]`, http.StatusCreated},
		{http.MethodPost, "/api/v1/async_create_bulk/", `{"count": 5}`, http.StatusOK},
	} {
		r := request(step.method, step.path, step.body, "Content-Type", "application/json", "X-Forwarded-For", "203.0.113.9")
		r.RemoteAddr = "10.0.0.1:80"
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		if answer.Code != step.status {
			t.Fatalf("%s %s: got %d %s, want %d", step.method, step.path, answer.Code, answer.Body, step.status)
		}
		changes, err := store.Changes(context.Background(), domain.ChangesQuery{Size: 1})
		want := domain.Origin{Via: domain.ViaAPI, Who: "203.0.113.9"}
		if err != nil || len(changes) != 1 || changes[0].Origin != want {
			t.Errorf("%s %s: got %+v, %v, want a change by %+v", step.method, step.path, changes, err, want)
		}
	}
}
