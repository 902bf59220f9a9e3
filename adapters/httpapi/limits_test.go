package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// untouchable returns use cases that fail the test when one of them is called.
// Moq's mocks panic when a method is called that has no function, and the API
// answers a panic with 500, which no test here expects.
func untouchable(tb testing.TB) httpapi.UseCases {
	tb.Helper()
	return httpapi.UseCases{
		Registry:         &portmock.PersonRegistryMock{},
		Check:            &portmock.PersonCheckerMock{},
		CreateBulk:       &portmock.BulkCreatorMock{},
		AsyncCreateBulk:  &portmock.BulkCreatorMock{},
		Fetch:            &portmock.BulkFetcherMock{},
		Jobs:             &portmock.JobManagerMock{},
		NewRefusalWriter: personfile.NewRefusalWriter,
		Export:           &portmock.PersonExporterMock{},
	}
}

// requestOf returns a request whose path and query have so many bytes. It asks for a
// format that is not served.
func requestOf(target int) *http.Request {
	const path = personsPath + "?format=xml&x="
	r := request(http.MethodGet, path+strings.Repeat("x", target-len(path)), "")
	r.RequestURI = r.URL.RequestURI() // as a client sends it, without the host
	return r
}

func TestARefusedRequestReachesNoUseCase(t *testing.T) {
	t.Parallel()
	evil := request(http.MethodGet, personsPath, "")
	evil.Host = "evil.example"
	for name, test := range map[string]struct {
		request *http.Request
		status  int
	}{
		"a host that is not allowed":      {evil, 400},
		"a path and query of 8 KiB":       {requestOf(8 << 10), 404},
		"one byte more":                   {requestOf(8<<10 + 1), 414},
		"a format that is not served":     {request(http.MethodGet, personsPath+"?format=xml", ""), 404},
		"an Accept that JSON fails":       {request(http.MethodGet, personsPath, "", "Accept", "text/html"), 406},
		"a method that is not allowed":    {request(http.MethodPatch, personsPath, "{}"), 405},
		"a media type that is not parsed": {request(http.MethodPost, personsPath, "x", "Content-Type", "text/plain"), 415},
		"a body that is no JSON":          {request(http.MethodPost, personsPath, "{", "Content-Type", "application/json"), 400},
		"fields that break rules":         {request(http.MethodPost, personsPath, "{}", "Content-Type", "application/json"), 400},
		"an id that is no number":         {request(http.MethodGet, personsPath+"abc/", ""), 404},
		"an id that no int64 holds":       {request(http.MethodDelete, personsPath+"99999999999999999999/", ""), 404},
		"a page that is no number":        {request(http.MethodGet, personsPath+"?page=x", ""), 404},
		"a check without pk":              {request(http.MethodGet, "/api/v1/check/", ""), 400},
		"a bulk whose count is a text":    {request(http.MethodPost, "/api/v1/create_bulk/", `{"count":"5"}`, "Content-Type", "application/json"), 400},
		"a bulk that is a list":           {request(http.MethodPost, "/api/v1/async_create_bulk/", `[5]`), 400},
		"a preflight":                     {request(http.MethodOptions, personsPath, "", "Access-Control-Request-Method", "PUT"), 200},
		"a path without its slash":        {request(http.MethodDelete, personsPath+"1", ""), 308},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := send(openWith(t, untouchable(t), config), test.request); got.Code != test.status {
				t.Errorf("got status %d, want %d; body %s", got.Code, test.status, got.Body)
			}
		})
	}
}

func TestAsyncCreateBulkReadsJSONWhateverTheTypeSays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contentType, body string
		status            int
	}{
		"as text":                      {"text/plain", `{"count":2}`, 200},
		"behind a byte order mark":     {"application/json", "\ufeff{\"count\":2}", 200},
		"a form is no JSON":            {"application/x-www-form-urlencoded", "count=2", 400},
		"invalid UTF-8 is no JSON":     {"application/json", "{\"count\":2,\"x\":\"\xff\"}", 400},
		"an empty body is no JSON":     {"application/json", "", 400},
		"a media type nobody can read": {"é", `{"count":2}`, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodPost, "/api/v1/async_create_bulk/", test.body, "Content-Type", test.contentType))
			if got.Code != test.status {
				t.Errorf("got %d %s, want status %d", got.Code, got.Body, test.status)
			}
		})
	}
}

func TestTheCountOfABulkIsTheDomainsToJudge(t *testing.T) {
	t.Parallel()
	creator := &portmock.BulkCreatorMock{GenerateFunc: func(_ context.Context, count int) (int, error) { return count, nil }}
	all := untouchable(t)
	all.CreateBulk = creator
	wantAnswer(t, postJSON(openWith(t, all, config), "/api/v1/create_bulk/", `{"count":7}`),
		http.StatusCreated, `{"message":"7 persons created successfully"}`)
	if calls := creator.GenerateCalls(); len(calls) != 1 || calls[0].Count != 7 {
		t.Errorf("got the calls %v, want one, for 7", calls)
	}
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	small := config
	small.MaxBodyBytes = 30
	server := httptest.NewServer(openWith(t, useCases(t, memstore.New()), small))
	t.Cleanup(server.Close)
	fits := `{"name":"aaaaaaaaaa","age":1}` + " "
	for name, test := range map[string]struct {
		body   io.Reader
		status int
	}{
		"30 bytes of a length that is told fit":            {strings.NewReader(fits), 201},
		"31 bytes of a length that is told are too many":   {strings.NewReader(fits + " "), 413},
		"30 bytes in chunks fit":                           {io.MultiReader(strings.NewReader(fits)), 201},
		"31 bytes in chunks are too many":                  {io.MultiReader(strings.NewReader(fits + " ")), 413},
		"an endless body in chunks ends with its 31. byte": {zeros{}, 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+personsPath, test.body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.status {
				t.Errorf("got status %d, want %d", response.StatusCode, test.status)
			}
			if got := response.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("got the content type %q, want application/json", got)
			}
		})
	}
}

func TestLimitsOfTheConfigurationHold(t *testing.T) {
	t.Parallel()
	narrow := config
	narrow.MaxTargetBytes, narrow.MaxJSONDepth = 40, 2
	for name, test := range map[string]struct {
		request *http.Request
		status  int
	}{
		"a path and query of 40 bytes": {requestOf(40), 404},
		"one byte more":                {requestOf(41), 414},
		"a body that nests 2 deep":     {request(http.MethodPost, personsPath, `{"x":[]}`, "Content-Type", "application/json"), 400},
		"one that nests 3 deep":        {request(http.MethodPost, personsPath, `{"x":[[]]}`, "Content-Type", "application/json"), 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send(openWith(t, untouchable(t), narrow), test.request)
			if got.Code != test.status {
				t.Errorf("got status %d, want %d; body %s", got.Code, test.status, got.Body)
			}
			if tooDeep := strings.Contains(got.Body.String(), "nests deeper than 2"); tooDeep != strings.Contains(name, "3 deep") {
				t.Errorf("got %s, want the depth to be refused from 3 on", got.Body)
			}
		})
	}
}

func TestABodyThatIsToldToBeTooLargeIsRefusedBeforeItComes(t *testing.T) {
	t.Parallel()
	r := request(http.MethodPost, personsPath, "", "Content-Type", "application/json")
	r.Body, r.ContentLength = io.NopCloser(iotest.ErrReader(errors.New("the body was read"))), 1<<20+1
	wantAnswer(t, send(open(t), r), http.StatusRequestEntityTooLarge, `{"detail":{"$any":true}}`)
}

func TestABodyThatDoesNotArriveIsTheClientsMistake(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	for name, test := range map[string]struct {
		ctx  context.Context //nolint:containedctx // a row of a table
		err  error
		want string
	}{
		"it ends too soon":      {t.Context(), io.ErrUnexpectedEOF, `{"detail":"The request body is damaged, or ended too soon."}`},
		"it cannot be read":     {t.Context(), errors.New("broken chunk"), `{"detail":"The request body cannot be read."}`},
		"the client gave it up": {gone, io.ErrUnexpectedEOF, `{"detail":"the request was canceled"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(http.MethodPost, personsPath, "", "Content-Type", "application/json").WithContext(test.ctx)
			r.Body, r.ContentLength = io.NopCloser(iotest.ErrReader(test.err)), 10
			status := http.StatusBadRequest
			if test.ctx == gone {
				status = 499
			}
			wantAnswer(t, send(open(t), r), status, test.want)
		})
	}
}

// The server sets the deadlines; net/http ends the request's context when one is met.
func TestABodyThatComesTooSlowlyIsAnsweredWith408(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	for name, ctx := range map[string]context.Context{"over HTTP/2": t.Context(), "over HTTP/1.1": gone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(http.MethodPost, personsPath, "", "Content-Type", "application/json").WithContext(ctx)
			r.Body, r.ContentLength = io.NopCloser(iotest.ErrReader(fmt.Errorf("read: %w", os.ErrDeadlineExceeded))), 10
			got := send(openWith(t, untouchable(t), config), r)
			wantAnswer(t, got, http.StatusRequestTimeout, `{"detail":"The request body came too slowly."}`)
			if got.Header().Get("Connection") != "close" {
				t.Errorf("got the headers %v, want a connection that closes: the rest of the body is no request", got.Header())
			}
		})
	}
}

func TestABulkOfMoreThanAnIntHoldsIsTooLarge(t *testing.T) {
	t.Parallel()
	for _, count := range []string{"4294967301", "99999999999999999999"} {
		got := postJSON(open(t), "/api/v1/create_bulk/", `{"count":`+count+`}`)
		wantAnswer(t, got, http.StatusBadRequest, `{"error":"Count cannot exceed 10000"}`)
	}
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestFetchDataAnswersEachURLInItsPlace(t *testing.T) {
	t.Parallel()
	all := untouchable(t)
	all.Fetch = &portmock.BulkFetcherMock{FetchConfiguredFunc: func(context.Context) []domain.Fetched {
		return []domain.Fetched{
			{URL: "http://a", Document: domain.Document(`{"b":1.0,"a":12345678901234567890,"b":1e400,"c":"<é>"}`)},
			{URL: "http://b", Err: &domain.Error{Code: domain.CodeDeadline, Message: "the time allowed ran out"}},
			{URL: "http://c?x=<1>", Err: &domain.Error{Code: domain.CodeUpstream, Message: "connection refused"}},
		}
	}}
	got := send(openWith(t, all, config), request(http.MethodGet, "/api/v1/fetch_data/", "", "Accept", "text/html"))
	const want = `{"results":[{"b":1.0,"a":12345678901234567890,"b":1e400,"c":"<é>"},` +
		`{"error":"Timeout","url":"http://b"},{"error":"connection refused","url":"http://c?x=<1>"}],"total":3}`
	if got.Code != http.StatusOK || got.Body.String() != want {
		t.Errorf("got %d %s, want 200 %s", got.Code, got.Body, want)
	}
}
