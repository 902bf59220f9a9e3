package app_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// Many clients send all of a body before they read an answer. That it was refused long
// before must reach them, not a reset.
func TestTheRefusalOfABodyReachesWhoSendsAllOfItFirst(t *testing.T) {
	t.Parallel()
	for _, asks := range []string{"False", "True"} {
		server := start(t, map[string]string{"MAX_BODY_BYTES": "1MiB", "MAX_UPLOAD_BYTES": "1MiB", "REQUIRE_AUTH": asks})
		address, _, _ := strings.Cut(strings.TrimPrefix(server.url, "http://"), "/")
		t.Run("REQUIRE_AUTH="+asks, func(t *testing.T) {
			t.Parallel()
			bodiesAreRefused(t, address)
		})
	}
}

func bodiesAreRefused(t *testing.T, address string) {
	t.Helper()
	const size = 20 << 20
	for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
		for _, path := range []string{"/api/v1/persons/", "/api/v1/jobs/", "/api/v1/nothing/"} {
			t.Run(path+" "+expect, func(t *testing.T) {
				t.Parallel()
				response, err := sendFirst(address, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n%sContent-Length: %d\r\n\r\n",
					path, expect, size), strings.Repeat("x", size))
				if err != nil {
					t.Fatalf("got %v, want an answer", err)
				}
				_ = response.Body.Close()
				if response.StatusCode < http.StatusBadRequest || response.StatusCode >= http.StatusInternalServerError {
					t.Errorf("got %d, want a refusal", response.StatusCode)
				}
			})
		}
	}
}

// sendFirst sends a head and a body, and then reads the answer.
func sendFirst(address, head, body string) (*http.Response, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(head + body)); err != nil {
		return nil, err
	}
	answer := bufio.NewReader(conn)
	response, err := http.ReadResponse(answer, nil)
	if err == nil && response.StatusCode == http.StatusContinue {
		response, err = http.ReadResponse(answer, nil)
	}
	return response, err
}
