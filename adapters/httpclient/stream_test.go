package httpclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	jobID     = domain.JobID("01a20855-2837-716f-b293-0f341aafbd39")
	eventType = "text/event-stream"
	noJob     = `{"detail":"Not found."}`
)

func event(name, state string, done int) string {
	return fmt.Sprintf("event: %s\ndata: {\"id\":%q,\"state\":%q,\"total\":9,\"done\":%d,\"created\":\"2026-01-02T03:04:05Z\",\"started\":null}\n\n", name, jobID, state, done)
}

// follow watches a job and tells what it has seen: how much is done each time, and the last error.
func follow(t *testing.T, client *httpclient.Client) (done []int64, last error) {
	t.Helper()
	for job, err := range client.Jobs.Watch(t.Context(), jobID) {
		if err != nil {
			return done, err
		}
		done = append(done, job.Done)
	}
	return done, nil
}

func TestAWatchGoesOnWhereItsStreamBrokeOff(t *testing.T) {
	t.Parallel()
	running := event("progress", "running", 1) + ":\n\n" + event("progress", "running", 4)
	over := event("progress", "done", 9) + event("end", "done", 9)
	for name, test := range map[string]struct {
		answers  []answering
		want     []int64
		code     domain.Code
		attempts int
	}{
		"one stream":                    {[]answering{says(200, eventType, running+over)}, []int64{1, 4, 9}, "", 1},
		"a stream that breaks off":      {[]answering{breaks(eventType, running), says(200, eventType, event("progress", "running", 4)+over)}, []int64{1, 4, 9}, "", 2},
		"one that breaks in an event":   {[]answering{breaks(eventType, running+over[:len(over)/3]), says(200, eventType, over)}, []int64{1, 4, 9}, "", 2},
		"one that ends":                 {[]answering{says(200, eventType, running), says(200, eventType, over)}, []int64{1, 4, 9}, "", 2},
		"one that falls silent":         {[]answering{stays(eventType, running), says(200, eventType, over)}, []int64{1, 4, 9}, "", 2},
		"a server that is away":         {[]answering{breaks(eventType, running), refuses, page(502), says(200, eventType, over)}, []int64{1, 4, 9}, "", 4},
		"one that always breaks off":    {[]answering{breaks(eventType, running)}, []int64{1, 4}, domain.CodeUnavailable, 4},
		"a server that stays away":      {[]answering{says(200, eventType, running), refuses}, []int64{1, 4}, domain.CodeUnavailable, 5},
		"a job that is gone":            {[]answering{says(200, eventType, running), says(404, jsonType, noJob)}, []int64{1, 4}, domain.CodeNotFound, 2},
		"an event that is no job":       {[]answering{says(200, eventType, "data: {}\n\n")}, nil, domain.CodeUpstream, 1},
		"an event that is no JSON":      {[]answering{says(200, eventType, "data: x\n\n")}, nil, domain.CodeUpstream, 1},
		"an event without an end":       {[]answering{says(200, eventType, "data: "+strings.Repeat("x", 1<<20))}, nil, domain.CodeTooLarge, 1},
		"an event of many lines":        {[]answering{says(200, eventType, strings.Repeat("data: "+strings.Repeat("x", 1000)+"\n", 1000))}, nil, domain.CodeTooLarge, 1},
		"an event in lines, with extra": {[]answering{says(200, eventType, "id: 7\nretry: 1\ndata: {\"id\":\ndata:"+fmt.Sprintf("%q", jobID)+",\ndata: \"state\":\"done\"}\r\n\r\n")}, []int64{0}, "", 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := answers(test.answers...)
			got, err := follow(t, server.client(t, httpclient.Config{}))
			if !slices.Equal(got, test.want) || domain.CodeOf(err) != test.code || len(server.requests()) != test.attempts {
				t.Errorf("%s: got %v, then %v, after %d streams, want %v, code %q and %d", name, got, err, len(server.requests()), test.want, test.code, test.attempts)
			}
		})
	}
}

// Clients that lost a server together do not come back to it together.
func TestWatchesThatBreakOffTogetherAreSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ends, over := says(200, eventType, event("progress", "running", 1)), says(200, eventType, event("end", "done", 9))
		waits := map[time.Duration]bool{}
		for range 20 {
			began := time.Now()
			if done, err := follow(t, answers(ends, over).client(t, httpclient.Config{})); err != nil || len(done) != 2 {
				t.Errorf("got %v, then %v, want the job as it was and as it ended", done, err)
			}
			wait := time.Since(began)
			if wait < 75*time.Millisecond || wait > 125*time.Millisecond {
				t.Errorf("it began again after %v, want 100 ms, a quarter more or less", wait)
			}
			waits[wait] = true
		}
		if len(waits) < 2 {
			t.Errorf("all began again after %v, want them to be spread", slices.Collect(maps.Keys(waits)))
		}
	})
}

// A stream that is left, or whose ctx ends, leaves nothing behind: a bubble ends only when all in it has.
func TestAWatchThatIsLeftLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := answers(stays(eventType, event("progress", "running", 1)))
		for job, err := range server.client(t, httpclient.Config{}).Jobs.Watch(t.Context(), jobID) {
			if err != nil || job.Done != 1 {
				t.Errorf("got %v and %v, want the job", job, err)
			}
			break
		}
	})
}

func TestWhatIsPartOfAFileIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			answer answering
			code   domain.Code
		}{
			"that breaks off": {breaks("text/csv", "id,name,age\n1,Ann,31\n"), domain.CodeUnavailable},
			"that stops":      {stays("text/csv", "id,name,age\n1,Ann,31\n"), domain.CodeUnavailable},
		} {
			server := answers(test.answer)
			var text strings.Builder
			count, err := server.client(t, httpclient.Config{}).Export.Export(t.Context(), "csv", &text)
			if domain.CodeOf(err) != test.code || count != 1 || len(server.requests()) != 1 {
				t.Errorf("an export %s: got %d and %v after %d requests, want code %q and no other request: a part was written", name, count, err, len(server.requests()), test.code)
			}
		}
		const head = "line,field,code,reason\n"
		for name, test := range map[string]struct {
			answer answering
			want   []domain.Refusal
			code   domain.Code
		}{
			"whole":                      {says(200, "text/csv", head+"2,name,too_long,has more than 255 characters\n"), []domain.Refusal{{Line: 2, Problem: domain.Problem{Field: "name", Code: domain.ProblemTooLong, Limit: 255}}}, ""},
			"of nobody":                  {says(200, "text/csv", head), nil, ""},
			"that break off":             {breaks("text/csv", head+"2,name,blank,is blank\n3,na"), []domain.Refusal{{Line: 2, Problem: domain.Problem{Field: "name", Code: domain.ProblemBlank}}}, domain.CodeUnavailable},
			"that are nothing":           {says(200, "text/csv", ""), nil, domain.CodeUpstream},
			"of other columns":           {says(200, "text/csv", "line,field\n"), nil, domain.CodeUpstream},
			"of columns of another file": {says(200, "text/csv", "id,name,age,city\n2,name,blank,is blank\n"), nil, domain.CodeUpstream},
			"of lines that are none":     {says(200, "text/csv", head+"x,name,blank,is blank\n"), nil, domain.CodeUpstream},
			"of a row without an end":    {says(200, "text/csv", head+`2,"`+strings.Repeat("x", 1<<20)), nil, domain.CodeTooLarge},
			"of a page to log in":        {says(200, "text/html", head), nil, domain.CodeUpstream},
			"of a job that is nowhere":   {says(404, jsonType, noJob), nil, domain.CodeNotFound},
		} {
			var got []domain.Refusal
			var last error
			for refusal, err := range answers(test.answer).client(t, httpclient.Config{}).Jobs.Refusals(t.Context(), jobID) {
				if last = err; err == nil {
					got = append(got, refusal)
				}
			}
			if !slices.Equal(got, test.want) || domain.CodeOf(last) != test.code {
				t.Errorf("refusals %s: got %v, then %v, want %v and code %q", name, got, last, test.want, test.code)
			}
		}
	})
}

const made = `{"id":"` + string(jobID) + `","state":"queued","total":1,"created":"2026-01-02T03:04:05Z"}`

func TestATextIsSentAgainWhereItCanBeReadAgain(t *testing.T) {
	t.Parallel()
	const text = "name,age\nAnn,31\n"
	synctest.Test(t, func(t *testing.T) {
		again := strings.NewReader("skipped" + text)
		_, _ = again.Seek(int64(len("skipped")), io.SeekStart)
		server := answers(resets, page(502), says(202, jsonType, made))
		job, err := server.client(t, httpclient.Config{}).Jobs.Import(t.Context(), domain.JobOrder{DryRun: true, Key: "k"}, "csv", again)
		if err != nil || job.ID != jobID {
			t.Errorf("a text that can: got %v and %v, want the job", job, err)
		}
		requests := server.requests()
		if len(requests) != 3 {
			t.Fatalf("a text that can: got %d requests, want 3", len(requests))
		}
		for _, r := range requests {
			if r.body != text || r.header.Get("Idempotency-Key") != `"k"` || r.header.Get("Content-Type") != "text/csv" || !strings.Contains(r.url, "dry_run=true") || !strings.Contains(r.url, "atomic=false") {
				t.Errorf("got %+v, want all of the text from where it stood, with its key and flags", r)
			}
		}
		server = answers(resets, says(202, jsonType, made))
		_, err = server.client(t, httpclient.Config{}).Jobs.Import(t.Context(), domain.JobOrder{}, "csv", io.MultiReader(strings.NewReader(text)))
		if domain.CodeOf(err) != domain.CodeUnavailable || len(server.requests()) != 1 {
			t.Errorf("a text that cannot: got %v after %d requests, want code %q after one", err, len(server.requests()), domain.CodeUnavailable)
		}
		broken := errors.New("the disk is on fire")
		for name, failing := range map[string]io.Reader{
			"that fails": failing{broken}, "that fails and could be read again": seekable{failing{broken}},
		} {
			server = answers(says(202, jsonType, made))
			_, err = server.client(t, httpclient.Config{}).Jobs.Import(t.Context(), domain.JobOrder{}, "csv", failing)
			if err != broken || len(server.requests()) != 1 { //nolint:errorlint // nothing is to be around it
				t.Errorf("a text %s: got %v after %d requests, want its own error after one", name, err, len(server.requests()))
			}
		}
	})
}

// seekable is a text that says it can be read again.
type seekable struct{ io.Reader }

// Seek implements io.Seeker.
func (seekable) Seek(int64, int) (int64, error) { return 0, nil }

// A text that comes slowly is waited for, and only then is the answer.
func TestASlowTextIsNoSilentServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func() io.Reader {
			text, sender := io.Pipe()
			go func() {
				for range 3 {
					time.Sleep(time.Minute)
					_, _ = io.WriteString(sender, "Ann,31\n")
				}
				_ = sender.Close()
			}()
			return text
		}
		server := answers(says(202, jsonType, made))
		if _, err := server.client(t, httpclient.Config{}).Jobs.Import(t.Context(), domain.JobOrder{}, "csv", slow()); err != nil {
			t.Errorf("a slow text: got %v, want the job", err)
		}
		server = answers(hangs)
		begun := time.Now()
		_, err := server.client(t, httpclient.Config{}).Jobs.Import(t.Context(), domain.JobOrder{}, "csv", slow())
		if took := time.Since(begun); domain.CodeOf(err) != domain.CodeUnavailable || took != 3*time.Minute+30*time.Second {
			t.Errorf("a server that does not answer: got %v after %v, want code %q 30 s behind the text", err, took, domain.CodeUnavailable)
		}
	})
}

// rows is a text of so many rows, none of which is there before it is read.
type rows struct{ left int }

// Read implements io.Reader.
func (r *rows) Read(content []byte) (int, error) {
	const row = "Ann,31\n"
	n := 0
	for r.left > 0 && len(content)-n >= len(row) {
		n += copy(content[n:], row)
		r.left--
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Each part of the text comes into being only when the server has the one before: who gathers it first waits for ever.
func TestATextIsNeverInMemoryAsAWhole(t *testing.T) {
	t.Parallel()
	const parts, row = 100, "Ann,31\n"
	reached := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		part := make([]byte, len(row))
		for range parts {
			if _, err := io.ReadFull(r.Body, part); err != nil {
				t.Errorf("got %v, want all of the text", err)
				break
			}
			reached <- struct{}{}
		}
		w.Header().Set("Content-Type", jsonType)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, made)
	}))
	text, sender := io.Pipe()
	go func() {
		for range parts {
			_, _ = io.WriteString(sender, row)
			<-reached
		}
		_ = sender.Close()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // only so that a failure ends
	defer cancel()
	if _, err := newClient(t, url, httpclient.Config{}).Jobs.Import(ctx, domain.JobOrder{}, "csv", text); err != nil {
		t.Errorf("got %v, want the job", err)
	}
}

// A server that refuses a text before it has come is understood, and the rest is not sent.
func TestATextThatIsRefusedEarlyIsNotSentToItsEnd(t *testing.T) {
	t.Parallel()
	client := newClient(t, serve(t, newAPI(t, memstore.New(), 5, 40)), httpclient.Config{})
	endless := &rows{1 << 40}
	_, err := client.Jobs.Import(t.Context(), domain.JobOrder{}, "csv", io.MultiReader(strings.NewReader("age\n"), endless))
	if code := domain.CodeOf(err); code != domain.CodeInvalid && code != domain.CodeUnavailable { // the second where the connection was faster than the answer
		t.Errorf("got %v, want that the text cannot be read", err)
	}
}
