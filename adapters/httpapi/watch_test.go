package httpapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

type watchedKey struct{}

func TestWhoWatchesARequestSeesItComeBeginItsAnswerAndEnd(t *testing.T) {
	t.Parallel()
	served := useCases(t, memstore.New())
	seen := ""
	served.Check = &portmock.PersonCheckerMock{CheckFunc: func(ctx context.Context, _ int64) (domain.Person, error) {
		seen, _ = ctx.Value(watchedKey{}).(string)
		panic("broken")
	}}
	served.Export = &portmock.PersonExporterMock{ExportFunc: func(_ context.Context, _ string, w io.Writer) (int64, error) {
		_, err := w.Write(make([]byte, 100<<10))
		return 1, err
	}}
	type watched struct {
		id           string
		sending, end int
		observation  httpapi.Observation
	}
	var last *watched
	handler, err := httpapi.New(served, httpapi.Config{
		AllowedHosts: []string{"*"},
		Watch: func(r *http.Request, id string) (context.Context, httpapi.Watcher) {
			w := &watched{id: id}
			last = w
			return context.WithValue(r.Context(), watchedKey{}, "the ctx"), httpapi.Watcher{
				Sending: func(header http.Header) {
					w.sending++
					header.Set("X-Watched", "yes")
					if w.end > 0 {
						t.Error("the end came before the answer")
					}
				},
				Ended: func(o httpapi.Observation) { w.end++; w.observation = o },
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, path string
		status     int
	}{
		{"an answer", personsPath, 200},
		{"an error", personsPath + "7/", 404},
		{"a panic", "/api/v1/check/?pk=7", 500},
		{"a stream", personsPath + "export/?format=csv", 200},
		{"no route", "/nothing", 404},
	} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request(http.MethodGet, test.path, "", "X-Request-ID", "the-id"))
		if answer.Code != test.status || answer.Result().Header.Get("X-Watched") != "yes" {
			t.Errorf("%s: got %d with %v, want %d with the watcher's header", test.name, answer.Code, answer.Header(), test.status)
		}
		if last.id != "the-id" || last.sending != 1 || last.end != 1 || last.observation.Status != test.status {
			t.Errorf("%s: got %+v, want that it was told of the id, once of the answer, and once of the end", test.name, *last)
		}
	}
	if seen != "the ctx" {
		t.Errorf("the use case saw the ctx %q, want the watcher's", seen)
	}
}
