package httpapi_test

import (
	"net/url"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// Behind a proxy that serves all of it below a path, requests that are tried have to go below that path too.
func TestTheServerIsFoundFromWhereItsDescriptionIs(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromData(httpapi.Description())
	if err != nil {
		t.Fatal(err)
	}
	for description, want := range map[string]string{
		"http://localhost:8000/api/schema/":        "http://localhost:8000/",
		"https://example.org/people/api/schema/":   "https://example.org/people/",
		"https://example.org/a/b/api/schema/?x=/y": "https://example.org/a/b/",
	} {
		from, err := url.Parse(description)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := from.Parse(document.Servers[0].URL); err != nil || got.String() != want {
			t.Errorf("described at %s: got the server %v and %v, want %s", description, got, err, want)
		}
	}
}
