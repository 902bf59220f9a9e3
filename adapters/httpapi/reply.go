package httpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// reply is an answer that is not on the wire yet. A nil body is an empty one.
type reply struct {
	status      int
	body        any
	contentType string      // of the body; "" is jsonType
	headers     [][2]string // names in canonical form, and values
	stream      *stream     // in place of a body; nil is none
	location    string      // "" sends no Location
	retryAfter  int         // seconds; 0 sends no Retry-After
	challenge   []string    // the values of WWW-Authenticate; nil sends none
	unread      bool        // some of the request's body has not been read
}

// plainText is a body that is not JSON.
type plainText string

// ok is the answer 200 with a body.
func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

// write sends the answer, its JSON indented by so many spaces where indent is
// not 0. The length is always told, so that HEAD tells it too.
func (a reply) write(w http.ResponseWriter, indent int) {
	if a.unread {
		// With this net/http answers first and reads on for a moment; else it would first
		// wait for the rest.
		setHeader(w, "Connection", "close")
	}
	if a.retryAfter > 0 {
		setHeader(w, "Retry-After", strconv.Itoa(a.retryAfter))
	}
	if a.challenge != nil {
		w.Header()["Www-Authenticate"] = a.challenge
	}
	if a.location != "" {
		setHeader(w, "Location", a.location)
	}
	setHeaders(w, a.headers)
	if a.stream != nil {
		a.sendStream(w)
		return
	}
	if a.body == nil {
		if a.status != http.StatusNoContent {
			setHeader(w, "Content-Length", "0")
		}
		w.WriteHeader(a.status)
		return
	}
	a.send(w, a.encode(indent))
}

// encode returns the body as JSON text, which goes to send or release.
func (a reply) encode(indent int) *jsonText {
	text, _ := jsonTexts.Get().(*jsonText) // the pool holds nothing else, and nothing at first
	if text == nil {
		text = new(jsonText)
	}
	text.bytes = appendBody(text.bytes[:0], a.body, indent)
	return text
}

// jsonText is a body on its way. Its memory is used again.
type jsonText struct{ bytes []byte }

var jsonTexts sync.Pool

// maxKept is the greatest body whose memory is kept, so that one large answer does
// not cost memory for ever.
const maxKept = 64 << 10

// release gives the memory back.
func (t *jsonText) release() {
	if cap(t.bytes) <= maxKept {
		jsonTexts.Put(t)
	}
}

// send sends the answer with its body as JSON text, which it releases. A writer that
// fails may still read what it was given (that of HTTP/2 may), so that is not used again.
func (a reply) send(w http.ResponseWriter, text *jsonText) {
	end, counted := countAnswer(w, len(text.bytes))
	if !counted {
		text.release()
		return
	}
	defer end()
	setHeader(w, "Content-Type", cmp.Or(a.contentType, jsonType))
	setHeader(w, "Content-Length", strconv.Itoa(len(text.bytes)))
	w.WriteHeader(a.status)
	if _, err := w.Write(text.bytes); err == nil { // a client that has gone needs no answer
		text.release()
	}
}

// appendBody appends body, as JSON with unicode as it is, as REST framework sends it, where it is no plain text.
func appendBody(text []byte, body any, indent int) []byte {
	if plain, isPlain := body.(plainText); isPlain {
		return append(text, plain...)
	}
	if quick, ok := body.(jsonAppender); ok && indent == 0 {
		return quick.appendJSON(text)
	}
	buffer := bytes.NewBuffer(text)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", strings.Repeat(" ", indent))
	if err := encoder.Encode(body); err != nil {
		panic(err) // only the wire types of this package come here
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}
