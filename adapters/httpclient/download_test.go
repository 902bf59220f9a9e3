package httpclient_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/domain"
)

// What is not an export must not be taken for one: who keeps it as a backup has nothing.
func TestWhatIsNoExportIsNotWritten(t *testing.T) {
	t.Parallel()
	const csvType, ndjsonType = "text/csv", "application/x-ndjson"
	const csv, ndjson = "id,name,age\n1,Ann,31\n", ann + "\n"
	login := says(302, "text/html", "", "Location", "http://roster.example/login")
	for name, test := range map[string]struct {
		format  string
		answers []answering
		written string
		count   int64
		code    domain.Code
	}{
		"CSV":                           {"csv", []answering{says(200, csvType+"; charset=utf-8", csv)}, csv, 1, ""},
		"CSV of nobody":                 {"csv", []answering{says(200, csvType, "id,name,age\n")}, "id,name,age\n", 0, ""},
		"NDJSON":                        {"ndjson", []answering{says(200, ndjsonType, ndjson)}, ndjson, 1, ""},
		"NDJSON of nobody":              {"ndjson", []answering{says(200, ndjsonType, "")}, "", 0, ""},
		"a page to log in":              {"csv", []answering{login, page(200)}, "", 0, domain.CodeUpstream},
		"a page, and NDJSON was wanted": {"ndjson", []answering{page(200)}, "", 0, domain.CodeUpstream},
		"the other format":              {"ndjson", []answering{says(200, csvType, csv)}, "", 0, domain.CodeUpstream},
		"no kind":                       {"csv", []answering{says(200, "", csv)}, "", 0, domain.CodeUpstream},
		"CSV that is empty":             {"csv", []answering{says(200, csvType, "")}, "", 0, domain.CodeUpstream},
		"CSV of other columns":          {"csv", []answering{says(200, csvType, "line,field,code,reason\n")}, "", 0, domain.CodeUpstream},
		"CSV without a header":          {"csv", []answering{says(200, csvType, "1,Ann,31\n")}, "", 0, domain.CodeUpstream},
		"CSV that breaks in the header": {"csv", []answering{breaks(csvType, "id,na")}, "", 0, domain.CodeUnavailable},
	} {
		var written strings.Builder
		count, err := answers(test.answers...).client(t, httpclient.Config{}).Export.Export(t.Context(), test.format, &written)
		if domain.CodeOf(err) != test.code || count != test.count || written.String() != test.written {
			t.Errorf("%s: got %d persons, %q and %v, want %d, %q and code %q", name, count, written.String(), err, test.count, test.written, test.code)
		}
	}
}

func TestAStreamOfAnotherKindIsNoneOfAJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := answers(says(200, "text/plain", event("end", "done", 9)))
		if done, err := follow(t, server.client(t, httpclient.Config{})); len(done) != 0 || domain.CodeOf(err) != domain.CodeUpstream || len(server.requests()) != 1 {
			t.Errorf("got %v, then %v after %d requests, want code %q after one", done, err, len(server.requests()), domain.CodeUpstream)
		}
	})
}

// closes tells whether it was closed.
type closes struct {
	io.Reader
	closed bool
}

// Close implements io.Closer.
func (c *closes) Close() error {
	c.closed = true
	return nil
}

func TestAnAnswerOfAnotherKindIsLetGoOf(t *testing.T) {
	t.Parallel()
	body := &closes{Reader: strings.NewReader("")}
	server := answers(func(r *http.Request) (*http.Response, error) {
		response, err := page(200)(r)
		response.Body = body
		return response, err
	})
	if _, err := server.client(t, httpclient.Config{}).Export.Export(t.Context(), "csv", io.Discard); err == nil || !body.closed {
		t.Errorf("got %v, closed %t, want an error, and its body closed: else the connection stays", err, body.closed)
	}
}
