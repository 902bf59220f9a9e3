package fetchertest

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// upstream starts a server that lives as long as the test, and returns its URL.
// A handler that waits also waits for the end of its request's ctx.
func upstream(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// sends answers with 200, a content type (none where it is "") and a body.
func sends(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		setContentType(w, contentType)
		fmt.Fprint(w, body)
	}
}

// sendsJSON answers with 200 and a body of the media type application/json.
func sendsJSON(body string) http.HandlerFunc { return sends("application/json", body) }

// sendsGzip answers as sendsJSON does, compressed if the client says it can read that.
func sendsGzip(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		setContentType(w, "application/json")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			fmt.Fprint(w, body)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		fmt.Fprint(compressed, body)
		_ = compressed.Close() // a client that has gone is no matter
	}
}

func setContentType(w http.ResponseWriter, contentType string) {
	if contentType == "" {
		w.Header()["Content-Type"] = nil // else the server guesses one
		return
	}
	w.Header().Set("Content-Type", contentType)
}

// sendsRaw writes bytes to the connection as they are and closes it.
func sendsRaw(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		fmt.Fprint(connection, answer)
		_ = connection.Close() // a client that has gone is no matter
	}
}

// silent never answers.
func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// sendsThenStops answers with the beginning of a JSON document and leaves it at that.
func sendsThenStops(beginning string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sendsJSON(beginning)(w, r)
		flush(w)
		<-r.Context().Done()
	}
}

// flush sends what was written so far. A connection that is gone is no matter here.
func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }
