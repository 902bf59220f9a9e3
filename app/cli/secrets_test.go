package cli_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/seed-bbcc19ba/roster/app/cli"
)

// canary is a part of every secret of these tests. Nothing may print it.
const canary = "canary-6f1c9be0"

// longKey is a key that nothing is wrong with, so that nothing warns of it.
const longKey = canary + "-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// runWith runs a command to its end and returns all that it printed.
func runWith(t *testing.T, environ []string, args ...string) (output string) {
	t.Helper()
	var out lockedBuffer
	cli.Run(t.Context(), cli.Process{
		Args: args, Environ: environ, Stdout: &out, Stderr: &out,
	})
	return out.String()
}

func TestNoCommandShowsASecret(t *testing.T) {
	t.Parallel()
	for name, environ := range map[string][]string{
		"a good key":                      {"SECRET_KEY=" + longKey},
		"a short key":                     {"SECRET_KEY=" + canary},
		"a key of Django":                 {"SECRET_KEY=django-insecure-" + canary},
		"a key with lines":                {"SECRET_KEY=" + canary + "\n" + canary},
		"a password in the database":      {"DATABASE_URL=postgres://roster:" + canary + "@db/roster"},
		"a key in the database's options": {"DATABASE_URL=sqlite:///db.sqlite3?key=" + canary},
		"an escape in the database":       {"DATABASE_URL=sqlite:///%zz" + canary},
		"a database with NUL":             {"DATABASE_URL=sqlite:///" + canary + "%00"},
		"a password in a document's URL":  {"FETCH_URLS=https://roster:" + canary + "@example.com/"},
		"a user in a document's URL":      {"FETCH_URLS=https://" + canary + "@example.com/,http://[" + canary},
		"a password in an origin":         {"CORS_ALLOWED_ORIGINS=https://roster:" + canary + "@example.com"},
		"a superuser's password":          {"DJANGO_SUPERUSER_USERNAME=anna", "DJANGO_SUPERUSER_PASSWORD=" + canary},
		"a password that is no text":      {"DJANGO_SUPERUSER_USERNAME=" + canary[:6], "DJANGO_SUPERUSER_PASSWORD=" + canary + "\xff"},
		"a variable of another program":   {"AWS_SECRET_ACCESS_KEY=" + canary, "DB_PASSWORD=" + canary},
	} {
		for _, args := range [][]string{
			{"config"}, {"config", "--json"}, {"check"}, {"check", "--deploy"}, {"check", "--deploy", "--json"}, {"version"}, {"version", "--json"},
			{"list"}, {"bulk", "1"}, {"serve", "--port", "x"}, {"serve", "--host", "999.999.999.999"}, {"nonsense"}, {"--help"},
			{"createsuperuser", "--noinput"}, {"createsuperuser"}, {"changepassword", "anna"},
			{"move", "--to", "postgresql://ann:" + canary + "@127.0.0.1:1/roster?sslpassword=" + canary},
		} {
			t.Run(name+", "+strings.Join(args, " "), func(t *testing.T) {
				t.Parallel()
				output := runWith(t, append([]string{"FETCH_URLS=", "DATABASE_URL=memory:", "LOG_LEVEL=DEBUG"}, environ...), args...)
				if strings.Contains(output, canary) || output == "" {
					t.Errorf("want an output without the secret, got\n%s", output)
				}
			})
		}
	}
}

// TestNothingThatClientsSendIsLogged serves requests that hold secrets wherever a
// client may put one, and forgeries wherever one may come into a line of the log.
func TestNothingThatClientsSendIsLogged(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Secret", canary)
		_, _ = io.WriteString(w, `{"broken": "`+canary)
	}))
	t.Cleanup(upstream.Close)
	for _, setting := range []string{"LOG_FORMAT=text", "LOG_FORMAT=json", "REQUIRE_AUTH=True"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			var out lockedBuffer
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan int, 1)
			go func() {
				ended <- cli.Run(ctx, cli.Process{
					Args: []string{"serve", "--port", "0"}, Stdout: &out, Stderr: &out,
					Environ: []string{
						"SECRET_KEY=" + longKey, "DATABASE_URL=sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3"), "LOG_LEVEL=DEBUG", "DEBUG=True", setting,
						"FETCH_URLS=" + upstream.URL + ",http://127.0.0.1:1/", "FETCH_ALLOW_PRIVATE=True", "FETCH_RETRIES=0",
					},
				})
			}()
			defer stop()
			address := served(t, &out)
			answers := ""
			for _, text := range secretive() {
				answers += exchange(t, address, text)
			}
			for _, text := range forgeries() {
				exchange(t, address, text)
			}
			stop()
			if code := <-ended; code != 0 {
				t.Errorf("got exit code %d, want 0", code)
			}
			log := out.String()
			if strings.Contains(log, canary) {
				t.Errorf("the log holds a secret:\n%s", grep(log, canary))
			}
			if strings.Contains(answers, longKey) || strings.Contains(answers, "goroutine") || strings.Contains(answers, ".go:") {
				t.Errorf("an answer holds the key, or a trace, with DEBUG on:\n%s", answers)
			}
			for line := range strings.Lines(log) {
				if text := strings.TrimSuffix(line, "\n"); strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("got the line %q, want what a terminal can only show", text)
				}
			}
			if got, want := strings.Count(log, "/readyz"), 2; got < want {
				t.Errorf("got %d mentions of the probe, want %d: the log is not that of DEBUG", got, want)
			}
			if want := regexp.MustCompile(`(?m)^(\{"time"|\d\d:\d\d:\d\d )`); len(want.FindAllString(log, -1)) != strings.Count(log, "\n") {
				t.Errorf("got lines that do not begin as those of the log do:\n%s", log)
			}
		})
	}
}

// secretive returns requests that hold secrets, and that are answered well or badly.
func secretive() []string {
	headers := "Host: localhost\r\nConnection: close\r\nAuthorization: Bearer " + canary + "\r\nCookie: sessionid=" + canary + "\r\nIdempotency-Key: " + canary +
		"\r\nX-Api-Key: " + canary + "\r\nReferer: http://localhost/?token=" + canary + "\r\nUser-Agent: " + canary + "\r\nX-Forwarded-For: " + canary + "\r\nIf-None-Match: \"" + canary + "\"\r\nOrigin: http://" + canary + "\r\n"
	var requests []string
	for _, line := range []string{
		"GET /readyz?token=" + canary, "GET /healthz?token=" + canary, "GET /api/v1/persons/?token=" + canary, "GET /api/v1/persons/1/?token=" + canary, "GET /nope/?token=" + canary, "GET /api/v1/persons?token=" + canary,
		"GET /api/v1/check/?pk=" + canary, "GET /api/v1/persons/?cursor=" + canary, "GET /api/v1/persons/?page=" + canary, "GET /api/v1/persons/?format=" + canary, "GET /api/v1/fetch_data/?token=" + canary,
		"DELETE /api/v1/persons/?token=" + canary, "GET http://user:" + canary + "@localhost/api/v1/persons/", "GET /%zz" + canary, "GET / HTTP/9.9 " + canary,
	} {
		requests = append(requests, line+" HTTP/1.1\r\n"+headers+"\r\n")
	}
	for _, contentType := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B", "text/plain", canary, "application/json; charset=" + canary} {
		for _, body := range []string{
			`{"name":"` + canary + `","age":1}`, `{"name":"` + canary + `","age":"` + canary + `"}`, `{"password":"` + canary + `"`, canary, "name=" + canary + "&age=1", "--B\r\nContent-Disposition: form-data; name=name\r\n\r\n" + canary + "\r\n--B--", `{"count":"` + canary + `"}`,
		} {
			for _, path := range []string{"/api/v1/persons/", "/api/v1/create_bulk/", "/api/v1/async_create_bulk/"} {
				requests = append(requests, "POST "+path+" HTTP/1.1\r\n"+headers+"Content-Type: "+contentType+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
			}
		}
	}
	return requests
}

// forgeries returns requests whose method, path, host, id and headers try to look like
// lines of the log.
func forgeries() []string {
	var requests []string
	for _, forgery := range []string{
		"%0aINF%20forged", "%0d%0a{%22level%22:%22INFO%22}", "%1b[31mred", "%5Cx1b[31mred", "a%20%5Cx1b[2J", "%1b]0;title%07", "%e2%80%a8next", "%e2%80%a9next", "%e2%80%ae/sdrawkcab", "%e2%81%a7isolated", "%c2%9b31m", "%c2%85next", "%7f%08%08", "%00", "%ff%fe", "%ef%bb%bf", "%f3%a0%81%81", "%22,%22status%22:200,%22x%22:%22",
	} {
		raw, _ := url.PathUnescape(forgery)
		requests = append(requests, "GET /"+forgery+"/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET /api/v1/persons/"+forgery+"/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: "+raw+"\r\nConnection: close\r\n\r\n", raw+" / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: "+raw+"\r\nConnection: close\r\n\r\n",
			"GET /"+raw+" HTTP/1.1\r\nHost: localhost\r\nUser-Agent: "+raw+"\r\nConnection: close\r\n\r\n")
	}
	return requests
}

// served waits until a server says where it serves, and returns the address.
func served(t *testing.T, out *lockedBuffer) string {
	t.Helper()
	where := regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/api/v1/`)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if match := where.FindStringSubmatch(out.String()); match != nil {
			return match[1]
		}
	}
	t.Fatalf("the server does not say where it serves:\n%s", out.String())
	return ""
}

// exchange sends text over a connection of its own and returns all that comes back.
func exchange(t *testing.T, address, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	_, _ = io.WriteString(conn, text)
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("%.100q: %v", text, err)
	}
	return string(answer)
}

// grep returns the lines that hold a text.
func grep(log, text string) string {
	var lines strings.Builder
	for line := range strings.Lines(log) {
		if strings.Contains(line, text) {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String returns what was written.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
