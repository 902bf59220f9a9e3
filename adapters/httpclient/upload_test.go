package httpclient_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// Who waits for a text that does not come waits no longer than it wanted to.
func TestATextThatDoesNotComeIsClosedWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		text, sender := io.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		time.AfterFunc(2*time.Hour, func() { _ = sender.Close() }) // only so that a failure ends
		begun := time.Now()
		_, err := answers(says(202, jsonType, made)).client(t, httpclient.Config{}).Jobs.Import(ctx, domain.JobOrder{}, "csv", text)
		if took := time.Since(begun); domain.CodeOf(err) != domain.CodeDeadline || took != time.Hour {
			t.Errorf("got %v after %v, want code %q when its time is over", err, took, domain.CodeDeadline)
		}
		if _, err := sender.Write([]byte("x")); err == nil {
			t.Error("the text goes on, want it closed: whoever writes it would wait for ever")
		}
	})
}

func TestATextThatNobodyCanCloseIsWaitedForAndThenLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		text, sender := io.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		time.AfterFunc(2*time.Hour, func() { _, _ = io.WriteString(sender, "name,age\n") })
		begun := time.Now()
		_, err := answers(says(202, jsonType, made)).client(t, httpclient.Config{}).Jobs.Import(ctx, domain.JobOrder{}, "csv", struct{ io.Reader }{text})
		if took := time.Since(begun); domain.CodeOf(err) != domain.CodeDeadline || took != 2*time.Hour {
			t.Errorf("got %v after %v, want code %q when the Read that had begun is over", err, took, domain.CodeDeadline)
		}
		go func() { _, _ = io.WriteString(sender, "Ann,31\n") }()
		row := make([]byte, len("Ann,31\n"))
		if _, err := io.ReadFull(text, row); err != nil || string(row) != "Ann,31\n" {
			t.Errorf("behind the call the text goes on with %q (%v), want all that comes: it is the caller's again", row, err)
		}
	})
}

func TestATextIsTheCallersWhereTheContextGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		for name, answer := range map[string]answering{"taken": says(202, jsonType, made), "refused": says(400, jsonType, `{"detail":"No."}`)} {
			text := &closes{Reader: strings.NewReader("name,age\n")}
			_, _ = answers(answer).client(t, httpclient.Config{}).Jobs.Import(ctx, domain.JobOrder{}, "csv", text)
			if text.closed {
				t.Errorf("a text that was %s is closed, want it as it is: its owner closes it", name)
			}
			defer func() {
				if text.closed {
					t.Errorf("a text that was %s was closed when the context ended behind the call", name)
				}
			}()
		}
		cancel()
		synctest.Wait()
	})
}

// Over a real network the transport reads the text on a goroutine of its own, and waits for that one too.
func TestOverARealNetworkATextThatStopsEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, len("name,age\n")))
		cancel()
		_, _ = io.Copy(io.Discard, r.Body) // it is silent
	}))
	text, sender := io.Pipe()
	go func() { _, _ = io.WriteString(sender, "name,age\n") }()
	stuck := time.AfterFunc(time.Minute, func() { _ = sender.Close() }) // only so that a failure ends
	_, err := newClient(t, url, httpclient.Config{}).Jobs.Import(ctx, domain.JobOrder{}, "csv", text)
	if domain.CodeOf(err) != domain.CodeCanceled || !stuck.Stop() {
		t.Errorf("got %v, want code %q before somebody else ends the text", err, domain.CodeCanceled)
	}
}
