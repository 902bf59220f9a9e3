package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// line is what the log tells of a request.
type line struct {
	Level     string
	Method    string
	Route     string
	Path      string
	Status    int
	Bytes     int
	Client    string
	RequestID string `json:"request_id"`
	Error     string
	Stack     string
	BrokenOff bool `json:"broken_off"`
}

func readLine(t *testing.T, log *bytes.Buffer) line {
	t.Helper()
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Fatalf("got %d lines, want one: %s", n, log)
	}
	var l line
	if err := json.Unmarshal(log.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEachRequestIsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	handler, log := logged(t, useCases(t, memstore.New()))
	got := send(handler, request(http.MethodGet, personsPath+"7/", "", "X-Request-ID", "abc-1.2_3"))
	want := line{"INFO", "GET", "/api/v1/persons/{pk}/", personsPath + "7/", 404, got.Body.Len(), "192.0.2.1", "abc-1.2_3", "", "", false}
	if l := readLine(t, log); l != want {
		t.Errorf("got %+v, want %+v", l, want)
	}
	if id := got.Header().Get("X-Request-ID"); id != "abc-1.2_3" {
		t.Errorf("got the request id %q in the answer, want the client's", id)
	}
}

func TestTheLogOfAHEADRequestCountsNoBody(t *testing.T) {
	t.Parallel()
	handler, log := logged(t, useCases(t, memstore.New()))
	send(handler, request(http.MethodHead, personsPath, ""))
	if l := readLine(t, log); l.Bytes != 0 {
		t.Errorf("got %d bytes, want 0: the body of HEAD is not sent", l.Bytes)
	}
}

func TestARequestWithoutASaneIDGetsAUUIDOfVersion7(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"", "a b", "a\nb", "é", strings.Repeat("a", 65), `"`} {
		got := send(open(t), request(http.MethodGet, personsPath, "", "X-Request-ID", given))
		id, err := uuid.Parse(got.Header().Get("X-Request-ID"))
		if err != nil || id.Version() != 7 {
			t.Errorf("given %q: got %q, want a version 7 UUID", given, got.Header().Get("X-Request-ID"))
		}
	}
}

func TestALineOfTheLogCannotBeForged(t *testing.T) {
	t.Parallel()
	handler, log := logged(t, useCases(t, memstore.New()))
	send(handler, request(http.MethodGet, "/x%0A%0D%1b[31m{\"level\":\"ERROR\"}", ""))
	readLine(t, log)
}

func TestAPanicIsOne500WithItsStackInTheLog(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	all.Registry = &portmock.PersonRegistryMock{GetFunc: explode}
	handler, log := logged(t, all)
	got := send(handler, request(http.MethodGet, personsPath+"1/", ""))
	wantAnswer(t, got, http.StatusInternalServerError, `{"detail":"A server error occurred."}`)
	l := readLine(t, log)
	if l.Level != "ERROR" || l.Status != 500 || !strings.Contains(l.Error, "planted") || !strings.Contains(l.Stack, "explode") {
		t.Errorf("got %+v, want an error with the panic's value and the stack", l)
	}
}

// explode is a use case that panics.
func explode(context.Context, int64) (domain.Person, error) { panic("planted") }

func TestAPanicInAnExecutorIsA500WithItsStackInTheLog(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	all.Check = domain.NewCheck(executor(t, domain.FindHandler(finderFunc(explode)), localexec.Serial(0)))
	handler, log := logged(t, all)
	got := send(handler, request(http.MethodGet, "/api/v1/check/?pk=1", ""))
	wantAnswer(t, got, http.StatusInternalServerError, `{"detail":"A server error occurred."}`)
	if l := readLine(t, log); !strings.Contains(l.Stack, "explode") {
		t.Errorf("got %+v, want the stack of the panic", l)
	}
}

type finderFunc func(context.Context, int64) (domain.Person, error)

func (f finderFunc) Find(ctx context.Context, id int64) (domain.Person, error) { return f(ctx, id) }

func TestAnAnswerThatBreaksOffIsSeenToBeBroken(t *testing.T) {
	t.Parallel()
	handler := open(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(breaking{w}, r)
	}))
	t.Cleanup(server.Close)
	response, err := http.Get(server.URL + personsPath)
	if err != nil {
		return // it broke before the headers were read
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("got the whole answer %d %q, want a broken connection", response.StatusCode, body)
	}
}

// breaking panics when the body is written.
type breaking struct{ http.ResponseWriter }

func (breaking) Write([]byte) (int, error) { panic("planted") }

func TestTheServerGoesOnAfterAPanic(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	all.Registry = &portmock.PersonRegistryMock{GetFunc: explode}
	server := httptest.NewServer(openWith(t, all, config))
	t.Cleanup(server.Close)
	for range 3 {
		response, err := http.Get(server.URL + personsPath + "1/")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusInternalServerError {
			t.Errorf("got status %d, want 500", response.StatusCode)
		}
	}
}
