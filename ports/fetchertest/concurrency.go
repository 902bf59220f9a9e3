package fetchertest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func concurrencyCases() []testCase {
	return []testCase{
		{"a slow fetch does not delay the others", slowBesideFast},
		{"fetches that fail do not fail the others", badBesideGood},
	}
}

func slowBesideFast(t *testing.T, open opener) {
	fetcher := open(t, patient())
	arrived, release, done := make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			select {
			case arrived <- struct{}{}:
			default: // asked again
			}
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}
		sendsJSON(`"`+r.URL.Path+`"`)(w, r)
	})
	go func() {
		defer close(done)
		checkDocument(t, fetcher, url+"/slow", `"/slow"`, "it was slow, but within its limit")
	}()
	select {
	case <-arrived:
	case <-done:
		t.Fatal("the slow fetch ended before its upstream was asked, want it to wait for the answer")
	}
	var fast sync.WaitGroup
	for i := range 20 {
		path := fmt.Sprintf("/%d", i)
		fast.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			if document, err := fetcher.FetchDocument(ctx, url+path); string(document) != `"`+path+`"` {
				t.Errorf("beside a slow fetch: got %q and the error %v, want the document %q", document, err, path)
			}
		})
	}
	fast.Wait()
	close(release)
	<-done
}

func badBesideGood(t *testing.T, open opener) {
	fetcher := open(t, patient())
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/drops":
			sendsRaw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n1")(w, r)
		case "/silent":
			silent(w, r)
		default:
			sendsJSON(`"`+r.URL.Path+`"`)(w, r)
		}
	})
	var running sync.WaitGroup
	for i := range 20 {
		running.Go(func() {
			checkRefused(t.Context(), t, fetcher, url+"/drops", domain.CodeUpstream, "the answer breaks off")
		})
		running.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
			defer cancel()
			checkRefused(ctx, t, fetcher, url+"/silent", domain.CodeDeadline, "there is no answer")
		})
		running.Go(func() {
			path := fmt.Sprintf("/%d", i)
			checkDocument(t, fetcher, url+path, `"`+path+`"`, "others fail, which is no business of this one")
		})
	}
	running.Wait()
	checkDocument(t, fetcher, url+"/after", `"/after"`, "others have failed, which is no business of this one")
}
