package app_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
)

// Over HTTP/1.0 a list ends with its connection, so only how that ends tells a part from
// the whole. Over HTTP/1.1 the last chunk tells.
func TestAListThatBreaksOffIsSeenToBeBrokenOverHTTP10(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		work  long
		reset bool
	}{
		"all of it":     {long{pieces: 3}, false},
		"a part of it":  {long{pieces: 3, fails: true}, true},
		"nothing of it": {long{fails: true}, false}, // it is answered 500
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, nil, func(a *app.App) { test.work.prepare(t)(a) })
			conn, err := net.Dial("tcp", strings.Split(server.url, "/")[2])
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(soon))
			if _, err := io.WriteString(conn, strings.Replace(exportRequest, "HTTP/1.1", "HTTP/1.0", 1)); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			if isReset := errors.Is(err, syscall.ECONNRESET); isReset != test.reset || !isReset && err != nil {
				t.Errorf("got %d bytes and the error %v, want a reset: %v", len(got), err, test.reset)
			}
		})
	}
}
