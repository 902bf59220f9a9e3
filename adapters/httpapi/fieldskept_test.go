package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// A body of a mebibyte has room for a hundred thousand fields, which would take forty times as much.
func TestOfABodyOnlyTheFieldsThatThereAreAreKept(t *testing.T) {
	t.Parallel()
	for contentType, parts := range map[string]struct{ begin, each, end string }{
		"application/json":                  {`{"n\u0061me" : "Ann"`, `,"x%d" : [{"age":"]}\""}, 1.5e3]`, ` , "age":3,"age":4}`},
		"application/x-www-form-urlencoded": {"name=Ann", "&x%d=1", "&age=4"},
		"multipart/form-data; boundary=b": {
			"--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAnn\r\n", "--b\r\nContent-Disposition: form-data; name=\"x%d\"\r\n\r\n1\r\n",
			"--b\r\nContent-Disposition: form-data; name=\"age\"\r\n\r\n4\r\n--b--\r\n",
		},
	} {
		var body strings.Builder
		body.WriteString(parts.begin)
		for n := range 50 {
			fmt.Fprintf(&body, parts.each, n)
		}
		body.WriteString(parts.end)
		got, err := httpapi.BodyFields(request(http.MethodPost, personsPath, body.String(), "Content-Type", contentType))
		if err != nil || !slices.Equal(got, []string{"age", "name"}) {
			t.Errorf("%s: got %q and %v, want age and name: what nobody asks for is not kept", contentType, got, err)
		}
	}
}

func TestAnIntegerThatIsTooLongIsRefusedInAnyField(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"x":%s}`, `{"age":%s}`, `%s`, `{"x":-%s , "age":1}`} {
		for digits, isRefused := range map[int]bool{4300: false, 4301: true} {
			_, err := httpapi.BodyFields(request(http.MethodPost, personsPath, fmt.Sprintf(body, strings.Repeat("9", digits)), "Content-Type", "application/json"))
			if (err != nil) != isRefused {
				t.Errorf("%s with %d digits: got %v, want an error: %t", body, digits, err, isRefused)
			}
		}
	}
}
