package apitest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/httpapi/apitest"
)

// answer is what a server says to GET /api/v1/persons/1/.
type answer struct {
	status  int
	headers map[string]string // those of every answer are there already; "" takes one away
	body    string
}

// right is an answer as it is described.
func right() answer {
	return answer{http.StatusOK, map[string]string{
		"Allow": "GET, HEAD, OPTIONS", "Etag": `"hitiO_snLMd5Hn09cOTW7Q"`, "Content-Type": "application/json",
		"X-Request-Id": "a", "Cache-Control": "private, no-cache", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
	}, `{"id":1,"name":"Ann","age":31}`}
}

func (a answer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, value := range a.headers {
		if value != "" {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

// failures is a test that fails without harm.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

// said returns what the checker says of an answer by a description.
func said(t *testing.T, description string, r *http.Request, handler http.Handler) []string {
	t.Helper()
	checker, err := apitest.New([]byte(description))
	if err != nil {
		t.Fatal(err)
	}
	test := &failures{TB: t}
	checker.Handler(test, handler).ServeHTTP(httptest.NewRecorder(), r)
	return test.said
}

// A handler that lies is found out, whatever it lies about.
func TestAnAnswerThatIsNotAsDescribedFailsTheTest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lie  func(a *answer)
		want string // "" is nothing
	}{
		"the truth":                  {func(*answer) {}, ""},
		"a status":                   {func(a *answer) { a.status = http.StatusTeapot }, "the status 418"},
		"another promised status":    {func(a *answer) { a.status = http.StatusNotFound }, "detail"},
		"a header that is missing":   {func(a *answer) { a.headers["Etag"] = "" }, "the header Etag is missing"},
		"one of all that is missing": {func(a *answer) { a.headers["X-Frame-Options"] = "" }, "the header X-Frame-Options is missing"},
		"a header of nobody":         {func(a *answer) { a.headers["X-Powered-By"] = "x" }, "the header X-Powered-By is not described"},
		"a header of another shape":  {func(a *answer) { a.headers["Etag"] = "hiti" }, "the header Etag"},
		"a member too many":          {func(a *answer) { a.body = `{"id":1,"name":"Ann","age":31,"x":1}` }, "additional properties 'x'"},
		"a member too few":           {func(a *answer) { a.body = `{"id":1,"name":"Ann"}` }, "missing property 'age'"},
		"a member of another type":   {func(a *answer) { a.body = `{"id":1,"name":"Ann","age":"31"}` }, "want integer"},
		"a body that is no JSON":     {func(a *answer) { a.body = `{` }, "no application/json"},
		"no body":                    {func(a *answer) { a.body = `` }, "no application/json"},
		"a body of another type":     {func(a *answer) { a.headers["Content-Type"] = "text/html" }, `"text/html"`},
		"a body where there is none": {func(a *answer) { a.status = http.StatusNotModified }, "no body is described"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := right()
			test.lie(&a)
			got := said(t, string(httpapi.Description()), httptest.NewRequest(http.MethodGet, "/api/v1/persons/1/", http.NoBody), a)
			if (len(got) == 0) != (test.want == "") || !strings.Contains(strings.Join(got, "\n"), test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// So is a description that lies about a server which does as it always did.
func TestADescriptionThatIsNotTrueFailsTheTest(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"a status that is left out": {`"200": {
      "$ref": "#/components/responses/PersonRead"
     },`, ""},
		"a member that there is not": {`"required": [
     "id",
     "name",
     "age"
    ],
    "additionalProperties": false`, `"required": ["id", "name", "age", "born"], "additionalProperties": false`},
		"a member of another type": {`"age": {
      "type": "integer",
      "format": "int32"
     }`, `"age": {"type": "string"}`},
		"a header that is left out": {`"headers": {
     "Allow": {
      "$ref": "#/components/headers/Allow"
     },
     "ETag": {
      "$ref": "#/components/headers/ETag"
     }
    },
    "content": {
     "application/json": {
      "schema": {
       "$ref": "#/components/schemas/Person"`, `"headers": {"Allow": {"$ref": "#/components/headers/Allow"}},
    "content": {
     "application/json": {
      "schema": {
       "$ref": "#/components/schemas/Person"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			description := string(httpapi.Description())
			changed := strings.Replace(description, change[0], change[1], 1)
			if name == "a status that is left out" {
				changed = strings.ReplaceAll(description, change[0], change[1])
			}
			if changed == description {
				t.Fatal("the description does not have what is to be changed")
			}
			if got := said(t, changed, httptest.NewRequest(http.MethodGet, "/api/v1/persons/1/", http.NoBody), right()); len(got) == 0 {
				t.Error("got no complaint, want one")
			}
		})
	}
}

// A request that is answered as if all were well must be one that the description allows.
func TestARequestThatIsNotDescribedIsNotWell(t *testing.T) {
	t.Parallel()
	created := right()
	created.status, created.headers["Etag"] = http.StatusCreated, ""
	for body, isWell := range map[string]bool{
		`{"name":"Ann","age":31}`: true, `{"name":"Ann","age":"31","x":1}`: true,
		`{"name":"Ann"}`: false, `{"name":null,"age":31}`: false, `[]`: false, ``: false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/persons/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		got := said(t, string(httpapi.Description()), r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			created.ServeHTTP(w, r)
		}))
		if (len(got) == 0) != isWell {
			t.Errorf("%s: got %q, want a complaint: %t", body, got, !isWell)
		}
	}
}

// 103 Early Hints and its like announce an answer, and are none.
func TestWhatComesBeforeAnAnswerIsNotTakenForIt(t *testing.T) {
	t.Parallel()
	early := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		right().ServeHTTP(w, r)
	})
	if got := said(t, string(httpapi.Description()), httptest.NewRequest(http.MethodGet, "/api/v1/persons/1/", http.NoBody), early); len(got) != 0 {
		t.Errorf("got %q, want no complaint: the answer is as described", got)
	}
}

func TestAPromiseIsMetByAnExchange(t *testing.T) {
	t.Parallel()
	checker, err := apitest.New(httpapi.Description())
	if err != nil {
		t.Fatal(err)
	}
	promises, unmet := len(checker.Promises()), len(checker.Unmet())
	checker.Handler(t, right()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/api/v1/persons/1/", http.NoBody))
	if promises < 400 || unmet != promises || len(checker.Unmet()) != promises-1 || checker.Checked() != 1 {
		t.Errorf("got %d promises, %d unmet and %d at last, and %d checked; want hundreds, all of them, one less, and one", promises, unmet, len(checker.Unmet()), checker.Checked())
	}
}
