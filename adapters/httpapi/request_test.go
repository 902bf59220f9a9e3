package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

// open returns the API over an empty memstore, called without a network.
func open(tb testing.TB) http.Handler {
	tb.Helper()
	return openWith(tb, useCases(tb, memstore.New()), config)
}

func openWith(tb testing.TB, useCases httpapi.UseCases, config httpapi.Config) http.Handler {
	tb.Helper()
	return described(tb, openUndescribed(tb, useCases, config))
}

// openUndescribed is openWith for use cases that answer what none of theirs would, which nobody has described.
func openUndescribed(tb testing.TB, useCases httpapi.UseCases, config httpapi.Config) http.Handler {
	tb.Helper()
	handler, err := httpapi.New(useCases, config)
	if err != nil {
		tb.Fatal(err)
	}
	return handler
}

// logged returns the API over useCases and what it logs, one JSON object a line.
func logged(tb testing.TB, useCases httpapi.UseCases) (http.Handler, *bytes.Buffer) {
	tb.Helper()
	return loggedWith(tb, useCases, config)
}

// loggedWith is logged with a configuration.
func loggedWith(tb testing.TB, useCases httpapi.UseCases, config httpapi.Config) (http.Handler, *bytes.Buffer) {
	tb.Helper()
	var lines bytes.Buffer
	config.Logger = slog.New(slog.NewJSONHandler(&lines, nil))
	return openWith(tb, useCases, config), &lines
}

// request makes a request for localhost. Headers come in pairs of name and value.
func request(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// send returns the API's answer to a request.
func send(handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// sendBriefly is send for a request that is refused at once. Its context ends, only so that a
// test in which it is served ends too.
func sendBriefly(handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	return send(handler, r.WithContext(ctx))
}

// postJSON creates a person or asks for a bulk.
func postJSON(handler http.Handler, path, body string) *httptest.ResponseRecorder {
	return send(handler, request(http.MethodPost, path, body, "Content-Type", "application/json"))
}

// wantAnswer fails the test unless the answer has the status and the body,
// compared as JSON.
func wantAnswer(t *testing.T, got *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if got.Code != status {
		t.Errorf("got status %d, want %d; body %s", got.Code, status, got.Body)
	}
	var gotJSON, wantJSON any
	if err := json.Unmarshal(got.Body.Bytes(), &gotJSON); err != nil {
		t.Fatalf("the body is no JSON: %v: %q", err, got.Body)
	}
	if err := json.Unmarshal([]byte(body), &wantJSON); err != nil {
		t.Fatal(err)
	}
	if !jsonMatches(wantJSON, gotJSON) {
		t.Errorf("got the body %s, want %s", got.Body, body)
	}
}

func TestTheAPICanStandInAnotherRouter(t *testing.T) {
	t.Parallel()
	outer := http.NewServeMux()
	outer.Handle("/{suffix...}", open(t))
	postJSON(outer, personsPath, `{"name":"Ann","age":31}`)
	for path, want := range map[string]int{
		personsPath: http.StatusOK, personsPath + "1/": http.StatusOK, "/api/v1/persons.json": http.StatusOK,
		"/api/v1/persons.xml": http.StatusNotFound, personsPath + "2/": http.StatusNotFound,
	} {
		if got := send(outer, request(http.MethodGet, path, "")); got.Code != want {
			t.Errorf("%s: got status %d, want %d: the variables of the other router are not the API's", path, got.Code, want)
		}
	}
}
