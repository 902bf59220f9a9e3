package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// packed returns a text in gzip.
func packed(tb testing.TB, text string) string {
	tb.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	if _, err := io.WriteString(w, text); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buffer.String()
}

// sendText uploads a text.
func sendText(handler http.Handler, text string, headers ...string) *httptest.ResponseRecorder {
	return send(handler, request(http.MethodPost, jobsPath, text, append([]string{"Content-Type", "text/csv"}, headers...)...))
}

func TestATextBecomesAJob(t *testing.T) {
	t.Parallel()
	text := "Ann\nBob\nCy\n"
	for name, test := range map[string]struct {
		body, contentType, coding, format string
	}{
		"CSV":                           {text, "text/csv", "", "csv"},
		"CSV with a charset":            {text, `TEXT/CSV; header=present; charset="UTF-8"`, "", "csv"},
		"NDJSON":                        {text, "application/x-ndjson", "", "ndjson"},
		"NDJSON by its other name":      {text, "application/jsonl", "identity", "ndjson"},
		"packed":                        {packed(t, text), "text/csv", "gzip", "csv"},
		"packed, by an old name":        {packed(t, text), "application/x-ndjson", " X-GZIP ", "ndjson"},
		"packed in pieces":              {packed(t, text[:5]) + packed(t, "") + packed(t, text[5:]), "text/csv", "gzip", "csv"},
		"a line of more than a reading": {"\n\n" + strings.Repeat("x", 1<<20), "text/csv", "", "csv"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := openWith(t, withJobs(t, newFakeJobs()), config)
			r := request(http.MethodPost, jobsPath, test.body, "Content-Type", test.contentType)
			if test.coding != "" {
				r.Header.Set("Content-Encoding", test.coding)
			}
			got := send(handler, r)
			if got.Code != http.StatusAccepted || !strings.Contains(got.Body.String(), `"format":"`+test.format+`"`) || !strings.Contains(got.Body.String(), `"total":3`) {
				t.Errorf("got %d %s, want a job of 3 rows in %s", got.Code, got.Body, test.format)
			}
			if got.Header().Get("Connection") == "close" {
				t.Error("got a connection that closes, but the text was read to its end")
			}
		})
	}
}

func TestATextThatCannotBeReadIsTheClientsMistake(t *testing.T) {
	t.Parallel()
	good := packed(t, strings.Repeat("Ann\n", 1000))
	for name, test := range map[string]struct {
		body, coding string
		status       int
		want         string
	}{
		"nothing":                       {"", "", 400, `{"detail":"there are no rows"}`},
		"nothing, packed":               {"", "gzip", 400, `{"detail":"there are no rows"}`},
		"what the format refuses":       {"Ann\nnonsense\n" + strings.Repeat("x", 1<<16), "", 400, `{"detail":"line 2 is nonsense"}`},
		"what is not packed":            {"Ann\n" + strings.Repeat("x", 100), "gzip", 400, `{"detail":"The request body is no gzip."}`},
		"packed, and then something":    {good + "something else", "gzip", 400, `{"detail":"The request body is no gzip."}`},
		"packed, and broken":            {good[:20] + "\xff\xff\xff\xff" + good[24:], "gzip", 400, `{"detail":"The request body is no gzip."}`},
		"packed, with a wrong sum":      {good[:len(good)-8] + "xxxxxxxx", "gzip", 400, `{"detail":"The request body is no gzip."}`},
		"packed, and cut off":           {good[:len(good)-9], "gzip", 400, `{"detail":"The request body is damaged, or ended too soon."}`},
		"more rows than a job may have": {"a\nb\nc\nd\n", "", 413, `{"detail":"a job that is all or nothing has at most 3 rows"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			jobs := newFakeJobs()
			r := request(http.MethodPost, jobsPath+"?atomic=true", test.body, "Content-Type", "text/csv", "Content-Encoding", test.coding)
			wantAnswer(t, send(openWith(t, withJobs(t, jobs), config), r), test.status, test.want)
			if len(jobs.jobs) > 0 {
				t.Errorf("got the jobs %v, want none", jobs.jobs)
			}
		})
	}
}

// endless is a text that never ends, and counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(content []byte) (int, error) {
	copy(content, bytes.Repeat([]byte("a\n"), len(content)/2+1))
	e.read += len(content)
	return len(content), nil
}

func TestATextThatIsTooLargeIsRefusedAsSoonAsItIs(t *testing.T) {
	t.Parallel()
	narrow := config
	narrow.MaxUploadBytes = 100 << 10
	exact := strings.Repeat("a\n", 50<<10)
	for name, test := range map[string]struct {
		body   func() io.Reader
		length int64
		coding string
		status int
		most   int // bytes read of the body
	}{
		"as much as there may be":                     {func() io.Reader { return strings.NewReader(exact) }, -1, "", 202, 0},
		"one byte more":                               {func() io.Reader { return strings.NewReader(exact + "a") }, -1, "", 413, 0},
		"as much as there may be, packed":             {func() io.Reader { return strings.NewReader(packed(t, exact)) }, -1, "gzip", 202, 0},
		"one byte more, packed":                       {func() io.Reader { return strings.NewReader(packed(t, exact+"a")) }, -1, "gzip", 413, 0},
		"a length that is told":                       {func() io.Reader { return iotest.ErrReader(io.ErrNoProgress) }, 100<<10 + 1, "", 413, 0},
		"a text without an end":                       {func() io.Reader { return &endless{} }, -1, "", 413, 200 << 10},
		"a small text that unpacks to very much":      {func() io.Reader { return strings.NewReader(packed(t, strings.Repeat("\x00", 64<<20))) }, -1, "gzip", 413, 0},
		"an endless text that unpacks to nothing":     {func() io.Reader { return repeated(packed(t, "")) }, -1, "gzip", 413, 0},
		"an endless text that unpacks to very little": {func() io.Reader { return repeated(packed(t, "a")) }, -1, "gzip", 413, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			jobs := newFakeJobs()
			r := request(http.MethodPost, jobsPath, "", "Content-Type", "text/csv", "Content-Encoding", test.coding)
			body := test.body()
			r.Body, r.ContentLength = io.NopCloser(body), test.length
			got := send(openWith(t, withJobs(t, jobs), narrow), r)
			if got.Code != test.status {
				t.Errorf("got %d %s, want %d", got.Code, got.Body, test.status)
			}
			if test.status == http.StatusRequestEntityTooLarge {
				wantAnswer(t, got, test.status, `{"detail":"The request body is too large."}`)
				if got.Header().Get("Connection") != "close" || len(jobs.jobs) > 0 {
					t.Errorf("got %v and the jobs %v, want a connection that closes and no job", got.Header(), jobs.jobs)
				}
			}
			if counted, counts := body.(*endless); counts && counted.read > test.most {
				t.Errorf("%d bytes were read, want at most %d", counted.read, test.most)
			}
		})
	}
}

// repeated is a text without an end.
func repeated(text string) io.Reader {
	readers := make([]io.Reader, 100_000)
	for i := range readers {
		readers[i] = strings.NewReader(text)
	}
	return io.MultiReader(readers...)
}

func TestATextThatDoesNotArriveIsNoJob(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	stopped, stop := context.WithCancelCause(t.Context())
	stop(httpapi.ErrStopping)
	for name, test := range map[string]struct {
		ctx    context.Context //nolint:containedctx // a row of a table
		err    error
		status int
		want   string
	}{
		"it ends too soon":     {t.Context(), io.ErrUnexpectedEOF, 400, `{"detail":"The request body is damaged, or ended too soon."}`},
		"it cannot be read":    {t.Context(), io.ErrClosedPipe, 400, `{"detail":"The request body cannot be read."}`},
		"it comes too slowly":  {gone, fmt.Errorf("read: %w", os.ErrDeadlineExceeded), 408, `{"detail":"The request body came too slowly."}`},
		"its client has gone":  {gone, io.ErrUnexpectedEOF, 499, `{"detail":"the request was canceled"}`},
		"the server stops":     {stopped, os.ErrDeadlineExceeded, 503, `{"detail":"Service temporarily unavailable, try again later."}`},
		"it is broken, packed": {t.Context(), io.ErrClosedPipe, 400, `{"detail":"The request body cannot be read."}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			jobs := newFakeJobs()
			r := request(http.MethodPost, jobsPath, "", "Content-Type", "text/csv").WithContext(test.ctx)
			text := "Ann\n"
			if strings.Contains(name, "packed") {
				r.Header.Set("Content-Encoding", "gzip")
				text = packed(t, strings.Repeat(text, 100))[:30]
			}
			r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(text), iotest.ErrReader(test.err))), -1
			got := send(openWith(t, withJobs(t, jobs), config), r)
			wantAnswer(t, got, test.status, test.want)
			if got.Header().Get("Connection") != "close" || len(jobs.jobs) > 0 {
				t.Errorf("got %v and the jobs %v, want a connection that closes and no job", got.Header(), jobs.jobs)
			}
			if isRetry := got.Header().Get("Retry-After") != ""; isRetry != (test.status == http.StatusServiceUnavailable) {
				t.Errorf("got Retry-After %q with %d", got.Header().Get("Retry-After"), test.status)
			}
		})
	}
}

// uploading returns use cases whose imports tell when they have begun, and read on when
// they are let go.
func uploading(t *testing.T) (all httpapi.UseCases, begun chan string, letGo chan struct{}) {
	t.Helper()
	all, begun, letGo = untouchable(t), make(chan string), make(chan struct{})
	all.Jobs = &portmock.JobManagerMock{ImportFunc: func(ctx context.Context, order domain.JobOrder, _ string, r io.Reader) (domain.Job, error) {
		first := make([]byte, 3)
		if _, err := io.ReadFull(r, first); err != nil {
			return domain.Job{}, err
		}
		select {
		case begun <- order.Key + string(first):
			<-letGo
		case <-ctx.Done():
		}
		_, err := io.Copy(io.Discard, r)
		return domain.NewJob(fakeID(1), domain.JobImport, time.Now()), err
	}}
	return all, begun, letGo
}

// A text reaches its use case as it comes, and no more than so many at once.
func TestOnlySoManyTextsComeAtOnce(t *testing.T) {
	t.Parallel()
	all, begun, letGo := uploading(t)
	handler := openWith(t, all, config)
	answers := make(chan *httptest.ResponseRecorder)
	rests := make([]*io.PipeWriter, 8)
	for i := range rests {
		body, rest := io.Pipe()
		rests[i] = rest
		r := request(http.MethodPost, jobsPath, "", "Content-Type", "text/csv", "Idempotency-Key", fmt.Sprint("key", i))
		r.Body, r.ContentLength = body, -1
		go func() { answers <- send(handler, r) }()
		if _, err := io.WriteString(rest, "Ann"); err != nil {
			t.Fatal(err)
		}
		if got, want := <-begun, fmt.Sprint("key", i, "Ann"); got != want {
			t.Errorf("got an import of %q, want %q while its text is still coming", got, want)
		}
	}
	tooMany := sendBriefly(handler, request(http.MethodPost, jobsPath, "Ann\n", "Content-Type", "text/csv"))
	wantAnswer(t, tooMany, http.StatusServiceUnavailable, `{"detail":"Service temporarily unavailable, try again later."}`)
	if tooMany.Header().Get("Retry-After") != "1" || tooMany.Header().Get("Connection") != "close" {
		t.Errorf("got %v, want Retry-After and a connection that closes", tooMany.Header())
	}
	sameKey := sendText(handler, "Ann\n", "Idempotency-Key", `"key3"`)
	wantAnswer(t, sameKey, http.StatusConflict, `{"detail":"A request with this Idempotency-Key is still being processed."}`)
	close(letGo)
	for _, rest := range rests {
		_ = rest.Close()
		if got := <-answers; got.Code != http.StatusAccepted {
			t.Errorf("got %d %s, want 202", got.Code, got.Body)
		}
	}
	go func() { <-begun }()
	if got := sendText(handler, "Ann\n", "Idempotency-Key", "key3"); got.Code != http.StatusAccepted {
		t.Errorf("when the others are gone: got %d %s, want 202", got.Code, got.Body)
	}
}
