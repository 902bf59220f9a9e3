package httpfetcher_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
)

func ExampleFetcher_FetchDocument() {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			w.Header().Set("Content-Type", "text/html")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"price": 1.10}`)
	}))
	defer upstream.Close()

	fetcher, err := httpfetcher.New(httpfetcher.Config{
		Timeout:      5 * time.Second,
		AllowPrivate: true, // the upstream is on this machine
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fetcher.Close()

	document, err := fetcher.FetchDocument(context.Background(), upstream.URL)
	fmt.Println(string(document), err)

	_, err = fetcher.FetchDocument(context.Background(), upstream.URL+"/page")
	fmt.Println(domain.CodeOf(err), "-", domain.MessageOf(err))
	// Output:
	// {"price": 1.10} <nil>
	// upstream - answered 200 with text/html, not JSON
}
