package apitest

import (
	"bytes"
	"io"
	"net/http"
)

// Exchange is a request and its answer.
type Exchange struct {
	// Request is as it was sent, but for its body.
	Request *http.Request
	// Sent is what of its body the server has read.
	Sent []byte

	Status int
	Header http.Header
	Body   []byte
}

// recorder writes an answer, and keeps what it is.
type recorder struct {
	http.ResponseWriter
	request *http.Request
	sent    bytes.Buffer
	status  int
	header  http.Header // as it was when the answer began
	body    bytes.Buffer
}

// record returns what records the answer to a request, and the request to be served.
func record(w http.ResponseWriter, r *http.Request) (*recorder, *http.Request) {
	recorded := &recorder{ResponseWriter: w, request: r}
	recording := *r
	if r.Body != nil && r.Body != http.NoBody {
		recording.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(r.Body, &recorded.sent), r.Body}
	}
	return recorded, &recording
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK { // those before 200 announce an answer
		r.status, r.header = status, r.Header().Clone()
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(content []byte) (int, error) {
	if r.status == 0 {
		r.status, r.header = http.StatusOK, r.Header().Clone()
	}
	r.body.Write(content)
	return r.ResponseWriter.Write(content)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// exchange returns what was recorded.
func (r *recorder) exchange() Exchange {
	if r.status == 0 { // nothing was written, and net/http will
		r.status, r.header = http.StatusOK, r.Header().Clone()
	}
	return Exchange{Request: r.request, Sent: r.sent.Bytes(), Status: r.status, Header: r.header, Body: r.body.Bytes()}
}
