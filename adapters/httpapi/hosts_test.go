package httpapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

// testdata/hosts.json says which hosts Django serves, found out by asking it.
func TestHostsAreAllowedByDjangosRules(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/hosts.json")
	if err != nil {
		t.Fatal(err)
	}
	var django struct {
		Lists  map[string][]string
		Served map[string][]string
	}
	if err := json.Unmarshal(content, &django); err != nil {
		t.Fatal(err)
	}
	for name, list := range django.Lists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := openWith(t, useCases(t, memstore.New()), httpapi.Config{AllowedHosts: list})
			for host, served := range django.Served {
				r := request(http.MethodGet, personsPath, "")
				r.Host = host
				want := http.StatusBadRequest
				if slices.Contains(served, name) {
					want = http.StatusOK
				}
				if got := send(handler, r); got.Code != want {
					t.Errorf("%q under %q: got status %d, want %d; body %s", host, list, got.Code, want, got.Body)
				}
			}
		})
	}
}
