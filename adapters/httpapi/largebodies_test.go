package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

// half is a request of which more than 8 KiB have come and the rest has not.
type half struct {
	rest   *io.PipeWriter
	answer chan *httptest.ResponseRecorder
}

// sendHalf returns when the API has read what came: a pipe holds nothing.
func sendHalf(t *testing.T, handler http.Handler, path string) half {
	t.Helper()
	body, rest := io.Pipe()
	r := request(http.MethodPost, path, "", "Content-Type", "application/json")
	r.Body, r.ContentLength = body, -1
	h := half{rest, make(chan *httptest.ResponseRecorder, 1)}
	go func() {
		h.answer <- send(handler, r)
		_ = body.Close()
	}()
	if _, err := io.WriteString(rest, strings.Repeat(" ", 8<<10+2)); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h half) finish(end string) *httptest.ResponseRecorder {
	_, _ = io.WriteString(h.rest, end)
	_ = h.rest.Close()
	return <-h.answer
}

func TestOnlySoManyLargeBodiesAreInMemory(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), config)
	post := func(path, body string) *httptest.ResponseRecorder {
		return send(handler, request(http.MethodPost, path, body, "Content-Type", "application/json"))
	}
	const ann = `{"name":"Ann","age":1}`
	small, large := ann+strings.Repeat(" ", 8<<10-len(ann)), ann+strings.Repeat(" ", 8<<10)
	ends := []struct {
		path, end string
		status    int
	}{
		{personsPath, ann, http.StatusCreated},
		{personsPath, "{", http.StatusBadRequest},
		{asyncBulkPath, `{"count":1}`, http.StatusOK},
		{batchPath, "[" + ann + "]", http.StatusCreated},
		{asyncBulkPath, strings.Repeat(" ", 1<<20), http.StatusRequestEntityTooLarge},
	}
	for round := range 2 { // what was let go of can be taken again
		var halves []half
		for i := range 32 {
			halves = append(halves, sendHalf(t, handler, ends[i%len(ends)].path))
		}
		for _, path := range []string{personsPath, asyncBulkPath, batchPath} {
			got := post(path, large)
			if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") != "1" || got.Header().Get("Connection") != "close" {
				t.Errorf("round %d, a large body beside 32: got %d with %v, want 503, Retry-After and a connection that closes", round, got.Code, got.Header())
			}
		}
		wantAnswer(t, post(personsPath, small), http.StatusCreated, `{"id":{"$any":true},"name":"Ann","age":1}`)

		var finishing sync.WaitGroup
		for i, h := range halves {
			finishing.Go(func() {
				if got := h.finish(ends[i%len(ends)].end); got.Code != ends[i%len(ends)].status {
					t.Errorf("round %d, %s that goes on with %.30q: got %d %s, want %d", round, ends[i%len(ends)].path, ends[i%len(ends)].end, got.Code, got.Body, ends[i%len(ends)].status)
				}
			})
		}
		finishing.Wait()
	}
	if got := post(personsPath, large); got.Code != http.StatusCreated {
		t.Errorf("a large body when the others are gone: got %d %s, want 201", got.Code, got.Body)
	}
}
