package app_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestRefusalsOfTheServerAreJSON(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	conn, err := net.Dial("tcp", strings.Split(server.url, "/")[2])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(soon))
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\n\r\n")
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasSuffix(string(answer), `{"detail":"Bad Request: missing required Host header"}`) {
		t.Errorf("got %q and the error %v, want JSON", answer, err)
	}
}
