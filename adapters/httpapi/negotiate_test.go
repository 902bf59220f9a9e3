package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAcceptIsReadAsRESTFrameworkReadsIt(t *testing.T) {
	t.Parallel()
	for accept, status := range map[string]int{
		"application/json;q=0":                   200,
		"text/html, */*;q=0":                     200,
		"application/json; charset=latin-1; v=2": 200,
		"*/json":                                 200,
		"APPLICATION/*":                          200,
		"":                                       406,
		"*":                                      406,
		"application/":                           406,
		"application/json/x":                     406,
		"application/vnd.api+json":               406,
		`text/html;x="a,application/json`:        200, // quotes do not protect a comma
		"text/html;application/json":             406,
		strings.Repeat("text/html,", 500) + "*/*":   200,
		strings.Repeat(";", 500) + ",text/x;===;\"": 406,
	} {
		t.Run(accept[:min(len(accept), 40)], func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodGet, personsPath, "", "Accept", accept))
			if got.Code != status {
				t.Errorf("got status %d, want %d", got.Code, status)
			}
		})
	}
}

func TestJSONIsIndentedAsTheClientAsks(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"application/json; indent=2":                      "{\n  \"detail\": \"Not found.\"\n}",
		"*/*, application/json; indent=1":                 "{\n \"detail\": \"Not found.\"\n}",
		"*/*; indent=4":                                   "{\n    \"detail\": \"Not found.\"\n}",
		"application/json; indent=99":                     "{\n        \"detail\": \"Not found.\"\n}",
		"application/json; INDENT=\" +1 \"":               "{\n \"detail\": \"Not found.\"\n}",
		"application/json; indent=-3":                     `{"detail":"Not found."}`,
		"application/json; indent=two":                    `{"detail":"Not found."}`,
		"application/json; indent=9999999999999999999999": "{\n        \"detail\": \"Not found.\"\n}",
	} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodGet, personsPath+"1/", "", "Accept", accept))
			if got.Body.String() != want {
				t.Errorf("got %q, want %q", got.Body, want)
			}
		})
	}
}

func TestTheMostPreciseMediaTypeSaysTheIndent(t *testing.T) {
	t.Parallel()
	const byOne = "{\n \"detail\": \"Not found.\"\n}"
	for _, accept := range []string{
		"application/json; indent=1, application/json; indent=2",
		"application/json;q=1, application/json;q=0;indent=1",
		"application/*;indent=2, application/json;indent=1",
		`application/json;x="\";indent=3;\"";indent=1`,
	} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			if got := send(open(t), request(http.MethodGet, personsPath+"1/", "", "Accept", accept)); got.Body.String() != byOne {
				t.Errorf("got %q, want %q", got.Body, byOne)
			}
		})
	}
}

func TestASuffixBeatsTheFormatParameterAndNeitherBeatsAccept(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path, accept string
		status       int
	}{
		{"/api/v1/persons.json?format=xml", "*/*", 200},
		{"/api/v1/persons.json/", "*/*", 200},
		{"/api/v1/persons.xml?format=json", "*/*", 404},
		{"/api/v1/persons/?format=xml&format=json", "*/*", 200},
		{"/api/v1/persons/?format=", "*/*", 200},
		{"/api/v1/persons/?format=JSON", "*/*", 404},
		{"/api/v1/persons/?format=json", "text/html", 406},
		{"/api/v1/persons/?format=xml", "text/html", 404},
		{"/api/v1/persons/1.0/", "*/*", 404},
	} {
		t.Run(test.path+" "+test.accept, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodGet, test.path, "", "Accept", test.accept))
			if got.Code != test.status {
				t.Errorf("got status %d, want %d", got.Code, test.status)
			}
		})
	}
}

func TestTheFirstRefusalInTheOriginalsOrderWins(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request *http.Request
		status  int
	}{
		"406 before 405":               {request("TRACE", personsPath, "", "Accept", "text/html"), 406},
		"405 before the person":        {request(http.MethodPost, personsPath+"9/", "{}"), 405},
		"the person before the body":   {request(http.MethodPut, personsPath+"9/", "{", "Content-Type", "text/plain"), 404},
		"an empty body has no type":    {request(http.MethodPost, personsPath, "", "Content-Type", "text/plain"), 400},
		"a method in lower case works": {request("get", personsPath, ""), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := send(open(t), test.request); got.Code != test.status {
				t.Errorf("got status %d, want %d; body %s", got.Code, test.status, got.Body)
			}
		})
	}
}

func TestOPTIONSOfAPlainViewHasNoBodyInAnyCase(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"OPTIONS", "options"} {
		got := send(open(t), request(method, "/api/v1/async_create_bulk/", ""))
		if got.Code != http.StatusOK || got.Body.Len() > 0 || got.Header().Get("Allow") != "POST, OPTIONS" {
			t.Errorf("%s: got %d %q, Allow %q; want 200 without a body, Allow POST, OPTIONS", method, got.Code, got.Body, got.Header().Get("Allow"))
		}
	}
}

func TestADeletedPersonIsAnsweredWithoutBodyAndLength(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, personsPath, `{"name":"x","age":1}`)
	got := send(handler, request(http.MethodDelete, personsPath+"1/", ""))
	if got.Code != http.StatusNoContent || got.Body.Len() > 0 || got.Header().Get("Content-Type")+got.Header().Get("Content-Length") != "" {
		t.Errorf("got %d %q %v, want 204 without a body, a type and a length", got.Code, got.Body, got.Header())
	}
}
