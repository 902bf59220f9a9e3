package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// stuckWriter is a client that takes nothing of a body until it is let go.
type stuckWriter struct {
	*httptest.ResponseRecorder
	inside *sync.WaitGroup
	letGo  chan struct{}
}

func (w *stuckWriter) Write(content []byte) (int, error) {
	w.inside.Done()
	<-w.letGo
	return w.ResponseRecorder.Write(content)
}

// A page of 10,000 persons with names of 255 characters is 2.7 MB, so that 12 of them
// are 32 MiB.
func TestAnswersThatNobodyTakesDoNotFillTheMemory(t *testing.T) {
	t.Parallel()
	const fit = 12
	store := memstore.New()
	drafts := make([]domain.Draft, 10_000)
	for i := range drafts {
		draft, err := domain.NewDraft(strings.Repeat("x", 230)+strconv.Itoa(i), 1)
		if err != nil {
			t.Fatal(err)
		}
		drafts[i] = draft
	}
	if _, err := store.CreateBatch(t.Context(), drafts); err != nil {
		t.Fatal(err)
	}
	all := useCases(t, store)
	registry, err := domain.NewRegistry(store, len(drafts))
	if err != nil {
		t.Fatal(err)
	}
	all.Registry = registry
	handler := openWith(t, all, config)

	var inside, done sync.WaitGroup
	letGo := make(chan struct{})
	inside.Add(fit)
	for range fit {
		done.Go(func() {
			w := &stuckWriter{httptest.NewRecorder(), &inside, letGo}
			handler.ServeHTTP(w, request(http.MethodGet, personsPath, ""))
			if w.Code != http.StatusOK || w.Body.Len() < 2_500_000 {
				t.Errorf("an answer that was let go: got %d with %d bytes, want 200 with all", w.Code, w.Body.Len())
			}
		})
	}
	inside.Wait()
	busy := send(handler, request(http.MethodGet, personsPath, ""))
	wantAnswer(t, busy, http.StatusServiceUnavailable, `{"detail":"Service temporarily unavailable, try again later."}`)
	if busy.Header().Get("Retry-After") != "1" || busy.Header().Get("ETag") != "" {
		t.Errorf("got headers %v, want Retry-After: 1 and no ETag", busy.Header())
	}
	if got := send(handler, request(http.MethodGet, personsPath+"1/", "")); got.Code != http.StatusOK {
		t.Errorf("a small answer meanwhile: got %d, want 200", got.Code)
	}
	if got := send(handler, request(http.MethodGet, personsPath, "", "If-None-Match", "*")); got.Code != http.StatusNotModified {
		t.Errorf("an answer without a body meanwhile: got %d, want 304", got.Code)
	}
	close(letGo)
	done.Wait()
	if got := send(handler, request(http.MethodGet, personsPath, "")); got.Code != http.StatusOK {
		t.Errorf("afterwards: got %d, want 200: there is room again", got.Code)
	}
}
