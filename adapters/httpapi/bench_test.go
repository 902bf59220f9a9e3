package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// BenchmarkEndpoint measures each endpoint over loopback with a kept connection,
// one request at a time, over each store with 10,000 persons in it.
func BenchmarkEndpoint(b *testing.B) {
	const ann = `{"name":"Ann","age":31}`
	for _, endpoint := range []struct{ name, method, path, body string }{
		{"list page 1", http.MethodGet, personsPath, ""},
		{"list last page", http.MethodGet, personsPath + "?page=last", ""},
		{"list first slice", http.MethodGet, personsPath + "?cursor=", ""},
		{"list last slice", http.MethodGet, personsPath + "?cursor=cj0x", ""}, // r=1
		{"create", http.MethodPost, personsPath, ann},
		{"get", http.MethodGet, personsPath + "5000/", ""},
		{"replace", http.MethodPut, personsPath + "5000/", ann},
		{"patch", http.MethodPatch, personsPath + "5000/", `{"age":32}`},
		{"check", http.MethodGet, "/api/v1/check/?pk=5000", ""},
		{"create_bulk 10000", http.MethodPost, "/api/v1/create_bulk/", `{"count":10000}`},
		{"async_create_bulk 10000", http.MethodPost, "/api/v1/async_create_bulk/", `{"count":10000}`},
		{"fetch_data of 5", http.MethodGet, "/api/v1/fetch_data/", ""},
	} {
		for store, open := range stores {
			b.Run(endpoint.name+"/"+store, func(b *testing.B) {
				api := startFilled(b, open(b))
				for b.Loop() {
					api.request(b, endpoint.method, endpoint.path, endpoint.body)
				}
			})
		}
	}
	for store, open := range stores {
		b.Run("delete/"+store, func(b *testing.B) {
			api := startFilled(b, open(b))
			var id int
			for b.Loop() {
				if id++; id%10000 == 0 { // the next ones, before they are needed
					b.StopTimer()
					api.request(b, http.MethodPost, "/api/v1/create_bulk/", `{"count":10000}`)
					b.StartTimer()
				}
				api.request(b, http.MethodDelete, personsPath+strconv.Itoa(id)+"/", "")
			}
		})
	}
}

// filledAPI is a server over a store with 10,000 persons in it.
type filledAPI struct{ *httptest.Server }

func startFilled(b *testing.B, store ports.PersonStore) filledAPI {
	b.Helper()
	all := useCases(b, store)
	if _, err := all.CreateBulk.Generate(b.Context(), 10000); err != nil {
		b.Fatal(err)
	}
	all.Fetch = domain.NewFetch(executor(b, domain.FetchHandler(fetchStub{}), localexec.PerItem(64, 64)), []string{"1", "2", "3", "4", "5"})
	server := httptest.NewServer(openWith(b, all, config))
	b.Cleanup(server.Close)
	b.ReportAllocs()
	return filledAPI{server}
}

func (a filledAPI) request(b *testing.B, method, path, body string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, a.URL+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := a.Client().Do(r)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		b.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		b.Fatalf("%s %s: got status %d", method, path, response.StatusCode)
	}
}
