package httpclient_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/domain"
)

const busy = `{"detail":"Service temporarily unavailable, try again later."}`

func TestWhatMayPassIsTriedAgainAndNothingElse(t *testing.T) {
	t.Parallel()
	good := says(200, jsonType, ann)
	for name, test := range map[string]struct {
		answers  []answering
		attempts int
		min, max time.Duration // of all waits
		code     domain.Code
		message  string
	}{
		"a good answer":                            {[]answering{good}, 1, 0, 0, "", ""},
		"no connection, once":                      {[]answering{refuses, good}, 2, 75 * time.Millisecond, 125 * time.Millisecond, "", ""},
		"no connection at all":                     {[]answering{refuses}, 4, 525 * time.Millisecond, 875 * time.Millisecond, domain.CodeUnavailable, "the server cannot be reached"},
		"a lost connection":                        {[]answering{resets, resets, good}, 3, 225 * time.Millisecond, 375 * time.Millisecond, "", ""},
		"no answer, twice":                         {[]answering{hangs, hangs, good}, 3, time.Minute, time.Minute + time.Second, "", ""},
		"no answer ever":                           {[]answering{hangs}, 4, 2 * time.Minute, 2*time.Minute + time.Second, domain.CodeUnavailable, "the server does not answer"},
		"an answer that breaks off":                {[]answering{breaks(jsonType, `{"id":1,`), good}, 2, 0, time.Second, "", ""},
		"an answer that never ends":                {[]answering{stays(jsonType, `{"id":1,`), good}, 2, 30 * time.Second, 31 * time.Second, "", ""},
		"503 that says when":                       {[]answering{says(503, jsonType, busy, "Retry-After", "7"), good}, 2, 7 * time.Second, 12 * time.Second, "", ""},
		"429 that says when":                       {[]answering{says(429, jsonType, `{"detail":"Request was throttled."}`, "Retry-After", "3"), good}, 2, 3 * time.Second, 5 * time.Second, "", ""},
		"503 that does not say when":               {[]answering{says(503, jsonType, busy), good}, 2, 0, time.Second, "", ""},
		"503 until it is enough":                   {[]answering{says(503, jsonType, busy, "Retry-After", "1")}, 4, 3 * time.Second, 5 * time.Second, domain.CodeUnavailable, "Service temporarily unavailable, try again later."},
		"503 that wants an hour":                   {[]answering{says(503, jsonType, busy, "Retry-After", "3600")}, 1, 0, 0, domain.CodeUnavailable, "Service temporarily unavailable, try again later."},
		"429 that never passes":                    {[]answering{says(429, jsonType, `{"detail":"It costs 700, more than the limit of 600."}`)}, 1, 0, 0, domain.CodeTooLarge, "It costs 700, more than the limit of 600."},
		"a page of a proxy that reaches nobody":    {[]answering{page(502)}, 4, 0, time.Second, domain.CodeUnavailable, "the server answered 502 Bad Gateway, and not as the API does"},
		"a page of a proxy that waits for nobody":  {[]answering{page(504), good}, 2, 0, time.Second, "", ""},
		"a page of a proxy that is not found":      {[]answering{page(404)}, 1, 0, 0, domain.CodeUpstream, "the server answered 404 Not Found, and not as the API does"},
		"a page of a proxy that is well":           {[]answering{page(200)}, 1, 0, 0, domain.CodeUpstream, "the server's answer is not what the API answers"},
		"JSON that is broken":                      {[]answering{says(200, jsonType, `{"id":1,"name":"Ann"`)}, 1, 0, 0, domain.CodeUpstream, "the server's answer is not what the API answers"},
		"JSON that is no person":                   {[]answering{says(200, jsonType, `{"id":1,"name":"Ann"}`)}, 1, 0, 0, domain.CodeUpstream, "the server's answer is not what the API answers"},
		"a fault of the server":                    {[]answering{says(500, jsonType, `{"detail":"A server error occurred."}`)}, 1, 0, 0, domain.CodeInternal, "A server error occurred."},
		"a fault of somebody between":              {[]answering{page(500)}, 1, 0, 0, domain.CodeUpstream, "the server answered 500 Internal Server Error, and not as the API does"},
		"somebody who is not there":                {[]answering{says(404, jsonType, `{"detail":"Not found."}`)}, 1, 0, 0, domain.CodeNotFound, "there is no person 1"},
		"nobody knows who asks":                    {[]answering{says(401, jsonType, `{"detail":"Invalid token."}`)}, 1, 0, 0, domain.CodeUnauthenticated, "Invalid token."},
		"who asks may not":                         {[]answering{says(403, jsonType, `{"detail":"You do not have permission to perform this action."}`)}, 1, 0, 0, domain.CodeForbidden, "You do not have permission to perform this action."},
		"a method that is not served":              {[]answering{says(405, jsonType, `{"detail":"Method \"GET\" not allowed."}`)}, 1, 0, 0, domain.CodeUpstream, `Method "GET" not allowed.`},
		"an answer with what cannot be seen in it": {[]answering{says(400, jsonType, `{"detail":"a\u001b[31m\u202eb"}`)}, 1, 0, 0, domain.CodeInvalid, "a[31mb"},
		"an answer that is too large":              {[]answering{says(200, jsonType, strings.Repeat(" ", 1<<20)+ann)}, 1, 0, 0, domain.CodeTooLarge, "the server's answer is too large"},
		"a redirect to somewhere else":             {[]answering{says(302, jsonType, "", "Location", "http://elsewhere.example/")}, 1, 0, 0, domain.CodeUpstream, "the server answered 302 Found, and not as the API does"},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := answers(test.answers...)
			begun := time.Now()
			_, err := server.client(t, httpclient.Config{MaxAnswerBytes: 1 << 20}).Registry.Get(t.Context(), 1)
			if took := time.Since(begun); took < test.min || took > test.max {
				t.Errorf("%s: it took %v, want %v to %v", name, took, test.min, test.max)
			}
			if got := len(server.requests()); got != test.attempts {
				t.Errorf("%s: got %d attempts, want %d", name, got, test.attempts)
			}
			if domain.CodeOf(err) != test.code || domain.MessageOf(err) != test.message {
				t.Errorf("%s: got %v of code %q and message %q, want %q and %q", name, err, domain.CodeOf(err), domain.MessageOf(err), test.code, test.message)
			}
		})
	}
}

func TestWhenToComeBackIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inAnHour := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
		for header, want := range map[string]time.Duration{"3600": time.Hour, inAnHour: time.Hour, "": 0, "soon": 0, "-1": 0} {
			server := answers(says(429, jsonType, `{"detail":"Request was throttled."}`, "Retry-After", header, "X-Request-ID", "01a2"))
			_, err := server.client(t, httpclient.Config{Retries: -1}).Registry.Get(t.Context(), 1)
			if got, told := httpclient.RetryAfter(err); got != want || told != (want > 0) {
				t.Errorf("Retry-After %q: got %v, %t, want %v", header, got, told, want)
			}
			if text := err.Error(); !strings.Contains(text, "429") || !strings.Contains(text, "01a2") {
				t.Errorf("got %q for the log, want the status and the id of the request", text)
			}
		}
	})
}

func TestNoCallOutlivesItsContext(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer answering
		wait   time.Duration
		code   domain.Code
	}{
		"while there is no answer":         {hangs, 5 * time.Second, domain.CodeDeadline},
		"where a wait would not end in it": {says(503, jsonType, busy, "Retry-After", "7"), 0, domain.CodeUnavailable},
		"where a lost connection is early": {resets, 525 * time.Millisecond, domain.CodeUnavailable},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			begun := time.Now()
			_, err := answers(test.answer).client(t, httpclient.Config{}).Registry.Get(ctx, 1)
			if took := time.Since(begun); took < test.wait || took > test.wait+time.Second || domain.CodeOf(err) != test.code {
				t.Errorf("%s: got %v after %v, want code %q after %v", name, err, took, test.code, test.wait)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		begun := time.Now()
		_, err := answers(says(503, jsonType, busy, "Retry-After", "7")).client(t, httpclient.Config{}).Registry.Get(ctx, 1)
		if took := time.Since(begun); took != time.Second || domain.CodeOf(err) != domain.CodeCanceled {
			t.Errorf("canceled while it waits: got %v after %v, want that it is canceled, at once", err, took)
		}
	})
}

func TestACallHasOneKeyForAllItsAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := answers(resets, says(409, jsonType, `{"detail":"A request with this Idempotency-Key is still being processed."}`, "Retry-After", "1"), says(201, jsonType, ann))
		client := server.client(t, httpclient.Config{})
		for range 2 {
			if person, err := client.Registry.Create(t.Context(), draft(t, "Ann", 31)); err != nil || person.ID() != 1 {
				t.Fatalf("Create: got %v and %v, want Ann", person, err)
			}
		}
		requests := server.requests()
		if len(requests) != 4 {
			t.Fatalf("got %d requests, want 3 and 1", len(requests))
		}
		var keys []string
		for _, r := range requests {
			key := strings.Trim(r.header.Get("Idempotency-Key"), `"`)
			if id, err := uuid.Parse(key); err != nil || id.Version() != 7 {
				t.Errorf("got the key %q (%v), want a UUID of version 7", key, err)
			}
			keys = append(keys, key)
		}
		if keys[0] != keys[1] || keys[1] != keys[2] || keys[2] == keys[3] {
			t.Errorf("got the keys %q, want one for the attempts of a call and another for the next", keys)
		}
	})
}

func TestTheTokenGoesToTheServerAlone(t *testing.T) {
	t.Parallel()
	server := answers(says(301, jsonType, "", "Location", "http://roster.example/api/v1/persons/2/"), says(307, jsonType, "", "Location", "https://roster.example/"))
	_, err := server.client(t, httpclient.Config{Token: "secret", UserAgent: "tester/1"}).Registry.Get(t.Context(), 1)
	if requests := server.requests(); len(requests) != 2 || domain.CodeOf(err) != domain.CodeUpstream {
		t.Fatalf("got %d requests and %v, want 2, within the origin, and that it redirects out of it", len(requests), err)
	}
	for _, r := range server.requests() {
		if r.header.Get("Authorization") != "Bearer secret" || r.header.Get("User-Agent") != "tester/1" {
			t.Errorf("%s: got the headers %v, want the token and the user agent", r.url, r.header)
		}
	}
	if text := err.Error(); strings.Contains(text, "secret") {
		t.Errorf("got %q, want nothing of the token in it", text)
	}
	plain := answers(says(200, jsonType, ann))
	if _, err := plain.client(t, httpclient.Config{}).Registry.Get(t.Context(), 1); err != nil || plain.requests()[0].header.Get("Authorization") != "" {
		t.Errorf("got %v and the headers %v, want none where there is no token", err, plain.requests()[0].header)
	}
}

// counted counts what is read of it.
type counted struct {
	io.Reader
	read int
}

// Read implements io.Reader.
func (c *counted) Read(content []byte) (int, error) {
	n, err := c.Reader.Read(content)
	c.read += n
	return n, err
}

func TestOfAnAnswerThatIsTooLargeNoMoreIsReadThanMayBe(t *testing.T) {
	t.Parallel()
	body := &counted{Reader: strings.NewReader(strings.Repeat(" ", 8<<20))}
	server := answers(func(r *http.Request) (*http.Response, error) {
		response, err := says(200, jsonType, "")(r)
		response.Body = io.NopCloser(body)
		return response, err
	})
	const most = 1 << 20
	_, err := server.client(t, httpclient.Config{MaxAnswerBytes: most}).Registry.Get(t.Context(), 1)
	if domain.CodeOf(err) != domain.CodeTooLarge || body.read > most+1 {
		t.Errorf("got %v after %d bytes, want code %q after %d", err, body.read, domain.CodeTooLarge, most+1)
	}
}
