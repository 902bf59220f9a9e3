package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/domain"
)

// BenchmarkEndpoint measures each endpoint over loopback with kept connections,
// one request at a time, over each store with 10,000 persons in it.
func BenchmarkEndpoint(b *testing.B) {
	const name = `{"name":"Ann","age":31}`
	for _, endpoint := range []struct{ name, method, path, body string }{
		{"list page 1", http.MethodGet, personsPath, ""},
		{"list last page", http.MethodGet, personsPath + "?page=last", ""},
		{"create", http.MethodPost, personsPath, name},
		{"get", http.MethodGet, personsPath + "5000/", ""},
		{"replace", http.MethodPut, personsPath + "5000/", name},
		{"patch", http.MethodPatch, personsPath + "5000/", `{"age":32}`},
		{"delete, not found", http.MethodDelete, personsPath + "999999/", ""},
		{"check", http.MethodGet, "/api/v1/check/?pk=5000", ""},
		{"create_bulk 10000", http.MethodPost, "/api/v1/create_bulk/", `{"count":10000}`},
		{"async_create_bulk 10000", http.MethodPost, "/api/v1/async_create_bulk/", `{"count":10000}`},
		{"fetch_data, stub of 5", http.MethodGet, "/api/v1/fetch_data/", ""},
	} {
		for store, open := range stores {
			b.Run(endpoint.name+"/"+store, func(b *testing.B) {
				all := useCases(b, open(b))
				if _, err := all.CreateBulk.Generate(b.Context(), 10000); err != nil {
					b.Fatal(err)
				}
				all.Fetch = domain.NewFetch(executor(b, domain.FetchHandler(fetchStub{})), []string{"1", "2", "3", "4", "5"})
				measure(b, all, endpoint.method, endpoint.path, endpoint.body)
			})
		}
	}
}

func measure(b *testing.B, useCases httpapi.UseCases, method, path, body string) {
	b.Helper()
	server := httptest.NewServer(openWith(b, useCases, config))
	b.Cleanup(server.Close)
	b.ReportAllocs()
	for b.Loop() {
		r, err := http.NewRequestWithContext(b.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		response, err := server.Client().Do(r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			b.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode >= http.StatusInternalServerError {
			b.Fatalf("got status %d", response.StatusCode)
		}
	}
}
