package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Listener makes the refusals of net/http answers of this API. What is not HTTP
// enough to become a request (400, 431, 501, 505) or expects what nobody offers
// (417) reaches no handler: net/http refuses it itself, in plain text that it writes
// straight to the connection. A connection of the listener knows those texts, and
// sends JSON with the safety headers and a request id instead, and logs it. The
// status is the same, but for 501 and 505, which become 400: whatever a client sends
// is no fault of the server's, and who watches for 5xx is not to be woken by it. The
// connection closes as it would have, once the client has read the answer or after
// half a second.
//
// It costs an ordinary write the look at its first bytes. No answer of this API is
// ever taken for a refusal: JSON holds no line end within a text.
//
// It stands below TLS: there it sees what is encrypted and passes it on, so refusals
// to clients that speak TLS stay net/http's, but for the one to who does not.
func Listener(inner net.Listener, logger *slog.Logger) net.Listener {
	return &refusalListener{Listener: inner, logger: logger}
}

// BusyAnswer returns the whole answer, as it goes over the wire, to a connection for
// which there is no room: 503, with the header Retry-After and those of every answer.
func BusyAnswer(now time.Time) []byte {
	busy := drf.Translate(domain.CodeUnavailable)
	return refusal{status: busy.Status, detail: busy.Message, retryAfter: busy.RetryAfter}.answer(uuid.Must(uuid.NewV7()).String(), now)
}

// ServeBusy is BusyAnswer to a request for which there is no room on a connection that
// goes on, as over HTTP/2.
func ServeBusy(w http.ResponseWriter, r *http.Request) {
	safetyHeaders(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeader(w, requestIDHeader, requestID(r))
		replyTo(&domain.Error{Code: domain.CodeUnavailable}).write(w, 0)
	})).ServeHTTP(w, r)
}

type refusalListener struct {
	net.Listener
	logger *slog.Logger
}

// Accept implements net.Listener.
func (l *refusalListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &refusalConn{Conn: conn, logger: l.logger}, nil
}

// refusalConn is a connection of a Listener.
type refusalConn struct {
	net.Conn
	logger *slog.Logger
}

// Write implements net.Conn.
func (c *refusalConn) Write(text []byte) (int, error) {
	refused, found := parseRefusal(text)
	if !found {
		return c.Conn.Write(text)
	}
	id := uuid.Must(uuid.NewV7()).String()
	c.logger.LogAttrs(context.Background(), slog.LevelInfo, "refused before the API",
		slog.Int("status", refused.status), slog.String("detail", refused.detail), slog.String("request_id", id))
	if _, err := c.Conn.Write(refused.answer(id, time.Now())); err != nil {
		return 0, err
	}
	c.linger()
	return len(text), nil
}

// CloseWrite tells the client that nothing more comes. net/http looks for it.
func (c *refusalConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SetLinger says what becomes of what was not sent when the connection closes, where the
// connection below knows it (net.TCPConn).
func (c *refusalConn) SetLinger(seconds int) error {
	if lingers, ok := c.Conn.(interface{ SetLinger(seconds int) error }); ok {
		return lingers.SetLinger(seconds)
	}
	return nil
}

// How long and how much linger takes from a client that was refused.
const (
	lingerLimit = 500 * time.Millisecond
	lingerBytes = 256 << 10
)

// linger waits until the client closes its side. To close a connection on which
// something is still unread makes the system send a reset, and the client's system
// then forgets the answer, read or not.
func (c *refusalConn) linger() {
	_ = c.CloseWrite()
	_ = c.SetReadDeadline(time.Now().Add(lingerLimit))
	_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
}

// refusal is an answer of net/http itself.
type refusal struct {
	status   int
	detail   string
	bodyless bool // the request was HEAD

	retryAfter int // seconds; 0 says nothing
}

// What stands behind the status line of a refusal, and nowhere else: an answer of a
// handler has more headers, and others before Connection.
const (
	// of 400, 431, 501 and 505
	refusalHeaders = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
	// of 417, to an Expect other than 100-continue
	expectationHeaders = "\r\nConnection: close\r\nDate: "
	// to a client that speaks no TLS where TLS is spoken
	notTLS = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
)

// parseRefusal reads what net/http writes to refuse a request. TestRefusalsAreJSON
// fails where another version of Go writes another text.
func parseRefusal(text []byte) (refused refusal, found bool) {
	const begin, statusEnd = "HTTP/1.", len("HTTP/1.1 400")
	if !hasPrefix(text, begin) {
		return refusal{}, false
	}
	end := bytes.IndexByte(text, '\r')
	if end < statusEnd {
		return refusal{}, false
	}
	rest := text[end:]
	switch {
	case hasPrefix(rest, refusalHeaders):
		status := string(text[statusEnd-3 : statusEnd])
		refused.detail = strings.TrimPrefix(string(rest[len(refusalHeaders):]), status+" ")
		if refused.status, _ = strconv.Atoi(status); refused.status >= http.StatusInternalServerError {
			refused.status = http.StatusBadRequest
		}
	case hasPrefix(rest, expectationHeaders):
		refused.status = http.StatusExpectationFailed // nothing else begins so
		refused.detail = http.StatusText(refused.status)
		refused.bodyless = !bytes.Contains(rest, []byte("\r\nContent-Length:"))
	case string(text) == notTLS:
		refused.status = http.StatusBadRequest
		refused.detail = "This server speaks HTTPS on this port."
	}
	return refused, http.StatusText(refused.status) != ""
}

func hasPrefix(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && string(text[:len(prefix)]) == prefix
}

// answer returns the refusal as it goes over the wire.
func (r refusal) answer(requestID string, now time.Time) []byte {
	body := appendBody(nil, detail{r.detail}, 0)
	answer := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	for _, header := range &safety {
		answer = fmt.Appendf(answer, "%s: %s\r\n", header.name, header.value)
	}
	if r.retryAfter > 0 {
		answer = fmt.Appendf(answer, "Retry-After: %d\r\n", r.retryAfter)
	}
	answer = fmt.Appendf(answer, "%s: %s\r\nDate: %s\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		requestIDHeader, requestID, now.UTC().Format(http.TimeFormat), jsonType, len(body))
	if r.bodyless {
		return answer
	}
	return append(answer, body...)
}
