package httpclient_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// story is a part of what was recorded from the original: steps in order, on an empty registry.
type story struct {
	Story string
	Steps []step
}

type step struct {
	Method, Path string
	Headers      map[string]string
	Body         *string
	Expect       struct {
		Status any
		JSON   json.RawMessage
	}
}

// Why a step cannot be said by a client in Go. Each is sent as it is, so that the story goes on.
const (
	noSuchMethod = "a method or a path that no port has"
	noHeaders    = "headers of a browser or of somebody between"
	noForm       = "a body that is no JSON, or not of the fields of the port"
	noDraft      = "a person whom the domain refuses before anything is sent"
	noNumber     = "an id, a page or a count that is no number of Go's, or means something else there"
	lastIsMinus1 = "page -1, which is domain.LastPage"
	noFormat     = "parameters that change the links alone"
)

// What the client says of the recorded stories, and what it makes of the answers, is what was recorded.
func TestTheClientTellsTheRecordedStories(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../httpapi/testdata/wire.json")
	if err != nil {
		t.Fatal(err)
	}
	var stories []story
	if err := json.Unmarshal(text, &stories); err != nil {
		t.Fatal(err)
	}
	played, left, all := 0, map[string]int{}, 0
	for _, recorded := range stories {
		server := serve(t, newAPI(t, memstore.New(), 100, 10_000))
		client := newClient(t, server, httpclient.Config{BulkMax: 1 << 20}) // so that the server judges
		for i, s := range recorded.Steps {
			all++
			call, why := translate(s)
			if call == nil {
				left[why]++
				sendAsItIs(t, server, s)
				continue
			}
			played++
			if difference := s.compare(call(t.Context(), client)); difference != "" {
				t.Errorf("%s, step %d, %s %s %s: %s", recorded.Story, i+1, s.Method, s.Path, show(s.Body), difference)
			}
		}
	}
	t.Logf("%d of %d steps were played; left are %v", played, all, left)
	if least := 60; played < least {
		t.Errorf("%d of %d steps were played, want %d at least: the client could say so many", played, all, least)
	}
}

func show(body *string) string {
	if body == nil {
		return ""
	}
	return *body
}

// told is what a call came to, as JSON where it is something.
type told struct {
	answer any
	err    error
}

type saying func(ctx context.Context, client *httpclient.Client) told

// translate returns a step as a call of the client, or why there is none.
func translate(s step) (saying, string) {
	for name := range s.Headers {
		if name != "Content-Type" {
			return nil, noHeaders
		}
	}
	if kind, has := s.Headers["Content-Type"]; has && kind != jsonType {
		return nil, noForm
	}
	path, err := url.Parse(s.Path)
	if err != nil {
		return nil, noSuchMethod
	}
	query := path.Query()
	switch key := s.Method + " " + path.Path; key {
	case "GET /api/v1/persons/":
		return listing(query, path.RawQuery != "")
	case "GET /api/v1/check/":
		return onePerson(query.Get("pk"), func(ctx context.Context, client *httpclient.Client, id int64) (domain.Person, error) {
			return client.Check.Check(ctx, id)
		})
	case "POST /api/v1/persons/":
		return withDraft(s, func(ctx context.Context, client *httpclient.Client, d domain.Draft) told {
			return person(client.Registry.Create(ctx, d))
		})
	case "POST /api/v1/create_bulk/":
		return bulk(s, func(client *httpclient.Client) *httpclient.BulkCreate { return client.CreateBulk })
	case "POST /api/v1/async_create_bulk/":
		return bulk(s, func(client *httpclient.Client) *httpclient.BulkCreate { return client.AsyncCreateBulk })
	default:
		return onInstance(s, path.Path)
	}
}

// onInstance translates what is done to one person.
func onInstance(s step, path string) (saying, string) {
	text, isPerson := strings.CutPrefix(path, "/api/v1/persons/")
	text, hasSlash := strings.CutSuffix(text, "/")
	if !isPerson || !hasSlash || strings.Contains(text, "/") {
		return nil, noSuchMethod
	}
	id, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return nil, noNumber
	case s.Method == http.MethodGet:
		return onePerson(text, func(ctx context.Context, client *httpclient.Client, id int64) (domain.Person, error) {
			return client.Registry.Get(ctx, id)
		})
	case s.Method == http.MethodDelete:
		return func(ctx context.Context, client *httpclient.Client) told {
			return told{err: client.Registry.Delete(ctx, id)}
		}, ""
	case s.Method == http.MethodPut:
		return withDraft(s, func(ctx context.Context, client *httpclient.Client, d domain.Draft) told {
			return person(client.Registry.Replace(ctx, id, d))
		})
	case s.Method == http.MethodPatch:
		patch, why := patchOf(s)
		if why != "" {
			return nil, why
		}
		return func(ctx context.Context, client *httpclient.Client) told {
			return person(client.Registry.Patch(ctx, id, patch))
		}, ""
	default:
		return nil, noSuchMethod
	}
}

func onePerson(id string, ask func(context.Context, *httpclient.Client, int64) (domain.Person, error)) (saying, string) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, noNumber
	}
	return func(ctx context.Context, client *httpclient.Client) told { return person(ask(ctx, client, number)) }, ""
}

func listing(query url.Values, hasQuery bool) (saying, string) {
	number := int64(1)
	switch given := query.Get("page"); {
	case hasQuery && !query.Has("page") || len(query) > 1:
		return nil, noFormat
	case given == "last":
		number = domain.LastPage
	case query.Has("page"):
		var err error
		if number, err = strconv.ParseInt(given, 10, 64); err != nil {
			return nil, noNumber
		}
		if number == domain.LastPage {
			return nil, lastIsMinus1
		}
	}
	return func(ctx context.Context, client *httpclient.Client) told {
		got, err := client.Registry.List(ctx, number)
		if err != nil {
			return told{err: err}
		}
		return told{answer: pageOf(got)}
	}, ""
}

// pageOf returns a page as it goes over the wire.
func pageOf(page domain.Page) map[string]any {
	results := []any{}
	for _, p := range page.Persons {
		results = append(results, wirePerson(p))
	}
	link := func(number int64) any {
		switch {
		case number < 1 || number > page.Pages():
			return nil
		case number == 1:
			return "{base}/api/v1/persons/"
		default:
			return fmt.Sprintf("{base}/api/v1/persons/?page=%d", number)
		}
	}
	return map[string]any{"count": page.Total, "next": link(page.Number + 1), "previous": link(page.Number - 1), "results": results}
}

func wirePerson(p domain.Person) map[string]any {
	return map[string]any{"id": p.ID(), "name": p.Name(), "age": p.Age()}
}

func person(p domain.Person, err error) told {
	if err != nil {
		return told{err: err}
	}
	return told{answer: wirePerson(p)}
}

// patchOf returns the body of a step as a patch, if it has the fields of one and no others.
func patchOf(s step) (domain.Patch, string) {
	var body struct {
		Name *string
		Age  *int64
	}
	strict := json.NewDecoder(strings.NewReader(show(s.Body)))
	strict.DisallowUnknownFields()
	if strict.Decode(&body) != nil || strict.More() || strings.Contains(show(s.Body), "null") {
		return domain.Patch{}, noForm
	}
	patch, err := domain.NewPatch(body.Name, body.Age)
	if err != nil {
		return domain.Patch{}, noDraft
	}
	return patch, ""
}

func withDraft(s step, send func(context.Context, *httpclient.Client, domain.Draft) told) (saying, string) {
	patch, why := patchOf(s)
	if why != "" {
		return nil, why
	}
	draft, err := patch.Draft()
	if err != nil {
		return nil, noDraft
	}
	return func(ctx context.Context, client *httpclient.Client) told { return send(ctx, client, draft) }, ""
}

func bulk(s step, of func(*httpclient.Client) *httpclient.BulkCreate) (saying, string) {
	var body struct{ Count *int }
	if json.Unmarshal([]byte(show(s.Body)), &body) != nil || body.Count == nil {
		return nil, noForm
	}
	return func(ctx context.Context, client *httpclient.Client) told {
		count, err := of(client).Generate(ctx, *body.Count)
		if err != nil {
			return told{err: err}
		}
		message := map[string]any{"message": drf.Created(count)}
		if of(client) == client.AsyncCreateBulk {
			return told{answer: map[string]any{"results": []any{message}}}
		}
		return told{answer: message}
	}, ""
}

// compare returns how what a call came to differs from what was recorded.
func (s step) compare(got told) string {
	statuses, several := s.Expect.Status.([]any)
	if !several {
		statuses = []any{s.Expect.Status}
	}
	isGood := slices.ContainsFunc(statuses, func(status any) bool { return status.(float64) < 300 })
	if isGood {
		if got.err != nil {
			return fmt.Sprintf("got %v, want %s", got.err, s.Expect.JSON)
		}
		return sameJSON(got.answer, s.Expect.JSON)
	}
	code, _ := drf.CodeOf(int(statuses[0].(float64)))
	if domain.CodeOf(got.err) != code {
		return fmt.Sprintf("got %v and %v, want code %q", got.answer, got.err, code)
	}
	var body struct{ Error string }
	_ = json.Unmarshal(s.Expect.JSON, &body)
	if want, isCount := drf.CountProblemOf(body.Error); isCount && !slices.Contains(domain.ProblemsOf(got.err), want) {
		return fmt.Sprintf("got the problems %v, want %v", domain.ProblemsOf(got.err), want)
	}
	return ""
}

func sameJSON(got any, want json.RawMessage) string {
	if want == nil {
		return ""
	}
	gotText, _ := json.Marshal(got)
	var sorted any
	_ = json.Unmarshal(want, &sorted)
	wantText, _ := json.Marshal(sorted)
	if !bytes.Equal(gotText, wantText) {
		return fmt.Sprintf("got %s, want %s", gotText, wantText)
	}
	return ""
}

// sendAsItIs sends a step that the client cannot say. What is answered is the server's matter, and tested there.
func sendAsItIs(t *testing.T, server string, s step) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), s.Method, server+s.Path, strings.NewReader(show(s.Body)))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range s.Headers {
		r.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}
