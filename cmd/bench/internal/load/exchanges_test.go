package load_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
	"github.com/seed-bbcc19ba/roster/domain"
)

const rows = 250

// newRoster serves roster in memory, filled with made-up persons, and returns a
// client for it.
func newRoster(t *testing.T, fill int) *load.Client {
	t.Helper()
	config := app.Defaults()
	database, err := app.ParseDatabase("memory:")
	if err != nil {
		t.Fatal(err)
	}
	config.Database = database
	documents := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"a":1}`)
	}))
	t.Cleanup(documents.Close)
	config.FetchURLs, config.FetchAllowPrivate = []string{documents.URL + "/1", documents.URL + "/2"}, true
	roster, err := app.New(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = roster.Close() })
	for i := range fill {
		if _, err := roster.Registry.Create(t.Context(), domain.GeneratedDraft(uint(i))); err != nil {
			t.Fatal(err)
		}
	}
	return newClient(t, roster.Handler)
}

func newClient(t *testing.T, handler http.Handler) *load.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client := load.NewClient(strings.TrimPrefix(server.URL, "http://"))
	t.Cleanup(client.Close)
	return client
}

// What the exchanges take for right is what roster answers.
func TestRosterAnswersEveryExchangeRightly(t *testing.T) {
	t.Parallel()
	for name, exchange := range map[string]load.Exchange{
		"detail":            load.Detail{Rows: rows},
		"check":             load.Lookup{Rows: rows},
		"page 1":            load.NewPage(rows, 1),
		"the last page":     load.NewPage(rows, load.Pages(rows)),
		"any page":          load.AnyPage{},
		"create":            load.Create{},
		"create_bulk":       load.Bulk{Path: "create_bulk", Rows: 10},
		"async_create_bulk": load.Bulk{Path: "async_create_bulk", Rows: 10},
		"fetch":             load.Fetch{Count: 2},
		"mixed":             load.Mixed{load.Detail{Rows: rows}, load.AnyPage{}, load.Create{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newRoster(t, rows)
			result, err := client.During(t.Context(), 50*time.Millisecond, 4, exchange)
			if err != nil || result.Count < 4 || result.Callers != 4 {
				t.Errorf("got %+v and the error %v, want every caller served", result, err)
			}
		})
	}
}

// answer is what a server may say.
func answer(status int, body string) *fasthttp.Response {
	var response fasthttp.Response
	response.SetStatusCode(status)
	response.SetBodyString(body)
	return &response
}

// page is a page of made-up persons.
func page(count, first, persons int) string {
	results := make([]json.RawMessage, persons)
	for i := range results {
		results[i] = load.AppendPerson(nil, first+i)
	}
	body, err := json.Marshal(map[string]any{"count": count, "results": results})
	if err != nil {
		panic(err) // it is made of JSON
	}
	return string(body)
}

func TestWrongAnswersAreFound(t *testing.T) {
	t.Parallel()
	person := string(load.AppendPerson(nil, 1))
	tests := []struct {
		name     string
		exchange load.Exchange
		status   int
		body     string
	}{
		{"a detail with another status", load.Detail{Rows: rows}, 404, person},
		{"a detail of somebody else", load.Detail{Rows: rows}, 200, string(load.AppendPerson(nil, 2))},
		{"a check of somebody else", load.Lookup{Rows: rows}, 200, string(load.AppendPerson(nil, 2))},
		{"a page with another status", load.NewPage(rows, 1), 500, page(rows, 1, 100)},
		{"a page that is no JSON", load.NewPage(rows, 1), 200, "<html>"},
		{"a page with a wrong total", load.NewPage(rows, 1), 200, page(rows+1, 1, 100)},
		{"a page that lacks a person", load.NewPage(rows, 1), 200, page(rows, 1, 99)},
		{"a page of other persons", load.NewPage(rows, 1), 200, page(rows, 101, 100)},
		{"a last page that is full", load.NewPage(rows, 3), 200, page(rows, 201, 100)},
		{"any page that is none", load.AnyPage{}, 200, person},
		{"any page with another status", load.AnyPage{}, 503, page(rows, 1, 100)},
		{"a create that was not", load.Create{}, 200, `{"id":1,"name":"Person 1234","age":34}`},
		{"a create of somebody else", load.Create{}, 201, person},
		{"a create of nobody", load.Create{}, 201, ""},
		{"a bulk that was refused", load.Bulk{Path: "create_bulk", Rows: 10}, 503, "10 persons created successfully"},
		{"a bulk of fewer", load.Bulk{Path: "create_bulk", Rows: 10}, 200, `{"message":"9 persons created successfully"}`},
		{"a fetch with another status", load.Fetch{Count: 1}, 503, `{"results":[{"a":1}],"total":1}`},
		{"a fetch of fewer", load.Fetch{Count: 2}, 200, `{"results":[{"a":1}],"total":1}`},
		{"a fetch that failed for one", load.Fetch{Count: 1}, 200, `{"results":[{"error":"refused"}],"total":1}`},
		{"another body than the fixed one", load.Fixed{Like: load.Create{}, Body: []byte(person)}, 200, "{}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := test.exchange.Check(answer(test.status, test.body), 0); err == nil {
				t.Errorf("got no error for %d %s", test.status, test.body)
			}
		})
	}
}

func TestPageMustStayTheSame(t *testing.T) {
	t.Parallel()
	exchange := load.NewPage(rows, 1)
	if err := exchange.Check(answer(200, page(rows, 1, 100)), 0); err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(page(rows, 1, 100), `"count":250`, `"count":251`, 1)
	if err := exchange.Check(answer(200, changed), 1); err == nil {
		t.Error("got no error for another page, want one")
	}
}

func TestWrongAnswerStopsTheLoad(t *testing.T) {
	t.Parallel()
	client := newClient(t, http.NotFoundHandler())
	_, err := client.During(t.Context(), time.Minute, 2, load.Detail{Rows: rows})
	if err == nil || !strings.Contains(err.Error(), "/api/v1/persons/") || !strings.Contains(err.Error(), "404") {
		t.Errorf("got the error %v, want one that names the request and the status", err)
	}
}

func TestServerThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	client := load.NewClient(strings.TrimPrefix(server.URL, "http://"))
	server.Close()
	if _, err := client.Once(load.AnyPage{}, 0); err == nil {
		t.Error("got no error, want one")
	}
}

func TestLoadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	client := newRoster(t, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := client.During(ctx, time.Minute, 2, load.Detail{Rows: 1}); err == nil {
		t.Error("got no error, want that of the context")
	}
}

func TestRequestsHaveBodiesOnlyWhereTheyShould(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 100)
	client := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- r.Method + " " + string(body)
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"id":1,"name":"Person 1234","age":34}`)
			return
		}
		_, _ = io.WriteString(w, `{"count":0,"results":[]}`)
	}))
	mixed := load.Mixed{load.Create{}, load.AnyPage{}}
	seen := 0
	for range 2 { // 2 callers: each keeps its kind
		if _, err := client.During(t.Context(), 0, 2, mixed); err != nil {
			t.Fatal(err)
		}
		for len(bodies) > 0 {
			seen++
			if got := <-bodies; got != "GET " && got != `POST {"name":"Person 1234","age":34}` {
				t.Errorf("got %q, want a body in the POST only", got)
			}
		}
	}
	if seen != 4 {
		t.Errorf("got %d requests, want 4", seen)
	}
}

func TestPersonIsTheMadeUpOneOfItsId(t *testing.T) {
	t.Parallel()
	for _, id := range []int{1, 100, 101, 12_345} {
		draft := domain.GeneratedDraft(uint(id - 1))
		want := `{"id":` + strconv.Itoa(id) + `,"name":"` + draft.Name() + `","age":` + strconv.Itoa(draft.Age()) + `}`
		if got := load.AppendPerson(nil, id); !bytes.Equal(got, []byte(want)) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestPagesAreRoundedUp(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]int{0: 1, 1: 1, 100: 1, 101: 2, 10_000_000: 100_000} {
		if got := load.Pages(rows); got != want {
			t.Errorf("%d rows: got %d pages, want %d", rows, got, want)
		}
	}
}
