package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// soon is far longer than anything takes that a test waits for.
const soon = 20 * time.Second

// load returns the configuration of a server on a free port, in memory, that may
// fetch from the upstreams of tests, and whose stop begins with the end of listening.
func load(t *testing.T, variables map[string]string) app.Config {
	t.Helper()
	all := map[string]string{"PORT": "0", "DATABASE_URL": "memory:", "FETCH_URLS": "", "FETCH_ALLOW_PRIVATE": "True", "DRAIN_DELAY": "0s"}
	for name, value := range variables {
		all[name] = value
	}
	config, err := app.Load(all)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// running is a server that runs.
type running struct {
	*app.App
	url    string
	stop   context.CancelFunc
	done   chan error // what Run returned
	log    chan map[string]any
	before string // what was logged before it served
}

// start runs a server until the test ends or stops it.
func start(t *testing.T, variables map[string]string, prepare ...func(a *app.App)) *running {
	t.Helper()
	read, write := io.Pipe()
	r := &running{done: make(chan error, 1), log: make(chan map[string]any, 1000)}
	go func() {
		lines := json.NewDecoder(read)
		for {
			var line map[string]any
			if lines.Decode(&line) != nil {
				close(r.log)
				return
			}
			r.log <- line
		}
	}()
	a, err := app.New(t.Context(), load(t, variables), app.NewLogger(write, app.LogLevelInfo, app.LogFormatJSON))
	if err != nil {
		_ = write.Close()
		t.Fatal(err)
	}
	a.Handler = described(t, a.Handler)
	for _, prepare := range prepare {
		prepare(a)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.App, r.stop = a, stop
	go func() {
		r.done <- a.Run(ctx)
		close(r.done)
		_ = write.Close()
	}()
	t.Cleanup(func() {
		stop()
		<-r.done
	})
	var line map[string]any
	line, r.before = r.readLog(t, "serving")
	r.url = line["url"].(string)
	return r
}

// readLog returns the next line of the log with the message, and those before it.
func (r *running) readLog(t *testing.T, message string) (line map[string]any, before string) {
	t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case line, open := <-r.log:
			if !open {
				t.Fatalf("the log ended without %q, with %s", message, before)
			}
			if line["msg"] == message {
				return line, before
			}
			before += fmt.Sprintln(line)
		case <-timeout:
			t.Fatalf("the log does not say %q, but %s", message, before)
		}
	}
}

func (r *running) waitForEnd(t *testing.T) error {
	t.Helper()
	return receive(t, r.done, "the end of Run")
}

// receive returns what comes out of a channel.
func receive[T any](t *testing.T, channel <-chan T, what string) T {
	t.Helper()
	select {
	case value := <-channel:
		return value
	case <-time.After(soon):
		t.Fatalf("%s does not come", what)
		panic("unreachable")
	}
}

func get(t *testing.T, url string) (response *http.Response, body string) {
	t.Helper()
	var err error
	response, err = http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(content)
}

func TestRunServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	if response, body := get(t, server.url+"persons/"); response.StatusCode != http.StatusOK || !strings.Contains(body, `"count":0`) {
		t.Errorf("got %s %s, want the empty list", response.Status, body)
	}
	server.stop()
	if err := server.waitForEnd(t); err != nil {
		t.Errorf("got %v, want nil after a stop in which nothing was cut off", err)
	}
	if _, err := server.Registry.Get(t.Context(), 1); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("got %v, want the store to be closed", err)
	}
}

func TestRequestsUnderWayFinishAfterTheStop(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		select {
		case <-release:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"late":true}`)
		case <-r.Context().Done(): // the server gave up on the request
		}
	}))
	t.Cleanup(upstream.Close)
	server := start(t, map[string]string{"FETCH_URLS": upstream.URL, "FETCH_TIMEOUT": soon.String()})

	type answer struct {
		status int
		body   string
		closes bool
	}
	answered := make(chan answer, 1)
	go func() {
		response, body := get(t, server.url+"fetch_data/")
		answered <- answer{response.StatusCode, body, response.Close}
	}()
	receive(t, arrived, "the upstream's request")
	server.stop()
	server.readLog(t, "accepting no more connections")
	if _, err := net.DialTimeout("tcp", strings.Split(server.url, "/")[2], time.Second); err == nil {
		t.Error("a new connection was accepted during the stop")
	}
	if _, err := server.CreateBulk.Generate(t.Context(), 1); err != nil {
		t.Errorf("the store is closed before the requests are done: %v", err)
	}
	select {
	case got := <-answered:
		t.Fatalf("got %+v before the document came: the stop ended the request", got)
	case err := <-server.done:
		t.Fatalf("Run returned %v while a request was under way", err)
	case <-time.After(50 * time.Millisecond):
	}

	close(release)
	got := receive(t, answered, "the answer")
	if got.status != http.StatusOK || !strings.Contains(got.body, `{"late":true}`) {
		t.Errorf("got %+v, want the document, as if nothing had happened", got)
	}
	if !got.closes {
		t.Error("the answer keeps its connection, want it to say that it closes: the next request there would break")
	}
	if err := server.waitForEnd(t); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	if _, err := server.Registry.Get(t.Context(), 1); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("got %v, want the store to be closed once the requests are done", err)
	}
}

func TestIdleConnectionMayBringOneMoreRequest(t *testing.T) {
	t.Parallel()
	server := start(t, nil, func(a *app.App) { a.SetGoodbye(soon) })
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	if response := getWith(t, client, server.url+"persons/"); response.Close {
		t.Fatal("the first answer closes the connection, want it kept")
	}
	server.stop()
	server.readLog(t, "stopping")
	// No new connection is accepted, so an answer came over the old one.
	if response := getWith(t, client, server.url+"persons/"); response.StatusCode != http.StatusOK || !response.Close {
		t.Errorf("got %s with Close %v, want an answer that closes the connection", response.Status, response.Close)
	}
	if err := server.waitForEnd(t); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}

func getWith(t *testing.T, client *http.Client, url string) *http.Response {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response
}

func TestRequestsThatDoNotFinishAreCutOff(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	t.Cleanup(upstream.Close)
	server := start(t, map[string]string{"FETCH_URLS": upstream.URL, "FETCH_TIMEOUT": "1h", "SHUTDOWN_TIMEOUT": "500ms"})

	failed := make(chan error, 1)
	go func() {
		response, err := http.Get(server.url + "fetch_data/")
		if err == nil {
			err = response.Body.Close()
		}
		failed <- err
	}()
	receive(t, arrived, "the upstream's request")
	server.stop()
	if err := server.waitForEnd(t); err == nil || !strings.Contains(err.Error(), "requests were cut off after 500ms") {
		t.Errorf("got %v, want an error that says that requests were cut off", err)
	}
	if err := receive(t, failed, "the end of the request"); err == nil {
		t.Error("the client got an answer, want a broken connection")
	}
}

func TestAnswerTakesNoLongerThanItsLimit(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(upstream.Close)
	server := start(t, map[string]string{"FETCH_URLS": upstream.URL, "FETCH_TIMEOUT": "1h", "ANSWER_TIMEOUT": "50ms"})
	if response, body := get(t, server.url+"fetch_data/"); response.StatusCode != http.StatusOK || !strings.Contains(body, `"error":"Timeout"`) {
		t.Errorf("got %s %s, want the use case's answer to a request whose time has run out", response.Status, body)
	}
}

func TestAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	a, err := app.New(t.Context(), load(t, map[string]string{"PORT": port}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	err = a.Run(t.Context())
	if want := "cannot listen on 127.0.0.1:" + port + ": address already in use"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := a.Registry.Get(t.Context(), 1); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("got %v, want everything closed after Run", err)
	}
}

func TestHostThatDoesNotExist(t *testing.T) {
	t.Parallel()
	a, err := app.New(t.Context(), load(t, map[string]string{"HOST": "nowhere.invalid"}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "cannot listen on nowhere.invalid:0: ") {
		t.Errorf("got %v, want an error that names the address", err)
	}
}

func TestDatabaseThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"a folder that does not exist": filepath.Join(t.TempDir(), "missing", "db.sqlite3"),
		"a folder":                     t.TempDir(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := app.New(t.Context(), load(t, map[string]string{"DATABASE_URL": "sqlite:///" + path}), slog.New(slog.DiscardHandler))
			if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want one line that names the database", err)
			}
		})
	}
}

func TestSchemaIsMigratedAtStart(t *testing.T) {
	t.Parallel()
	database := map[string]string{"DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3")}
	off := map[string]string{"DATABASE_URL": database["DATABASE_URL"], "AUTO_MIGRATE": "False"}

	_, err := app.New(t.Context(), load(t, off), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "AUTO_MIGRATE is off and migrations have not been applied (persons") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one line that names the command to run", err)
	}

	for _, variables := range []map[string]string{database, off} {
		a, err := app.New(t.Context(), load(t, variables), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("%v: %v", variables, err)
		}
		if _, err := a.CreateBulk.Generate(t.Context(), 3); err != nil {
			t.Errorf("%v: %v", variables, err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("%v: %v", variables, err)
		}
	}
}

func TestSecretKeyIsMadeUpWhereThereIsNone(t *testing.T) {
	t.Parallel()
	one, other := start(t, nil), start(t, nil)
	if key := one.SecretKey.Reveal(); len(key) < 50 || key == other.SecretKey.Reveal() {
		t.Errorf("got %d characters, those of another start: %v; want at least 50, and others at each start", len(key), key == other.SecretKey.Reveal())
	}
	if configured := start(t, map[string]string{"SECRET_KEY": goodKey}); configured.SecretKey.Reveal() != goodKey {
		t.Error("the key is not the configured one")
	}
}

func TestStartWarnsOfAWeakSecretKey(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, want string }{
		"no key":     {"", "SECRET_KEY is not set"},
		"a weak key": {"canary", "SECRET_KEY has fewer than 50 characters"},
		"a good key": {goodKey, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, map[string]string{"SECRET_KEY": test.key})
			if warned := strings.Contains(server.before, "WARN"); warned != (test.want != "") || !strings.Contains(server.before, test.want) {
				t.Errorf("want a warning that says %q, got %s", test.want, server.before)
			}
			if test.key != "" && strings.Contains(server.before, test.key) {
				t.Errorf("the log shows the key: %s", server.before)
			}
		})
	}
}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent())
}
