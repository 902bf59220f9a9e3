package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// reply is an answer that is not on the wire yet. A nil body is an empty one.
type reply struct {
	status     int
	body       any
	retryAfter int // seconds; 0 sends no Retry-After
}

// ok is the answer 200 with a body.
func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

// write sends the answer, its JSON indented by so many spaces where indent is
// not 0. The length is always told, so that HEAD tells it too.
func (a reply) write(w http.ResponseWriter, indent int) {
	if a.retryAfter > 0 {
		setHeader(w, "Retry-After", strconv.Itoa(a.retryAfter))
	}
	if a.body == nil {
		if a.status != http.StatusNoContent {
			setHeader(w, "Content-Length", "0")
		}
		w.WriteHeader(a.status)
		return
	}
	a.send(w, encode(a.body, indent))
}

// send sends the answer with its body as JSON text.
func (a reply) send(w http.ResponseWriter, text []byte) {
	setHeader(w, "Content-Type", jsonType)
	setHeader(w, "Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(a.status)
	_, _ = w.Write(text) // a client that has gone needs no answer
}

// encode returns body as JSON with unicode as it is, as REST framework sends it.
func encode(body any, indent int) []byte {
	if quick, ok := body.(jsonAppender); ok && indent == 0 {
		return quick.appendJSON(nil)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", strings.Repeat(" ", indent))
	if err := encoder.Encode(body); err != nil {
		panic(err) // only the wire types of this package come here
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
