package httpapi_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"testing"
)

func TestLinksKeepTheOtherParametersAndSortThem(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, "/api/v1/create_bulk/", `{"count":250}`)
	for query, want := range map[string]struct{ next, previous string }{
		"?page=2&b=1&a=2":       {"?a=2&b=1&page=3", "?a=2&b=1"},
		"?page=2&a":             {"?a=&page=3", "?a="},
		"?page=2&=":             {"?=&page=3", "?="},
		"?page=1&page=2":        {"?page=3", ""},
		"?PAGE=1&page=2":        {"?PAGE=1&page=3", "?PAGE=1"},
		"?page=2&a=b%20c&a=%2B": {"?a=b+c&a=%2B&page=3", "?a=b+c&a=%2B"},
		"?page=2&a=%zz":         {"?a=%25zz&page=3", "?a=%25zz"},
		"?page=2&a=%E9":         {"?a=%EF%BF%BD&page=3", "?a=%EF%BF%BD"},
		"?page=+2_&page=%2B2":   {"?page=3", ""},
		"?page=%D9%A2&z=~é":     {"?page=3&z=~%C3%A9", "?z=~%C3%A9"},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			r := request(http.MethodGet, personsPath, "")
			r.URL.RawQuery = query[1:]
			got := send(handler, r)
			const base = "http://localhost" + personsPath
			var page struct{ Next, Previous string }
			if err := json.Unmarshal(got.Body.Bytes(), &page); err != nil {
				t.Fatal(err)
			}
			if page.Next != base+want.next || page.Previous != base+want.previous {
				t.Errorf("got next %s and previous %s, want %s and %s", page.Next, page.Previous, want.next, want.previous)
			}
		})
	}
}

func TestLinksLeadBackToTheHostAndSuffixOfTheRequest(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, "/api/v1/create_bulk/", `{"count":101}`)
	r := request(http.MethodGet, "/api/v1/persons.json", "")
	r.Host = "LOCALHOST.:9"
	wantAnswer(t, send(handler, r), http.StatusOK,
		`{"count":101,"next":"http://LOCALHOST.:9/api/v1/persons.json?page=2","previous":null,"results":{"$any":true}}`)
}

func TestAPathWithoutItsSlashIsRedirected(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/api/v1/persons":             "/api/v1/persons/",
		"/api/v1":                     "/api/v1/",
		"/api/v1/persons?":            "/api/v1/persons/",
		"/api/v1/persons/%31":         "/api/v1/persons/1/",
		"/api/v1/persons/1;x=1":       "/api/v1/persons/1%3Bx%3D1/",
		"/api/v1/persons/a%2Bb?x=%7e": "/api/v1/persons/a+b/?x=%7e",
		"/api/v1/check?pk=<1>":        "/api/v1/check/?pk=%3C1%3E",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodGet, target, "", "Accept", "text/html"))
			if got.Code != http.StatusMovedPermanently || got.Header().Get("Location") != want || got.Body.Len() > 0 {
				t.Errorf("got %d to %q with %q, want 301 to %q without a body", got.Code, got.Header().Get("Location"), got.Body, want)
			}
		})
	}
}

func TestARedirectOfHEADIsThatOfGET(t *testing.T) {
	t.Parallel()
	if got := send(open(t), request(http.MethodHead, "/api/v1/persons", "")); got.Code != http.StatusMovedPermanently {
		t.Errorf("got status %d, want 301", got.Code)
	}
}

func TestLinksOfARequestOverTLSAreHTTPS(t *testing.T) {
	t.Parallel()
	r := request(http.MethodGet, "/api/v1/", "")
	r.TLS = &tls.ConnectionState{}
	wantAnswer(t, send(open(t), r), http.StatusOK, `{"persons":"https://localhost/api/v1/persons/"}`)
}

func TestAPathThatIsNotQuiteARouteIsNotFound(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"/", "/api", "/api/", "/api/v1/nope", "//api/v1/persons/", "/api/v1//persons/", "/api/v1/persons//",
		"/api/v1/./persons/", "/api/v1/x/../persons/", "/api/v1/persons/1//", "/api/v1/persons/.json",
		"/api/v1/persons.JSON", "/api/v1/check.json", "/api/v1/persons.json.json",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			wantAnswer(t, send(open(t), request(http.MethodGet, target, "")), http.StatusNotFound, `{"detail":"Not found."}`)
		})
	}
}

func TestTheRootTellsWhereThePersonsAre(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/api/v1/":             "/api/v1/persons/",
		"/api/v1/.json":        "/api/v1/persons.json",
		"/api/v1/.json/":       "/api/v1/persons.json",
		"/api/v1/?format=json": "/api/v1/persons/?format=json",
		"/api/v1/?a=b":         "/api/v1/persons/",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			wantAnswer(t, send(open(t), request(http.MethodGet, path, "")), http.StatusOK, `{"persons":"http://localhost`+want+`"}`)
		})
	}
}
