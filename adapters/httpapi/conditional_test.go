package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// A client that polls pays for a body only when there is something new in it.
func TestAClientThatPollsGetsABodyOnlyWhenSomethingHasChanged(t *testing.T) {
	t.Parallel()
	for name, openStore := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := openWith(t, useCases(t, openStore(t)), config)
			postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
			postJSON(handler, personsPath, `{"name":"Bob","age":32}`)
			ann, bob, list := polled{path: personsPath + "1/"}, polled{path: personsPath + "2/"}, polled{path: personsPath}
			wantNews := func(when string, want map[*polled]bool) {
				t.Helper()
				for resource, isNew := range want {
					if got := resource.poll(t, handler); got != isNew {
						t.Errorf("%s, %s: got something new: %t, want %t", when, resource.path, got, isNew)
					}
				}
			}
			wantNews("at first", map[*polled]bool{&ann: true, &bob: true, &list: true})
			wantNews("when nothing has happened", map[*polled]bool{&ann: false, &bob: false, &list: false})
			send(handler, request(http.MethodPatch, ann.path, `{"age":33}`, "Content-Type", "application/json"))
			wantNews("after Ann's birthday", map[*polled]bool{&ann: true, &bob: false, &list: true})
			send(handler, request(http.MethodPatch, ann.path, `{"age":33}`, "Content-Type", "application/json"))
			wantNews("after a change to the same", map[*polled]bool{&ann: false, &bob: false, &list: false})
			postJSON(handler, personsPath, `{"name":"Cid","age":1}`)
			wantNews("after a newcomer", map[*polled]bool{&ann: false, &bob: false, &list: true})
		})
	}
}

// polled is a resource that a client asks for again and again.
type polled struct{ path, tag string }

// poll asks and tells whether there was something new.
func (p *polled) poll(t *testing.T, handler http.Handler) (isNew bool) {
	t.Helper()
	var headers []string
	if p.tag != "" {
		headers = []string{"If-None-Match", p.tag}
	}
	got := send(handler, request(http.MethodGet, p.path, "", headers...))
	before := p.tag
	p.tag = got.Header().Get("ETag")
	if got.Code == http.StatusNotModified && p.tag == before && got.Body.Len() == 0 {
		return false
	}
	if got.Code != http.StatusOK || p.tag == "" || p.tag == before || got.Body.Len() == 0 {
		t.Errorf("%s: got %d with the tag %s after %s and a body of %d bytes, want 200 with another tag and a body, or 304 with the same and none",
			p.path, got.Code, p.tag, before, got.Body.Len())
	}
	return true
}

func TestATagHangsOnTheBytesAlone(t *testing.T) {
	t.Parallel()
	const want = `"hitiO_snLMd5Hn09cOTW7Q"`
	for name, openStore := range stores {
		handler := openWith(t, useCases(t, openStore(t)), config)
		postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
		if got := send(handler, request(http.MethodGet, personsPath+"1/", "")).Header().Get("ETag"); got != want {
			t.Errorf("%s: got the tag %s, want %s as ever: clients keep tags for longer than a server runs", name, got, want)
		}
	}
}

func TestEachRepresentationHasATagOfItsOwn(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, "/api/v1/create_bulk/", `{"count":250}`)
	tags := map[string]string{}
	for name, r := range map[string]*http.Request{
		"a person":             request(http.MethodGet, personsPath+"1/", ""),
		"another person":       request(http.MethodGet, personsPath+"2/", ""),
		"a person, indented":   request(http.MethodGet, personsPath+"1/", "", "Accept", "application/json; indent=4"),
		"a page":               request(http.MethodGet, personsPath, ""),
		"another page":         request(http.MethodGet, personsPath+"?page=2", ""),
		"a page, indented":     request(http.MethodGet, personsPath, "", "Accept", "application/json; indent=4"),
		"a page by its suffix": request(http.MethodGet, "/api/v1/persons.json", ""),
		"a slice":              request(http.MethodGet, personsPath+"?cursor=", ""),
	} {
		tag := send(handler, r).Header().Get("ETag")
		if other, taken := tags[tag]; taken || tag == "" {
			t.Errorf("%s: got the tag %q, which %q has too, want one of its own", name, tag, other)
		}
		tags[tag] = name
	}
	if got := send(handler, request(http.MethodHead, personsPath+"1/", "")).Header().Get("ETag"); tags[got] != "a person" {
		t.Errorf("got the tag %q to HEAD, want that of GET", got)
	}
}

func TestIfNoneMatchIsReadByTheRFC(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
	tag := send(handler, request(http.MethodGet, personsPath+"1/", "")).Header().Get("ETag")
	bare := strings.Trim(tag, `"`)
	for name, test := range map[string]struct {
		header []string
		status int
	}{
		"the tag":                           {[]string{tag}, 304},
		"the tag, weak":                     {[]string{"W/" + tag}, 304},
		"the tag with space around":         {[]string{" \t" + tag + "\t "}, 304},
		"a list with the tag":               {[]string{`"a", ` + tag + ` ,W/"b"`}, 304},
		"a list without white space":        {[]string{`"a",` + tag}, 304},
		"a list with empty members":         {[]string{`,, ,` + tag + `,`}, 304},
		"the tag on the second line":        {[]string{`"a"`, tag}, 304},
		"a comma in another tag":            {[]string{`"a,b",` + tag}, 304},
		"the tag behind what is no tag":     {[]string{`abc, ` + tag}, 304},
		"the tag behind a tag and rubbish":  {[]string{`"a" x, ` + tag}, 304},
		"the tag behind an open quote":      {[]string{`"a , ` + tag}, 304},
		"the tag behind a star":             {[]string{`*, ` + tag}, 304},
		"the tag behind bytes above ASCII":  {[]string{"\"\xe9\"," + tag}, 304},
		"a star":                            {[]string{"*"}, 304},
		"a star with space around":          {[]string{" * "}, 304},
		"another tag":                       {[]string{`"a"`}, 200},
		"a star in a list is no tag":        {[]string{`"a", *`}, 200},
		"two stars are none":                {[]string{"*", "*"}, 200},
		"a star in quotes is a tag":         {[]string{`"*"`}, 200},
		"no tag at all":                     {[]string{""}, 200},
		"an open quote":                     {[]string{`"`}, 200},
		"the tag without quotes":            {[]string{bare}, 200},
		"the tag with an open quote":        {[]string{`"` + bare}, 200},
		"the tag with rubbish behind":       {[]string{tag + "x"}, 200},
		"the tag with rubbish before":       {[]string{"x" + tag}, 200},
		"the tag with a small w":            {[]string{"w/" + tag}, 200},
		"the tag with a space behind W/":    {[]string{"W/ " + tag}, 200},
		"the tag within a tag":              {[]string{`"a,` + tag + `"`}, 200},
		"the tag in other letters":          {[]string{strings.ToLower(tag)}, 200},
		"two tags without a comma between":  {[]string{`"a" ` + tag}, 200},
		"the date of the last modification": {[]string{"Mon, 02 Jan 2006 15:04:05 GMT"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(http.MethodGet, personsPath+"1/", "")
			r.Header["If-None-Match"] = test.header
			if got := send(handler, r); got.Code != test.status {
				t.Errorf("%q: got status %d, want %d", test.header, got.Code, test.status)
			}
		})
	}
}

func TestAnAnswer304HasTheHeadersOfTheWholeOneButThoseOfItsBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(open(t))
	t.Cleanup(server.Close)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		whole := overTheWire(t, method, server.URL+personsPath, "")
		known := overTheWire(t, method, server.URL+personsPath, "*")
		if whole.StatusCode != http.StatusOK || known.StatusCode != http.StatusNotModified || known.ContentLength > 0 {
			t.Errorf("%s: got %d and %d with %d bytes, want 200 and then 304 without a body", method, whole.StatusCode, known.StatusCode, known.ContentLength)
		}
		for name := range whole.Header {
			got, want := known.Header.Get(name), whole.Header.Get(name)
			switch name {
			case "Content-Type", "Content-Length":
				want = ""
			case "Date":
				want = got
			}
			if got != want {
				t.Errorf("%s: got %s %q in the 304, want %q", method, name, got, want)
			}
		}
		for _, name := range []string{"Etag", "Vary", "Allow", "X-Request-Id", "X-Frame-Options", "Access-Control-Allow-Origin"} {
			if known.Header.Get(name) == "" {
				t.Errorf("%s: got no %s in the 304, want the one of a whole answer", method, name)
			}
		}
	}
}

// overTheWire asks as a page of an allowed origin does, with the header If-None-Match unless
// it is empty.
func overTheWire(t *testing.T, method, url, ifNoneMatch string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "http://localhost:3000")
	r.Header.Set("X-Request-ID", "poll")
	if ifNoneMatch != "" {
		r.Header.Set("If-None-Match", ifNoneMatch)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func TestTheLogOfA304CountsNoBody(t *testing.T) {
	t.Parallel()
	handler, log := logged(t, useCases(t, memstore.New()))
	send(handler, request(http.MethodGet, personsPath, "", "If-None-Match", "*"))
	if l := readLine(t, log); l.Status != http.StatusNotModified || l.Bytes != 0 || l.Level != "INFO" {
		t.Errorf("got %+v, want status 304 with 0 bytes", l)
	}
}

func TestOnlyAWholeAnswerToAReaderIsConditional(t *testing.T) {
	t.Parallel()
	broken := &portmock.PersonRegistryMock{
		GetFunc: func(context.Context, int64) (domain.Person, error) {
			return domain.Person{}, &domain.Error{Code: domain.CodeUnavailable}
		},
		ListFunc: func(context.Context, int64) (domain.Page, error) { panic("planted") },
	}
	const ann, asJSON = `{"name":"Ann","age":31}`, "application/json"
	for name, test := range map[string]struct {
		registry ports.PersonRegistry // nil is one with Ann in it
		request  *http.Request
		status   int
	}{
		"a person who is not there":  {nil, request(http.MethodGet, personsPath+"9/", ""), 404},
		"a page that is not there":   {nil, request(http.MethodGet, personsPath+"?page=9", ""), 404},
		"an Accept that JSON fails":  {nil, request(http.MethodGet, personsPath, "", "Accept", "text/html"), 406},
		"a method that is not there": {nil, request(http.MethodDelete, personsPath, ""), 405},
		"a store that is not there":  {broken, request(http.MethodGet, personsPath+"1/", ""), 503},
		"a panic":                    {broken, request(http.MethodGet, personsPath, ""), 500},
		"a creation":                 {nil, request(http.MethodPost, personsPath, ann, "Content-Type", asJSON), 201},
		"a replacement of nobody":    {nil, request(http.MethodPut, personsPath+"9/", ann, "Content-Type", asJSON), 404},
		"a change that is invalid":   {nil, request(http.MethodPatch, personsPath+"1/", `{"age":-1}`, "Content-Type", asJSON), 400},
		"OPTIONS":                    {nil, request(http.MethodOptions, personsPath, ""), 200},
		"the root":                   {nil, request(http.MethodGet, "/api/v1/", ""), 200},
		"check":                      {nil, request(http.MethodGet, "/api/v1/check/?pk=1", ""), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := useCases(t, memstore.New())
			if test.registry != nil {
				all.Registry = test.registry
			} else {
				postJSON(openWith(t, all, config), personsPath, ann)
			}
			test.request.Header.Set("If-None-Match", "*")
			got := send(openWith(t, all, config), test.request)
			if got.Code != test.status || got.Header().Get("ETag") != "" || got.Body.Len() == 0 {
				t.Errorf("got %d with the tag %q and the body %q, want %d with a body and without a tag",
					got.Code, got.Header().Get("ETag"), got.Body, test.status)
			}
		})
	}
}

// memberOfTags is an entity tag with what may stand around it in a list.
var memberOfTags = regexp.MustCompile(`^[ \t]*(?:W/)?("[^\x00-\x20"\x7f]*")[ \t]*(?:,|$)`)

// listsTag is the slow and plain reading of If-None-Match.
func listsTag(list, tag string) bool {
	if strings.Trim(list, " \t") == "*" {
		return true
	}
	for list != "" {
		if member := memberOfTags.FindStringSubmatch(list); member != nil {
			if member[1] == tag {
				return true
			}
			list = list[len(member[0]):]
		} else {
			_, list, _ = strings.Cut(list, ",")
		}
	}
	return false
}

// FuzzIfNoneMatch sends any header: the answer is 304 where a plain reading of
// the header finds the tag, else it is the whole answer.
func FuzzIfNoneMatch(f *testing.F) {
	handler := open(f)
	postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
	whole := send(handler, request(http.MethodGet, personsPath+"1/", ""))
	tag := whole.Header().Get("ETag")
	for _, seed := range []string{
		"", "*", " *\t", `"a"`, tag, "W/" + tag, `"a", W/"b",` + tag, tag + "x", `"a,` + tag, `,,"`, "\"\x80\xff\"," + tag, "W/", `"a" "b"`,
	} {
		f.Add(seed, "", seed)
		f.Add("x", seed, "")
	}
	f.Fuzz(func(t *testing.T, first, between, second string) {
		for _, lines := range [][]string{{first}, {first + between, second}, {first + tag + between, second}, {first + between + tag + second}} {
			r := request(http.MethodGet, personsPath+"1/", "")
			r.Header["If-None-Match"] = lines
			got := send(handler, r)
			want, body := http.StatusOK, whole.Body.String()
			if listsTag(strings.Join(lines, ","), tag) {
				want, body = http.StatusNotModified, ""
			}
			if got.Code != want || got.Body.String() != body {
				t.Fatalf("%q: got %d %q, want %d %q", lines, got.Code, got.Body, want, body)
			}
		}
	})
}

// BenchmarkTag measures what a tag costs for a person and for a page of 100.
func BenchmarkTag(b *testing.B) {
	var page domain.Page
	for i := range 100 {
		page.Persons = append(page.Persons, domain.GeneratedDraft(uint(i)).Person(int64(i)))
	}
	for name, text := range map[string][]byte{"person": []byte(`{"id":5000,"name":"Person 4999","age":99}`), "page": httpapi.Encode(page, nil, nil)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				httpapi.TagOf(text)
			}
		})
	}
}
