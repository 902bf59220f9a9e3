package httpclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A refusal says nothing of the attempt before, whose answer was lost.
func TestARefusalDoesNotHideThatAnEarlierAttemptMayHaveBeenServed(t *testing.T) {
	t.Parallel()
	zoe := draft(t, "Zoe", 9)
	older, _ := domain.NewPatch(nil, new(int64(32)))
	calls := map[string]func(ctx context.Context, client *httpclient.Client) error{
		"Create": func(ctx context.Context, client *httpclient.Client) error {
			_, err := client.Registry.Create(ctx, zoe)
			return err
		},
		"Patch": func(ctx context.Context, client *httpclient.Client) error {
			_, err := client.Registry.Patch(ctx, 1, older)
			return err
		},
		"Delete": func(ctx context.Context, client *httpclient.Client) error {
			return client.Registry.Delete(ctx, 1)
		},
		"Import": func(ctx context.Context, client *httpclient.Client) error {
			_, err := client.Jobs.Import(ctx, domain.JobOrder{}, "csv", strings.NewReader("name,age\n"))
			return err
		},
	}
	for name, saves := range calls {
		synctest.Test(t, func(t *testing.T) {
			for _, status := range []int{400, 401, 403, 413} {
				no := says(status, jsonType, `{"detail":"No."}`)
				wantDoubt(t, fmt.Sprintf("%s, answered %d", name, status), saves(t.Context(), answers(no).client(t, httpclient.Config{})), false)
				wantDoubt(t, fmt.Sprintf("%s, answered %d, no connection before", name, status), saves(t.Context(), answers(refuses, no).client(t, httpclient.Config{})), false)
				wantDoubt(t, fmt.Sprintf("%s, answered %d, no room before", name, status), saves(t.Context(), answers(says(503, jsonType, busy), no).client(t, httpclient.Config{})), false)
				for what, lost := range map[string]answering{"a lost answer": resets, "no answer": hangs, "a gateway": page(504)} {
					wantDoubt(t, fmt.Sprintf("%s, answered %d, %s before", name, status, what), saves(t.Context(), answers(lost, no).client(t, httpclient.Config{})), true)
				}
			}
			for what, last := range map[string]answering{
				"a gateway": page(504), "a fault": says(500, jsonType, `{"detail":"A server error occurred."}`), "what is not understood": page(200),
				"JSON that is nothing": says(201, jsonType, `{}`),
			} {
				wantDoubt(t, name+", answered by "+what, saves(t.Context(), answers(last).client(t, httpclient.Config{})), true)
			}
			for what, last := range map[string]answering{"no room": says(503, jsonType, busy), "too fast": says(429, jsonType, busy, "Retry-After", "1"), "a redirect": says(302, jsonType, "", "Location", "/login")} {
				wantDoubt(t, name+", answered by "+what, saves(t.Context(), answers(last).client(t, httpclient.Config{})), false)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		_, err := answers(resets, says(403, jsonType, `{"detail":"No."}`)).client(t, httpclient.Config{}).Registry.Get(t.Context(), 1)
		wantDoubt(t, "Get, which saves nothing", err, false)
	})
}

func wantDoubt(t *testing.T, what string, err error, want bool) {
	t.Helper()
	said, isAnswer := errors.AsType[*httpclient.AnswerError](err)
	if !isAnswer || said.Doubtful != want {
		t.Errorf("%s: got %v (%+v), want an answer that is doubtful: %t", what, err, said, want)
	}
}

// That an attempt is still being served is no conflict: nothing is in the way of the call.
func TestACallThatIsStillUnderWayIsNoConflict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		running := says(409, jsonType, `{"detail":"A request with this Idempotency-Key is still being processed."}`, "Retry-After", "1")
		server := answers(resets, running)
		_, err := server.client(t, httpclient.Config{}).Registry.Create(t.Context(), draft(t, "Zoe", 9))
		if got := len(server.requests()); domain.CodeOf(err) != domain.CodeUnavailable || got != 4 {
			t.Errorf("still under way: got %v after %d requests, want code %q after 4", err, got, domain.CodeUnavailable)
		}
		wantDoubt(t, "still under way", err, true)
		_, err = answers(says(409, jsonType, `{"detail":"The job is done."}`)).client(t, httpclient.Config{}).Jobs.Cancel(t.Context(), jobID)
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("in the way of what is stored: got %v, want code %q", err, domain.CodeConflict)
		}
		wantDoubt(t, "in the way of what is stored", err, false)
	})
}

// Who may come back at once is not told that it never passes.
func TestAServerThatMayBeAskedAtOnceIsAskedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, header := range []string{"0", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)} {
			server := answers(says(429, jsonType, `{"detail":"Request was throttled."}`, "Retry-After", header))
			_, err := server.client(t, httpclient.Config{}).Registry.Get(t.Context(), 1)
			if got := len(server.requests()); domain.CodeOf(err) != domain.CodeUnavailable || got != 4 {
				t.Errorf("Retry-After %q: got %v of code %q after %d requests, want code %q after 4", header, err, domain.CodeOf(err), got, domain.CodeUnavailable)
			}
			if after, told := httpclient.RetryAfter(err); after != 0 || !told {
				t.Errorf("Retry-After %q: got %v, %t, want that it says at once", header, after, told)
			}
		}
	})
}
