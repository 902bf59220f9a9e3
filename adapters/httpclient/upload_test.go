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

// hasty answers when it has so many bytes of a text, each attempt with the next of these numbers.
type hasty struct {
	reads  []int64
	status []int
}

// RoundTrip implements http.RoundTripper.
func (h *hasty) RoundTrip(r *http.Request) (*http.Response, error) {
	most, status := h.reads[0], h.status[0]
	h.reads, h.status = h.reads[1:], h.status[1:]
	if _, err := io.Copy(io.Discard, io.LimitReader(r.Body, most)); err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	return says(status, jsonType, made)(r)
}

// A job of a part of a text is none of the text: persons would be missing, and nobody told.
func TestATextThatWasNotAllSentIsNotImported(t *testing.T) {
	t.Parallel()
	const all = 1 << 40
	for name, test := range map[string]struct {
		server *hasty
		code   domain.Code
	}{
		"all of it":                    {&hasty{[]int64{all}, []int{202}}, ""},
		"nothing of it":                {&hasty{[]int64{0}, []int{202}}, domain.CodeUpstream},
		"a part of it":                 {&hasty{[]int64{1000}, []int{202}}, domain.CodeUpstream},
		"all of it, and then a part":   {&hasty{[]int64{all, 1000}, []int{502, 202}}, domain.CodeUpstream},
		"a part of it, and then all":   {&hasty{[]int64{1000, all}, []int{502, 202}}, ""},
		"a part that it cannot accept": {&hasty{[]int64{1000}, []int{400}}, domain.CodeInvalid},
	} {
		synctest.Test(t, func(t *testing.T) {
			client := newClient(t, "http://roster.example", httpclient.Config{Transport: test.server})
			job, err := client.Jobs.Import(t.Context(), domain.JobOrder{}, "csv", strings.NewReader("name,age\n"+strings.Repeat("Ann,31\n", 1000)))
			if domain.CodeOf(err) != test.code || err == nil && job.ID != jobID {
				t.Errorf("a server that answers when it has %s: got %v and %v, want code %q", name, job, err, test.code)
			}
			if left := len(test.server.reads); left != 0 {
				t.Errorf("a server that answers when it has %s: %d attempts were not made", name, left)
			}
		})
	}
}
