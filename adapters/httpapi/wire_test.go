package httpapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// story is a part of the contract: steps in order, on an empty registry.
type story struct {
	Story string `json:"story"`
	Steps []step `json:"steps"`
}

type step struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    *string           `json:"body"`
	Expect  expectation       `json:"expect"`
}

// expectation is what the original answered. Status is a number or a list of
// them; a header that is null is absent.
type expectation struct {
	Status  any                `json:"status"`
	JSON    json.RawMessage    `json:"json"`
	Empty   bool               `json:"empty"`
	Headers map[string]*string `json:"headers"`
}

// TestTheRecordedStoriesHold replays what was recorded from the original, over
// every store. testdata/wire.json is that recording, in which three steps
// are mended, each of which says why.
func TestTheRecordedStoriesHold(t *testing.T) {
	t.Parallel()
	for _, recorded := range readStories(t) {
		for name, open := range stores {
			t.Run(recorded.Story+" over "+name, func(t *testing.T) {
				t.Parallel()
				server := serve(t, open(t))
				for i, s := range recorded.Steps {
					for _, difference := range play(t, server, s) {
						t.Errorf("step %d, %s %s: %s", i+1, s.Method, s.Path, difference)
					}
				}
			})
		}
	}
}

func readStories(t *testing.T) []story {
	t.Helper()
	text, err := os.ReadFile("testdata/wire.json")
	if err != nil {
		t.Fatal(err)
	}
	var stories []story
	if err := json.Unmarshal(text, &stories); err != nil {
		t.Fatal(err)
	}
	if len(stories) == 0 {
		t.Fatal("the recording has no story")
	}
	return stories
}

// play sends the step's request and returns how the answer differs from the
// expected one.
func play(t *testing.T, server string, s step) []string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), s.Method, server+s.Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Body != nil {
		request.Body = io.NopCloser(strings.NewReader(*s.Body))
		request.ContentLength = int64(len(*s.Body))
	}
	for name, value := range s.Headers {
		request.Header.Set(name, value)
	}
	if host, given := s.Headers["Host"]; given {
		request.Host = host
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var differences []string
	differ := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	if !statusMatches(s.Expect.Status, response.StatusCode) {
		differ("got status %d, want %v; body %s", response.StatusCode, s.Expect.Status, content)
	}
	if s.Expect.Empty && len(content) > 0 {
		differ("got the body %s, want none", content)
	}
	if s.Expect.JSON != nil && s.Method != http.MethodHead {
		if got := response.Header.Get("Content-Type"); got != "application/json" {
			differ("got the content type %q, want application/json", got)
		}
		base := "http://" + request.Host
		if request.Host == "" {
			base = server
		}
		var got, want any
		if err := json.Unmarshal(content, &got); err != nil {
			differ("the body is no JSON: %v: %s", err, content)
		}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(s.Expect.JSON), "{base}", base)), &want); err != nil {
			t.Fatal(err)
		}
		if !jsonMatches(want, got) {
			differ("got the body %s, want %s", content, s.Expect.JSON)
		}
	}
	for name, want := range s.Expect.Headers {
		if got := response.Header.Values(name); !headerMatches(name, want, got) {
			differ("got the header %s %q, want %s", name, got, show(want))
		}
	}
	return differences
}

func statusMatches(want any, got int) bool {
	if list, isList := want.([]any); isList {
		return slices.ContainsFunc(list, func(one any) bool { return one == float64(got) })
	}
	return want == float64(got)
}

// jsonMatches compares data; in want, $any, $prefix and $subset match more than
// one value.
func jsonMatches(want, got any) bool {
	switch want := want.(type) {
	case map[string]any:
		if _, matchesAny := want["$any"]; matchesAny {
			return true
		}
		if prefix, isPrefix := want["$prefix"].(string); isPrefix {
			text, isText := got.(string)
			return isText && strings.HasPrefix(text, prefix)
		}
		object, isObject := got.(map[string]any)
		if subset, isSubset := want["$subset"].(map[string]any); isSubset {
			return isObject && membersMatch(subset, object)
		}
		return isObject && len(want) == len(object) && membersMatch(want, object)
	case []any:
		list, isList := got.([]any)
		return isList && slices.EqualFunc(want, list, jsonMatches)
	default:
		return reflect.DeepEqual(want, got)
	}
}

func membersMatch(want, got map[string]any) bool {
	for name, member := range want {
		if other, found := got[name]; !found || !jsonMatches(member, other) {
			return false
		}
	}
	return true
}

// headerMatches compares a header; lists of methods may come in any order and
// hold more.
func headerMatches(name string, want *string, got []string) bool {
	if want == nil {
		return len(got) == 0
	}
	if len(got) != 1 {
		return false
	}
	if name != "Allow" && name != "Access-Control-Allow-Methods" {
		return got[0] == *want
	}
	methods := strings.Split(got[0], ", ")
	for method := range strings.SplitSeq(*want, ", ") {
		if !slices.Contains(methods, method) {
			return false
		}
	}
	return true
}

func show(text *string) string {
	if text == nil {
		return "none"
	}
	return fmt.Sprintf("%q", *text)
}
