package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// failing returns use cases whose registry answers err to Get.
func failing(t *testing.T, err error) httpapi.UseCases {
	t.Helper()
	all := useCases(t, memstore.New())
	all.Registry = &portmock.PersonRegistryMock{
		GetFunc: func(context.Context, int64) (domain.Person, error) { return domain.Person{}, err },
	}
	return all
}

func TestEveryCodeOfTheDomainHasItsAnswer(t *testing.T) {
	t.Parallel()
	statuses := map[domain.Code]int{
		domain.CodeInvalid: 400, domain.CodeNotFound: 404, domain.CodeConflict: 409, domain.CodeTooLarge: 413,
		domain.CodeUpstream: 502, domain.CodeUnavailable: 503, domain.CodeCanceled: 499, domain.CodeDeadline: 503,
		domain.CodeInternal: 500, domain.CodePrecondition: 412, domain.CodeKeyReused: 422, domain.CodeUnauthenticated: 401, domain.CodeForbidden: 403,
	}
	for _, code := range domain.Codes() {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			err := &domain.Error{Code: code, Message: "said to anyone", Cause: errors.New("secret")}
			got := send(openUndescribed(t, failing(t, err), config), request(http.MethodGet, personsPath+"1/", ""))
			wantAnswer(t, got, statuses[code], `{"detail":{"$any":true}}`)
			if strings.Contains(got.Body.String(), "secret") {
				t.Errorf("the cause of an error is for logs, but the answer is %s", got.Body)
			}
			if isRetry := got.Header().Get("Retry-After") != ""; isRetry != (got.Code == http.StatusServiceUnavailable) {
				t.Errorf("got Retry-After %q with status %d: 503 has it, nothing else", got.Header().Get("Retry-After"), got.Code)
			}
		})
	}
}

func TestAnErrorThatNobodyTranslatedIsA500WithoutDetails(t *testing.T) {
	t.Parallel()
	handler, lines := logged(t, failing(t, errors.New("disk on fire")))
	got := send(handler, request(http.MethodGet, personsPath+"1/", ""))
	wantAnswer(t, got, http.StatusInternalServerError, `{"detail":"A server error occurred."}`)
	if !strings.Contains(lines.String(), "disk on fire") {
		t.Errorf("got the log %s, want the error in it", lines)
	}
}

func TestABulkThatFindsNoRoomIsToldToComeBack(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	all.CreateBulk = &portmock.BulkCreatorMock{GenerateFunc: func(context.Context, int) (int, error) {
		return 0, &domain.Error{Code: domain.CodeUnavailable, Message: "full"}
	}}
	got := postJSON(openWith(t, all, config), "/api/v1/create_bulk/", `{"count":3}`)
	wantAnswer(t, got, http.StatusServiceUnavailable, `{"detail":"Service temporarily unavailable, try again later."}`)
	if after := got.Header().Get("Retry-After"); after != "1" {
		t.Errorf("got Retry-After %q, want 1 second", after)
	}
}

func TestAFetchThatFindsNoRoomIsToldToComeBack(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	all.Fetch = &portmock.BulkFetcherMock{FetchConfiguredFunc: func(context.Context) []domain.Fetched {
		return []domain.Fetched{{URL: "http://a", Err: &domain.Error{Code: domain.CodeUnavailable, Message: "full"}}}
	}}
	got := send(openWith(t, all, config), request(http.MethodGet, "/api/v1/fetch_data/", ""))
	wantAnswer(t, got, http.StatusServiceUnavailable, `{"detail":"Service temporarily unavailable, try again later."}`)
	if after := got.Header().Get("Retry-After"); after != "1" {
		t.Errorf("got Retry-After %q, want 1 second", after)
	}
}

func TestNewNamesTheUseCaseThatIsMissing(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	for field := range reflect.TypeFor[httpapi.UseCases]().Fields() {
		if field.Name == "Jobs" { // which may be missing
			continue
		}
		without := all
		reflect.ValueOf(&without).Elem().FieldByIndex(field.Index).SetZero()
		_, err := httpapi.New(without, config)
		if want := "UseCases." + field.Name + " is missing"; domain.CodeOf(err) != domain.CodeInvalid || domain.MessageOf(err) != want {
			t.Errorf("without %s: got %v, want %s: %s", field.Name, err, domain.CodeInvalid, want)
		}
	}
}

func TestNewRefusesWhatItCannotServe(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	for name, open := range map[string]func() (http.Handler, error){
		"the upload limit is negative": func() (http.Handler, error) { return httpapi.New(all, httpapi.Config{MaxUploadBytes: -1}) },
		"the size limit is negative":   func() (http.Handler, error) { return httpapi.New(all, httpapi.Config{MaxBodyBytes: -1}) },
		"the length limit is negative": func() (http.Handler, error) { return httpapi.New(all, httpapi.Config{MaxTargetBytes: -1}) },
		"the depth limit is negative":  func() (http.Handler, error) { return httpapi.New(all, httpapi.Config{MaxJSONDepth: -1}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := open(); domain.CodeOf(err) != domain.CodeInvalid {
				t.Errorf("got %v, want %s", err, domain.CodeInvalid)
			}
		})
	}
}

func TestWithoutJobsThereAreNoneOfTheirPaths(t *testing.T) {
	t.Parallel()
	all := useCases(t, memstore.New())
	all.Jobs, all.NewRefusalWriter = nil, nil
	handler, err := httpapi.New(all, config)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/api/v1/jobs/": http.StatusNotFound, "/api/v1/jobs/1/events/": http.StatusNotFound, "/api/v1/persons/": http.StatusOK} {
		if got := send(handler, request(http.MethodGet, path, "")); got.Code != want {
			t.Errorf("GET %s: got %d, want %d", path, got.Code, want)
		}
	}
}
