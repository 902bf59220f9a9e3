package httpfetcher_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestParametersThatCannotBeReadAreNoMatter(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"application/json; charset", "application/json; =", "application/json;;"} {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			io.WriteString(w, `{}`)
		}))
		defer upstream.Close()
		document, err := opened(t, httpfetcher.Config{}).FetchDocument(t.Context(), upstream.URL)
		if string(document) != `{}` {
			t.Errorf("%q: got %q and the error %v, want the document: the media type is that of JSON", contentType, document, err)
		}
	}
}

func TestHeadersAreLimited(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]domain.Code{32 << 10: "", 100 << 10: domain.CodeUpstream} {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Long", strings.Repeat("x", size))
			io.WriteString(w, `{}`)
		}))
		defer upstream.Close()
		_, err := opened(t, httpfetcher.Config{}).FetchDocument(t.Context(), upstream.URL)
		if got := domain.CodeOf(err); got != want {
			t.Errorf("a header of %d bytes: got code %q (%v), want %q", size, got, err, want)
		}
	}
}
