package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"unicode/utf8"
)

// FuzzBody sends any body of any type: the answer is a person who obeys the rules
// or a client's error, as JSON.
func FuzzBody(f *testing.F) {
	for _, seed := range []struct{ contentType, body string }{
		{"application/json", `{"name":"x","age":1}`},
		{"application/json", `{"name":"\ud800\u0000","age":"1_0.0"}`},
		{"application/json; charset=utf-16", `{"name":1.5e300,"age":-0.0}`},
		{"application/x-www-form-urlencoded", "name=%FF+&age=%D9%A3"},
		{"multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=name\r\n\r\nx\r\n--B--"},
		{"text/plain", "x"},
		{"", ""},
	} {
		f.Add(seed.contentType, seed.body)
	}
	handler := open(f)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		got := send(handler, request(http.MethodPost, personsPath, body, "Content-Type", contentType))
		if !json.Valid(got.Body.Bytes()) {
			t.Fatalf("the answer is no JSON: %q", got.Body)
		}
		if got.Code != http.StatusCreated {
			if got.Code < 400 || got.Code > 499 {
				t.Fatalf("got status %d, want 201 or a client's error", got.Code)
			}
			return
		}
		var person struct {
			ID, Age int64
			Name    string
		}
		if err := json.Unmarshal(got.Body.Bytes(), &person); err != nil {
			t.Fatal(err)
		}
		if n := utf8.RuneCountInString(person.Name); n < 1 || n > 255 || person.Age < 0 || person.Age > 2147483647 || person.ID < 1 {
			t.Fatalf("a person was stored who breaks the rules: %+v", person)
		}
	})
}

// FuzzPage asks for a list with any query: the answer is a page whose links are
// URLs, or 404.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{"page=2", "page=last&a=%zz", "page=%D9%A2", "page=-1", "page=9223372036854775808", "&&=&page", "format=json;page=1"} {
		f.Add(seed)
	}
	handler := open(f)
	postJSON(handler, "/api/v1/create_bulk/", `{"count":250}`)
	f.Fuzz(func(t *testing.T, query string) {
		r := request(http.MethodGet, personsPath, "")
		r.URL.RawQuery = query
		got := send(handler, r)
		if got.Code == http.StatusNotFound && json.Valid(got.Body.Bytes()) {
			return
		}
		var page struct{ Next, Previous *string }
		if err := json.Unmarshal(got.Body.Bytes(), &page); err != nil || got.Code != http.StatusOK {
			t.Fatalf("got %d %q: %v", got.Code, got.Body, err)
		}
		for _, link := range []*string{page.Next, page.Previous} {
			if link == nil {
				continue
			}
			target, err := url.Parse(*link)
			if err != nil {
				t.Fatalf("the link %q is no URL: %v", *link, err)
			}
			again := request(http.MethodGet, target.RequestURI(), "")
			if got := send(handler, again); got.Code != http.StatusOK {
				t.Fatalf("the link %q leads to %d", *link, got.Code)
			}
		}
	})
}

// FuzzAccept asks with any Accept header: the answer is JSON, 200 or 406.
func FuzzAccept(f *testing.F) {
	for _, seed := range []string{"*/*", "application/json; indent=4", `a/b;x="\",application/json`, ";;;", "*/*;q=0.1,,text/html"} {
		f.Add(seed)
	}
	handler := open(f)
	f.Fuzz(func(t *testing.T, accept string) {
		got := send(handler, request(http.MethodGet, personsPath, "", "Accept", accept))
		if got.Code != http.StatusOK && got.Code != http.StatusNotAcceptable || !json.Valid(got.Body.Bytes()) {
			t.Fatalf("got %d %q, want 200 or 406 as JSON", got.Code, got.Body)
		}
	})
}
