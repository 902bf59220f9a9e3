package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/app"
)

func TestAServerIsReadyUntilItsStopBegins(t *testing.T) {
	t.Parallel()
	server := start(t, nil, func(a *app.App) { a.SetGoodbye(soon) })
	ready := strings.Replace(server.url, "/api/v1/", "/readyz", 1)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	if response := getWith(t, client, ready); response.StatusCode != http.StatusOK {
		t.Errorf("got %s, want 200 from a server that serves", response.Status)
	}
	server.stop()
	server.readLog(t, "stopping")
	if response := getWith(t, client, ready); response.StatusCode != http.StatusServiceUnavailable || !response.Close {
		t.Errorf("got %s with Close %v, want 503 and a connection that closes: the server stops", response.Status, response.Close)
	}
	if err := server.waitForEnd(t); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}
