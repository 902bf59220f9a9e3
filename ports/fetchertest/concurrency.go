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
		{"fetches that fail do not fail those of another upstream", badBesideGood},
		{"two failures do not fail the next fetch of their upstream", badBeforeGood},
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
	bad := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/silent" {
			silent(w, r)
			return
		}
		breaksOffEarly(w, r)
	})
	good := upstream(t, func(w http.ResponseWriter, r *http.Request) { sendsJSON(`"`+r.URL.Path+`"`)(w, r) })
	var running sync.WaitGroup
	for i := range 20 {
		running.Go(func() {
			checkRefused(t.Context(), t, fetcher, bad+"/drops", domain.CodeUpstream, "the answer breaks off")
		})
		running.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
			defer cancel()
			if document, err := fetcher.FetchDocument(ctx, bad+"/silent"); err == nil {
				t.Errorf("got the document %q, want an error: there is no answer", document)
			}
		})
		running.Go(func() {
			path := fmt.Sprintf("/%d", i)
			checkDocument(t, fetcher, good+path, `"`+path+`"`, "another upstream fails, which is no business of this one")
		})
	}
	running.Wait()
	checkDocument(t, fetcher, good+"/after", `"/after"`, "another upstream has failed, which is no business of this one")
}

// Two failures in a row are no reason yet to leave an upstream alone, and failures
// that say nothing of how it is never are one.
func badBeforeGood(t *testing.T, open opener) {
	fetcher := open(t, patient())
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/drops":
			breaksOffEarly(w, r)
		case "/page":
			sends("text/html", "<p>")(w, r)
		case "/silent":
			silent(w, r)
		default:
			sendsJSON(`"`+r.URL.Path+`"`)(w, r)
		}
	})
	for range 2 {
		checkRefused(t.Context(), t, fetcher, url+"/drops", domain.CodeUpstream, "the answer breaks off")
	}
	checkDocument(t, fetcher, url+"/after", `"/after"`, "two others have failed, which is no business of this one")
	for range 20 {
		checkRefused(t.Context(), t, fetcher, url+"/page", domain.CodeUpstream, "it is no JSON")
	}
	var running sync.WaitGroup
	for range 20 {
		running.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			checkRefused(ctx, t, fetcher, url+"/silent", domain.CodeDeadline, "there is no answer")
		})
	}
	running.Wait()
	checkDocument(t, fetcher, url+"/after", `"/after"`, "the upstream answered, and the callers who gave up say nothing of it")
}

// breaksOffEarly sends less than it says.
func breaksOffEarly(w http.ResponseWriter, r *http.Request) {
	sendsRaw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n1")(w, r)
}
