package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
)

// profiled starts a server with profiles, and returns where they are.
func profiled(t *testing.T) (server *running, url string) {
	t.Helper()
	server = start(t, map[string]string{"PPROF_ADDR": "127.0.0.1:0"}, func(a *app.App) { a.SetGoodbye(soon) })
	_, rest, found := strings.Cut(server.before, "url:")
	if !found {
		t.Fatalf("got the log %q, want where profiles are served", server.before)
	}
	url, _, _ = strings.Cut(rest, "]")
	return server, url
}

func TestProfilesAreServedOnAnAddressOfTheirOwn(t *testing.T) {
	t.Parallel()
	server, url := profiled(t)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for path, want := range map[string]string{"": "heap", "goroutine?debug=1": "goroutine profile:", "cmdline": "app.test", "heap": "\x1f\x8b"} {
		response, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s%s: got %s with %d bytes and %v, want 200 with %q", url, path, response.Status, len(body), err, want)
		}
	}
	if got := getWith(t, client, strings.Replace(server.url, "/api/v1/", "/debug/pprof/", 1)); got.StatusCode != http.StatusNotFound {
		t.Errorf("on the address of the API: got %s, want 404", got.Status)
	}
	if got := getWith(t, client, strings.Replace(url, "/debug/pprof/", "/api/v1/", 1)); got.StatusCode != http.StatusNotFound {
		t.Errorf("the API on the address of profiles: got %s, want 404", got.Status)
	}
}

// A page whose name was made to lead to this machine is of the same origin for its browser.
func TestProfilesAreServedToNoName(t *testing.T) {
	t.Parallel()
	_, url := profiled(t)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for host, want := range map[string]int{
		"localhost:6060": 200, "LOCALHOST": 200, "127.0.0.1": 200, "[::1]:6060": 200, "[::1]": 200, "192.0.2.7:80": 200,
		"rebound.example:6060": 421, "localhost.rebound.example": 421, "127.0.0.1.rebound.example": 421,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"cmdline", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("Host %s: got %s, want %d", host, response.Status, want)
		}
	}
}

func TestNoStopWaitsForAProfile(t *testing.T) {
	t.Parallel()
	server, url := profiled(t)
	broken := make(chan error, 1)
	go func() {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url+"trace?seconds=300", http.NoBody)
		if err != nil {
			broken <- err
			return
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		broken <- err
	}()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	waitUntil(t, "the profile is being made", func() bool {
		response, err := client.Get(url + "goroutine?debug=1")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		stacks, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(stacks), "pprof.Trace")
	})
	server.stop()
	began := time.Now()
	if err := server.waitForEnd(t); err != nil {
		t.Errorf("Run: got %v, want nil", err)
	}
	if err := receive(t, broken, "the end of the profile"); err == nil {
		t.Errorf("got a whole profile after %s, want one that was broken off", time.Since(began))
	}
}

func TestAnAddressForProfilesThatIsInUseIsAnErrorAtOnce(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	a := newApp(t, map[string]string{"PPROF_ADDR": taken.Addr().String()})
	ended := make(chan error, 1)
	go func() { ended <- a.Run(t.Context()) }()
	if err := receive(t, ended, "the end of Run"); err == nil || !strings.Contains(err.Error(), "for profiles: address already in use") {
		t.Errorf("got %v, want that the address is in use", err)
	}
}
