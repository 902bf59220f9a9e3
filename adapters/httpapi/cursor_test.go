package httpapi_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// cursorOf returns a cursor as clients send it. tokens is what it is made of.
func cursorOf(tokens string) string { return base64.StdEncoding.EncodeToString([]byte(tokens)) }

func cursorPath(cursor string) string { return personsPath + "?cursor=" + url.QueryEscape(cursor) }

// listSlice is the answer to a cursor.
type listSlice struct {
	Next, Previous *string
	Results        []struct{ ID int64 }
}

func (s listSlice) ids() []int64 {
	var ids []int64
	for _, person := range s.Results {
		ids = append(ids, person.ID)
	}
	return ids
}

// getSlice follows a link or path.
func getSlice(t *testing.T, handler http.Handler, link string) listSlice {
	t.Helper()
	target, err := url.Parse(link)
	if err != nil {
		t.Fatalf("the link %q is no URL: %v", link, err)
	}
	got := send(handler, request(http.MethodGet, target.RequestURI(), ""))
	var slice listSlice
	if err := json.Unmarshal(got.Body.Bytes(), &slice); err != nil || got.Code != http.StatusOK {
		t.Fatalf("%s: got %d %s (%v), want a slice", link, got.Code, got.Body, err)
	}
	return slice
}

// openSmall returns the API over n persons with slices of size.
func openSmall(t *testing.T, store ports.PersonStore, n, size int) http.Handler {
	t.Helper()
	all := useCases(t, store)
	registry, err := domain.NewRegistry(store, size)
	if err != nil {
		t.Fatal(err)
	}
	all.Registry = registry
	if n > 0 {
		if _, err := all.CreateBulk.Generate(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	return openWith(t, all, config)
}

func TestACursorIsAnsweredWithASlice(t *testing.T) {
	t.Parallel()
	const base = "http://localhost" + personsPath
	one, two, three := `{"id":1,"name":"Person 0","age":0}`, `{"id":2,"name":"Person 1","age":1}`, `{"id":3,"name":"Person 2","age":2}`
	link := func(tokens string) string { return `"` + base + "?cursor=" + url.QueryEscape(cursorOf(tokens)) + `"` }
	for _, each := range []struct{ tokens, next, previous, results string }{
		{tokens: "", next: link("p=2"), previous: "null", results: one + "," + two},
		{tokens: "p=2", next: "null", previous: link("r=1&p=3"), results: three},
		{tokens: "p=1", next: "null", previous: link("r=1&p=2"), results: two + "," + three},
		{tokens: "p=0", next: link("p=2"), previous: link("r=1&p=1"), results: one + "," + two},
		{tokens: "p=3", next: "null", previous: link("r=1"), results: ""},
		{tokens: "p=9223372036854775807", next: "null", previous: link("r=1"), results: ""},
		{tokens: "p=-9223372036854775808", next: link("p=2"), previous: link("r=1&p=1"), results: one + "," + two},
		{tokens: "r=1", next: "null", previous: link("r=1&p=2"), results: two + "," + three},
		{tokens: "r=1&p=3", next: link("p=2"), previous: "null", results: one + "," + two},
		{tokens: "r=1&p=4", next: link("p=3"), previous: link("r=1&p=2"), results: two + "," + three},
		{tokens: "r=1&p=2", next: link("p=1"), previous: "null", results: one},
		{tokens: "r=1&p=1", next: link(""), previous: "null", results: ""},
		{tokens: "r=1&p=-7", next: link(""), previous: "null", results: ""},
		{tokens: "r=1&p=9223372036854775807", next: link("p=3"), previous: link("r=1&p=2"), results: two + "," + three},
		// What may be read may be written in several ways.
		{tokens: "p=2&r=0", next: "null", previous: link("r=1&p=3"), results: three},
		{tokens: "p=3&r=2&o=0", next: link("p=2"), previous: "null", results: one + "," + two},
		{tokens: "p=3&r=99999999999999999999", next: link("p=2"), previous: "null", results: one + "," + two},
		{tokens: "p=2&p=x&q=7&&=", next: "null", previous: link("r=1&p=3"), results: three},
		{tokens: "p=+%D9%A2", next: "null", previous: link("r=1&p=3"), results: three},
	} {
		t.Run(each.tokens, func(t *testing.T) {
			t.Parallel()
			handler := openSmall(t, memstore.New(), 3, 2)
			got := send(handler, request(http.MethodGet, cursorPath(cursorOf(each.tokens)), ""))
			want := fmt.Sprintf(`{"next":%s,"previous":%s,"results":[%s]}`, each.next, each.previous, each.results)
			if got.Code != http.StatusOK || got.Body.String() != want {
				t.Errorf("got  %d %s\nwant 200 %s", got.Code, got.Body, want)
			}
		})
	}
}

func TestTheSliceOfAnEmptyListIsEmpty(t *testing.T) {
	t.Parallel()
	for _, tokens := range []string{"", "r=1"} {
		got := send(open(t), request(http.MethodGet, cursorPath(cursorOf(tokens)), ""))
		if want := `{"next":null,"previous":null,"results":[]}`; got.Code != http.StatusOK || got.Body.String() != want {
			t.Errorf("%q: got %d %s, want 200 %s", tokens, got.Code, got.Body, want)
		}
	}
}

func TestACursorThatIsNoneIsNotFound(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, "/api/v1/create_bulk/", `{"count":3}`)
	cursors := []string{"!", "$$$$", "cD0", "cD0x=", "cD0=x", "p=1", "é", "\x00", "\xff", " ", "cD0x cD0x", "cD0xMA", "-_-_"}
	for _, tokens := range []string{
		"p", "p=", "p=x", "p=1.5", "p=0x1", "p=1e3", "p=nan", "p=None", "p=--1", "p=1;2", "p=\x00", "p=1\x00", "p=%00", "p=%FF", "p=\xd9\xa2", "x=\xff",
		"p=9223372036854775808", "p=-9223372036854775809", "p=1" + strings.Repeat("0", 5000), "p=x&p=1", "p=+%D9%A2_",
		"r", "r=", "r=x", "r=true", "r=1.0", "p=1&r=\x00",
		"o", "o=", "o=x", "o=1", "p=1&o=2", "o=-1", "o=1000", "o=99999999999999999999",
	} {
		cursors = append(cursors, cursorOf(tokens))
	}
	for _, cursor := range cursors {
		t.Run(cursor[:min(len(cursor), 40)], func(t *testing.T) {
			t.Parallel()
			wantAnswer(t, send(handler, request(http.MethodGet, cursorPath(cursor), "")), http.StatusNotFound, `{"detail":"Invalid cursor"}`)
		})
	}
}

func TestLinksOfASliceKeepTheOtherParametersAndSortThem(t *testing.T) {
	t.Parallel()
	handler := openSmall(t, memstore.New(), 9, 3)
	next, previous := "cursor="+url.QueryEscape(cursorOf("p=6")), "cursor="+url.QueryEscape(cursorOf("r=1&p=4"))
	at := "cursor=" + url.QueryEscape(cursorOf("p=3"))
	for query, want := range map[string]struct{ next, previous string }{
		at:                       {"?" + next, "?" + previous},
		"z=1&" + at + "&a=2":     {"?a=2&" + next + "&z=1", "?a=2&" + previous + "&z=1"},
		at + "&a=b%20c&a=%2B&d":  {"?a=b+c&a=%2B&" + next + "&d=", "?a=b+c&a=%2B&" + previous + "&d="},
		"page=2&" + at:           {"?" + next, "?" + previous},
		at + "&page=nope":        {"?" + next, "?" + previous},
		"cursor=!&" + at:         {"?" + next, "?" + previous},
		at + "&Cursor=1&PAGE=2&": {"?Cursor=1&PAGE=2&" + next, "?Cursor=1&PAGE=2&" + previous},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			got := getSlice(t, handler, personsPath+"?"+query)
			const base = "http://localhost" + personsPath
			if got.Next == nil || got.Previous == nil || *got.Next != base+want.next || *got.Previous != base+want.previous {
				t.Errorf("got next %v and previous %v, want %s and %s", got.Next, got.Previous, want.next, want.previous)
			}
			if !slices.Equal(got.ids(), []int64{4, 5, 6}) {
				t.Errorf("got the persons %v, want 4 to 6: a cursor wins over a page", got.ids())
			}
		})
	}
}

func TestACursorGoesWithSuffixFormatAndHEAD(t *testing.T) {
	t.Parallel()
	handler := openSmall(t, memstore.New(), 3, 2)
	next := "?cursor=" + url.QueryEscape(cursorOf("p=2"))
	for target, want := range map[string]string{
		"/api/v1/persons.json?cursor": "/api/v1/persons.json" + next,
		personsPath + "?cursor=":      personsPath + next,
	} {
		if got := getSlice(t, handler, target); got.Next == nil || *got.Next != "http://localhost"+want {
			t.Errorf("%s: got next %v, want %s", target, got.Next, want)
		}
	}
	wantAnswer(t, send(handler, request(http.MethodGet, personsPath+"?cursor=&format=xml", "")), http.StatusNotFound, `{"detail":"Not found."}`)
	wantAnswer(t, send(handler, request(http.MethodGet, personsPath+"?cursor=", "", "Accept", "application/json; indent=2")), http.StatusOK,
		`{"next":{"$any":true},"previous":null,"results":[{"id":1,"name":"Person 0","age":0},{"id":2,"name":"Person 1","age":1}]}`)
	plain := send(handler, request(http.MethodGet, personsPath+"?cursor=", ""))
	head := send(handler, request(http.MethodHead, personsPath+"?cursor=", ""))
	if head.Code != http.StatusOK || head.Header().Get("Content-Length") != plain.Header().Get("Content-Length") {
		t.Errorf("HEAD: got %d and the length %s, want 200 and %s as of GET", head.Code, head.Header().Get("Content-Length"), plain.Header().Get("Content-Length"))
	}
}

func TestAFailureOfASliceIsThatOfTheRegistry(t *testing.T) {
	t.Parallel()
	closed := &domain.Error{Code: domain.CodeUnavailable, Message: "closed"}
	all := useCases(t, memstore.New())
	all.Registry = &portmock.PersonRegistryMock{
		AfterFunc:  func(context.Context, int64) (domain.Slice, error) { return domain.Slice{}, closed },
		BeforeFunc: func(context.Context, int64) (domain.Slice, error) { return domain.Slice{}, closed },
	}
	for _, tokens := range []string{"", "p=1", "r=1", "r=1&p=1"} {
		got := send(openWith(t, all, config), request(http.MethodGet, cursorPath(cursorOf(tokens)), ""))
		wantAnswer(t, got, http.StatusServiceUnavailable, `{"detail":"Service temporarily unavailable, try again later."}`)
	}
}

// Whoever is there throughout is met once on the way to the end, and once on the
// way back, while others come and go in front of and behind the walker.
func TestAWalkByCursorsMeetsWhoeverStaysOnce(t *testing.T) {
	t.Parallel()
	for name, openStore := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openStore(t)
			handler := openSmall(t, store, 1000, 70)
			var staying, leaving []int64
			for id := int64(1); id <= 1000; id++ {
				if id%7 == 0 {
					leaving = append(leaving, id)
				} else {
					staying = append(staying, id)
				}
			}
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				comeAndGo(t, handler, leaving, stop)
			}()
			forward, last := walkByCursors(t, handler, personsPath+"?cursor=", false)
			back, _ := walkByCursors(t, handler, last, true)
			close(stop)
			<-stopped

			slices.Reverse(back)
			for way, met := range map[string][]int64{"forward": forward, "back": back} {
				if !slices.IsSorted(met) || len(slices.Compact(slices.Clone(met))) != len(met) {
					t.Errorf("%s: got the ids %v, want them in order and each once", way, met)
				}
				met = slices.DeleteFunc(met, func(id int64) bool { return id > 1000 || id%7 == 0 })
				if !slices.Equal(met, staying) {
					t.Errorf("%s: got %d of those who stay, want all %d", way, len(met), len(staying))
				}
			}
		})
	}
}

// comeAndGo deletes those who leave, by turns from the start, the middle and the
// end of the list, and creates others, one of whom stays.
func comeAndGo(t *testing.T, handler http.Handler, leaving []int64, stop <-chan struct{}) {
	t.Helper()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		if len(leaving) > 0 {
			i := []int{0, len(leaving) / 2, len(leaving) - 1}[n%3]
			if got := send(handler, request(http.MethodDelete, fmt.Sprintf("%s%d/", personsPath, leaving[i]), "")); got.Code != http.StatusNoContent {
				t.Errorf("delete: got %d %s", got.Code, got.Body)
			}
			leaving = slices.Delete(leaving, i, i+1)
		}
		if n < 300 { // so that the walk has an end
			if got := postJSON(handler, personsPath, `{"name":"visitor","age":1}`); got.Code != http.StatusCreated {
				t.Errorf("create: got %d %s", got.Code, got.Body)
			}
		}
	}
}

// walkByCursors follows next, or previous, until there is none. It returns whom it
// met, in that order, and the link of the last slice.
func walkByCursors(t *testing.T, handler http.Handler, link string, backward bool) (met []int64, last string) {
	t.Helper()
	for range 100 {
		slice := getSlice(t, handler, link)
		ids, onward := slice.ids(), slice.Next
		if backward {
			slices.Reverse(ids)
			onward = slice.Previous
		}
		met = append(met, ids...)
		if onward == nil {
			return met, link
		}
		link = *onward
	}
	t.Fatal("got 100 slices, want an end of the walk")
	return nil, ""
}

// The way back from a slice of nobody leaves nobody out.
func TestASliceOfNobodyLeadsBackToWhoeverIsLeft(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	handler := openSmall(t, store, 9, 3)
	second := getSlice(t, handler, cursorPath(cursorOf("p=3")))
	for _, id := range []int64{1, 2, 3, 7, 8, 9} {
		if err := store.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	for direction, link := range map[string]*string{"next": second.Next, "previous": second.Previous} {
		empty := getSlice(t, handler, *link)
		back := empty.Next
		if direction == "next" {
			back = empty.Previous
		}
		if len(empty.Results) != 0 || back == nil {
			t.Fatalf("%s: got %v and the way back %v, want nobody and a way back", direction, empty.ids(), back)
		}
		if got := getSlice(t, handler, *back).ids(); !slices.Equal(got, []int64{4, 5, 6}) {
			t.Errorf("%s and back: got %v, want 4, 5 and 6, who are left", direction, got)
		}
	}
}

func TestOPTIONSTellsNothingOfCursors(t *testing.T) {
	t.Parallel()
	handler := open(t)
	plain := send(handler, request(http.MethodOptions, personsPath, ""))
	got := send(handler, request(http.MethodOptions, personsPath+"?cursor=!", ""))
	if got.Code != http.StatusOK || got.Body.String() != plain.Body.String() {
		t.Errorf("got %d %s, want it as without a cursor", got.Code, got.Body)
	}
}

// FuzzCursor asks for slices with any cursor, plain or made of any tokens: the
// answer is a slice whose links lead to slices, or 404.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{
		"", "p=1", "r=1", "r=1&p=7", "p=-1", "p=9223372036854775807", "r=1&p=-9223372036854775808", "p=9223372036854775808",
		"o=0&p=5", "o=3", "p=\x00", "p=%00", "p=+1_0", "p=%D9%A2", "r=x", "&&=&p", "cD0xMDA=", "!", strings.Repeat("p=1&", 100),
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	store := memstore.New()
	all := useCases(f, store)
	registry, err := domain.NewRegistry(store, 5)
	if err != nil {
		f.Fatal(err)
	}
	all.Registry = registry
	handler := openWith(f, all, config)
	postJSON(handler, "/api/v1/create_bulk/", `{"count":17}`)
	f.Fuzz(func(t *testing.T, text string, isTokens bool) {
		if isTokens {
			text = cursorOf(text)
		}
		got := send(handler, request(http.MethodGet, cursorPath(text), ""))
		if got.Code == http.StatusNotFound && got.Body.String() == `{"detail":"Invalid cursor"}` {
			return
		}
		var slice listSlice
		if err := json.Unmarshal(got.Body.Bytes(), &slice); err != nil || got.Code != http.StatusOK {
			t.Fatalf("got %d %q: %v", got.Code, got.Body, err)
		}
		if ids := slice.ids(); !slices.IsSorted(ids) || len(ids) > 5 {
			t.Fatalf("got the ids %v, want at most 5 in order", ids)
		}
		for _, link := range []*string{slice.Next, slice.Previous} {
			if link != nil {
				getSlice(t, handler, *link)
			}
		}
	})
}
