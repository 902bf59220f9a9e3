package fetchertest

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func timeCases() []testCase {
	return []testCase{
		{"an upstream that does not answer meets the time limit", silentUpstream},
		{"an upstream that takes connections and says nothing meets the time limit", silentListener},
		{"a body that stops meets the time limit", stoppedBody},
		{"a body that drips meets the time limit", drippingBody},
	}
}

// checkTimeLimit fails the test unless the fetch meets the time limit, and soon
// enough to tell it from no limit at all.
func checkTimeLimit(t *testing.T, open opener, url, why string) {
	t.Helper()
	config := hasty()
	begin := time.Now()
	checkRefused(t.Context(), t, open(t, config), url, domain.CodeDeadline, why)
	if took := time.Since(begin); took < config.Timeout || took > config.Timeout+2*time.Second {
		t.Errorf("the fetch took %v, want about its time limit of %v: %s", took, config.Timeout, why)
	}
}

func silentUpstream(t *testing.T, open opener) {
	checkTimeLimit(t, open, upstream(t, silent), "there was no answer")
}

func silentListener(t *testing.T, open opener) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("got no listener for the upstream: %v", err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	checkTimeLimit(t, open, "http://"+listener.Addr().String(), "nobody reads what is sent there")
}

func stoppedBody(t *testing.T, open opener) {
	checkTimeLimit(t, open, upstream(t, sendsThenStops(`{"a": `)), "the body did not go on")
}

func drippingBody(t *testing.T, open opener) {
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		sendsJSON(`"`)(w, r)
		for r.Context().Err() == nil {
			fmt.Fprint(w, "x")
			flush(w)
			time.Sleep(10 * time.Millisecond)
		}
	})
	checkTimeLimit(t, open, url, "a byte now and then is progress, but no answer")
}
