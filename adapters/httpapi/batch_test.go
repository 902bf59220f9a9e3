package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

const batchPath = "/api/v1/persons/batch/"

func TestABatchIsSavedInItsOrder(t *testing.T) {
	t.Parallel()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := openWith(t, useCases(t, open(t)), config)
			got := postJSON(handler, batchPath, `[{"name":" Zoe ","age":"7"},{"name":"Ann","age":31,"id":99},{"name":"Ann","age":31}]`)
			wantAnswer(t, got, http.StatusCreated, `[{"id":1,"name":"Zoe","age":7},{"id":2,"name":"Ann","age":31},{"id":3,"name":"Ann","age":31}]`)
			if got := total(t, handler); got != 3 {
				t.Errorf("got %d persons, want 3", got)
			}
		})
	}
}

func TestABatchWithAMistakeSavesNobodyAndTellsOfEachMember(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"members that break rules": {`[{"name":"Ann","age":1},{"name":"","age":-1},{"age":1}]`,
			`[{},{"name":["This field may not be blank."],"age":["Ensure this value is greater than or equal to 0."]},{"name":["This field is required."]}]`},
		"members that are no objects": {`[1,null,"x",[],true,1.5]`, `[
			{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]},{"non_field_errors":["This field may not be null."]},
			{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]},{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]},
			{"non_field_errors":["Invalid data. Expected a dictionary, but got bool."]},{"non_field_errors":["Invalid data. Expected a dictionary, but got float."]}]`},
		"nobody":         {`[]`, `{"non_field_errors":["This list may not be empty."]}`},
		"an object":      {`{"name":"Ann","age":1}`, `{"non_field_errors":["Expected a list of items but got type \"dict\"."]}`},
		"a text":         {`"Ann"`, `{"non_field_errors":["Expected a list of items but got type \"str\"."]}`},
		"null":           {`null`, `{"non_field_errors":["No data provided"]}`},
		"nothing":        {``, `{"non_field_errors":["Expected a list of items but got type \"dict\"."]}`},
		"no JSON":        {`[{"name":"Ann","age":1}`, `{"detail":{"$prefix":"JSON parse error - "}}`},
		"too many":       {"[" + strings.Repeat("0,", 10000) + "0]", `{"non_field_errors":["Ensure this field has no more than 10000 elements."]}`},
		"deep nesting":   {`[{"name":"Ann","age":1,"x":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}]`, `{"detail":{"$prefix":"JSON parse error - "}}`},
		"a long integer": {`[{"name":"Ann","age":` + strings.Repeat("1", 4301) + `}]`, `{"detail":{"$prefix":"JSON parse error - "}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := open(t)
			wantAnswer(t, postJSON(handler, batchPath, test.body), http.StatusBadRequest, test.want)
			if got := total(t, handler); got != 0 {
				t.Errorf("got %d persons, want none: a batch is all or nothing", got)
			}
		})
	}
}

func TestTheGreatestBatchIsSaved(t *testing.T) {
	t.Parallel()
	handler := open(t)
	member := `{"name":"Ann","age":1}`
	got := postJSON(handler, batchPath, "["+strings.Repeat(member+",", 9999)+member+"]")
	var persons []struct{ ID int64 }
	if err := json.Unmarshal(got.Body.Bytes(), &persons); err != nil || got.Code != http.StatusCreated || len(persons) != 10000 || persons[9999].ID != 10000 {
		t.Errorf("got %d, %d persons and %v, want 201 and 10,000 of them", got.Code, len(persons), err)
	}
}

func TestABatchThatIsNoJSONIsNotSupported(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=B", "text/csv", ""} {
		got := send(open(t), request(http.MethodPost, batchPath, "[0]name=Ann", "Content-Type", contentType))
		wantAnswer(t, got, http.StatusUnsupportedMediaType, fmt.Sprintf(`{"detail":"Unsupported media type \"%s\" in request."}`, contentType))
	}
}

// What stood at the path of the batch before was a person whom nobody can be.
func TestThePathOfTheBatchIsAPersonsForEveryOtherMethod(t *testing.T) {
	t.Parallel()
	handler := open(t)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace} {
		batch := send(handler, request(method, batchPath, `{"name":"Ann","age":1}`, "Content-Type", "application/json"))
		nobody := send(handler, request(method, personsPath+"nobody/", `{"name":"Ann","age":1}`, "Content-Type", "application/json"))
		if batch.Code != nobody.Code || batch.Body.String() != nobody.Body.String() || batch.Header().Get("Allow") != nobody.Header().Get("Allow") {
			t.Errorf("%s: got %d %s, want %d %s as for any other person who cannot be", method, batch.Code, batch.Body, nobody.Code, nobody.Body)
		}
	}
	for path, want := range map[string]int{personsPath + "batch": http.StatusPermanentRedirect, personsPath + "batch.json": http.StatusMethodNotAllowed, personsPath + "nobody/": http.StatusMethodNotAllowed} {
		if got := postJSON(handler, path, `[]`); got.Code != want {
			t.Errorf("POST %s: got %d, want %d as before there was a batch", path, got.Code, want)
		}
	}
}

// The members of a batch go to the use case together, with one claim where there is a key.
func TestABatchIsOneCall(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "key"} {
		creator := &portmock.BulkCreatorMock{
			CheckCountFunc: func(int) error { return nil },
			CreateFunc: func(_ context.Context, drafts []domain.Draft) ([]domain.Outcome[domain.Person], error) {
				if claim, claimed, err := domain.ClaimOf(drafts); err != nil || claimed != (key != "") || claim.Key() != key {
					t.Errorf("got the claim %q, %t and %v, want the key %q", claim.Key(), claimed, err, key)
				}
				return []domain.Outcome[domain.Person]{{Value: drafts[0].Person(7)}, {Err: &domain.Error{Code: domain.CodeUnavailable}}}, nil
			},
		}
		all := untouchable(t)
		all.CreateBulk = creator
		r := request(http.MethodPost, batchPath, `[{"name":"Ann","age":1},{"name":"Bob","age":2}]`, "Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		if got := send(openWith(t, all, config), r); got.Code != http.StatusServiceUnavailable || len(creator.CreateCalls()) != 1 {
			t.Errorf("got %d %s and %d calls, want 503 for all, by one", got.Code, got.Body, len(creator.CreateCalls()))
		}
	}
}

func TestABatchIsWrittenAsByReflection(t *testing.T) {
	t.Parallel()
	for _, persons := range [][]domain.Person{{}, {domain.StoredPerson(1, "<Ann>\u2028", 1)}, {domain.StoredPerson(1, "Ann", 1), domain.StoredPerson(2, `"`, 2)}} {
		if got, want := string(httpapi.EncodeBatch(persons)), string(httpapi.EncodeBatchByReflection(persons)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
