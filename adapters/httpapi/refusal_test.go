package httpapi_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

// soon is more than anything here takes, on however slow a machine.
const soon = 30 * time.Second

// listen starts a server whose connections are those of an httpapi.Listener, and
// returns its address and what it logs.
func listen(tb testing.TB, handler http.Handler) (address string, log *safeBuffer) {
	tb.Helper()
	log = new(safeBuffer)
	server := httptest.NewUnstartedServer(handler)
	server.Listener = httpapi.Listener(server.Listener, slog.New(slog.NewJSONHandler(log, nil)))
	return begin(tb, server), log
}

func begin(tb testing.TB, server *httptest.Server) (address string) {
	tb.Helper()
	server.Config.MaxHeaderBytes = 16 << 10
	server.Config.DisableGeneralOptionsHandler = true
	server.Start()
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// safeBuffer is a bytes.Buffer for several goroutines.
type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String returns what was written.
func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// exchangeRaw sends text over a connection of its own and returns all that comes
// back until the server closes it.
func exchangeRaw(tb testing.TB, address, text string) string {
	tb.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(soon))
	_, _ = io.WriteString(conn, text) // the server may close before it has read all
	answer, err := io.ReadAll(conn)
	if err != nil {
		tb.Errorf("%.60q: got %v after %.60q, want an answer and the end", text, err, answer)
	}
	return string(answer)
}

// parseAnswer reads an answer and returns it with its body. Nothing may follow it.
func parseAnswer(tb testing.TB, method, answer string) (response *http.Response, body string) {
	tb.Helper()
	reader := bufio.NewReader(strings.NewReader(answer))
	response, err := http.ReadResponse(reader, &http.Request{Method: method})
	if err != nil {
		tb.Fatalf("%.300q is no answer: %v", answer, err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatalf("%.300q is cut off: %v", answer, err)
	}
	if rest, _ := io.ReadAll(reader); len(rest) > 0 {
		tb.Errorf("got %.300q behind the answer", rest)
	}
	return response, string(content)
}

// refusals are requests that reach no handler.
var refusals = map[string]struct {
	method, text string
	status       int // of net/http
	detail       string
}{
	"no HTTP":                     {"", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "Bad Request"},
	"no version":                  {"", "GET /\r\n\r\n", 400, "Bad Request"},
	"a version of letters":        {"", "GET / HTTP/x.y\r\nHost: localhost\r\n\r\n", 400, "Bad Request"},
	"no host":                     {"", "GET /nope HTTP/1.1\r\n\r\n", 400, "Bad Request: missing required Host header"},
	"a host that is none":         {"", "GET /nope HTTP/1.1\r\nHost: a<b\r\n\r\n", 400, "Bad Request: malformed Host header"},
	"two hosts":                   {"", "GET /nope HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "Bad Request"},
	"a header without a name":     {"", "GET /nope HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n", 400, "Bad Request"},
	"a header's name has a space": {"", "GET /nope HTTP/1.1\r\nHost: localhost\r\nA B: x\r\n\r\n", 400, "Bad Request: invalid header name"},
	"a header's value has a NUL":  {"", "GET /nope HTTP/1.1\r\nHost: localhost\r\nA: x\x00y\r\n\r\n", 400, "Bad Request"},
	"a broken escape":             {"", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "Bad Request"},
	"two lengths":                 {"", "POST /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "Bad Request"},
	"a length below nothing":      {"", "POST /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400, "Bad Request"},
	"headers of 32 KiB":           {"", "GET /nope HTTP/1.1\r\nHost: localhost\r\nA: " + strings.Repeat("x", 32<<10) + "\r\n\r\n", 431, "Request Header Fields Too Large"},
	"another transfer coding":     {"", "POST /nope HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "Unsupported transfer encoding"},
	"two transfer codings":        {"", "POST /nope HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501, "Unsupported transfer encoding"},
	"HTTP/3.0":                    {"", "GET /nope HTTP/3.0\r\nHost: localhost\r\n\r\n", 505, "HTTP Version Not Supported: unsupported protocol version"},
	"an expectation":              {"", "GET /nope HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n\r\n", 417, "Expectation Failed"},
	"an expectation of HTTP/1.0":  {"", "GET /nope HTTP/1.0\r\nHost: localhost\r\nExpect: wonders\r\n\r\n", 417, "Expectation Failed"},
	"an expectation with a body":  {"", "POST /nope HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\nContent-Length: 3\r\n\r\nabc", 417, "Expectation Failed"},
	"an expectation of HEAD":      {http.MethodHead, "HEAD /nope HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n\r\n", 417, ""},
}

func TestRefusalsAreJSON(t *testing.T) {
	t.Parallel()
	address, log := listen(t, openWith(t, untouchable(t), config))
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, body := parseAnswer(t, test.method, exchangeRaw(t, address, test.text))
			wantSafetyHeaders(t, response.Header)
			header, status := response.Header, test.status
			if status > 500 {
				status = http.StatusBadRequest // it is the client's mistake
			}
			if want := strconv.Itoa(status) + " " + http.StatusText(status); response.Status != want {
				t.Errorf("got %q, want %q", response.Status, want)
			}
			if !response.Close || header.Get("Content-Type") != "application/json" || header.Get("Date") == "" || response.ContentLength < 1 {
				t.Errorf("got %v, want JSON of a known length, a date and a connection that closes", header)
			}
			if !strings.Contains(log.String(), `"request_id":"`+header.Get("X-Request-Id")+`"`) || header.Get("X-Request-Id") == "" {
				t.Errorf("the log does not name the request %q", header.Get("X-Request-Id"))
			}
			var got struct{ Detail string }
			if err := json.Unmarshal([]byte(body), &got); err != nil && test.method != http.MethodHead {
				t.Fatalf("%q is no JSON: %v", body, err)
			}
			if got.Detail != test.detail {
				t.Errorf("got %q, want the detail %q", body, test.detail)
			}
			response.Body = io.NopCloser(strings.NewReader(body))
			wantDescribed(t, response, test.method)
		})
	}
}

// What is tested here are answers of net/http: without a Listener they come as it
// has them.
func TestRefusalsAreThoseOfNetHTTP(t *testing.T) {
	t.Parallel()
	address := begin(t, httptest.NewUnstartedServer(openWith(t, untouchable(t), config)))
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, body := parseAnswer(t, test.method, exchangeRaw(t, address, test.text))
			if response.StatusCode != test.status || json.Valid([]byte(body)) || response.Header.Get("X-Frame-Options") != "" {
				t.Errorf("got %s %q, want %d in words of net/http's own", response.Status, body, test.status)
			}
		})
	}
}

// Who sends much more than is read must still get the answer: a connection that is
// closed with something unread is reset, and the answer lost.
func TestARefusalReachesWhoIsStillSending(t *testing.T) {
	t.Parallel()
	address, _ := listen(t, openWith(t, untouchable(t), config))
	const text = "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"
	for range 20 {
		response, _ := parseAnswer(t, "", exchangeRaw(t, address, text+strings.Repeat("x", 100<<10)))
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("got %s, want 400", response.Status)
		}
	}
}

// An answer of a handler passes to the byte, whatever it says.
func TestAnswersAreNoRefusals(t *testing.T) {
	t.Parallel()
	address, log := listen(t, openWith(t, useCases(t, memstore.New()), config))
	name, err := json.Marshal(theRefusal[:255])
	if err != nil {
		t.Fatal(err)
	}
	for range 200 { // a page has several writes, and one of them begins wherever it likes
		body := `{"age":1,"name":` + string(name) + `}`
		r, err := http.Post("http://"+strings.Replace(address, "127.0.0.1", "localhost", 1)+personsPath, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if r.Body.Close(); r.StatusCode != http.StatusCreated {
			t.Fatalf("got %s, want 201", r.Status)
		}
	}
	for offset := range 64 { // moves where the writes begin
		r, body := parseAnswer(t, "", exchangeRaw(t, address,
			"GET "+personsPath+"?x="+strings.Repeat("x", offset)+" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
		if r.StatusCode != http.StatusOK || strings.Count(body, string(name)) != 100 {
			t.Fatalf("got %s and %d of 100 persons", r.Status, strings.Count(body, string(name)))
		}
	}
	if log.String() != "" {
		t.Errorf("got the log %s, want nothing refused", log)
	}
}

// theRefusal is a text that a client might want to be taken for a refusal.
var theRefusal = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request" + strings.Repeat("x", 200)

// FuzzRefusal writes whatever an answer may hold, cut anywhere.
func FuzzRefusal(f *testing.F) {
	for _, seed := range []string{
		theRefusal, "HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nDate: ", "HTTP/1.1 ", "HTTP/1.0 400 Bad Request\r\n\r\n", "\r", "x", "",
	} {
		f.Add(seed)
	}
	handler := open(f)
	f.Fuzz(func(t *testing.T, name string) {
		text, err := json.Marshal(map[string]any{"name": name, "age": 1})
		if err != nil {
			t.Fatal(err)
		}
		var wire bytes.Buffer
		if err := send(handler, request(http.MethodPost, personsPath, string(text), "Content-Type", "application/json")).Result().Write(&wire); err != nil {
			t.Fatal(err)
		}
		for i := range wire.Len() {
			if httpapi.IsRefusal(wire.Bytes()[i:]) {
				t.Fatalf("%q is taken for a refusal, from byte %d on", wire.String(), i)
			}
		}
		httpapi.IsRefusal([]byte(name)) // must not fail, whatever it says
	})
}

func BenchmarkRefusalCheck(b *testing.B) {
	answer := []byte("HTTP/1.1 200 OK\r\nCache-Control: private, no-cache\r\nContent-Length: 2\r\n\r\n{}")
	b.ReportAllocs()
	for b.Loop() {
		httpapi.IsRefusal(answer)
	}
}
