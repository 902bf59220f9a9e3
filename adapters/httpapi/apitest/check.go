package apitest

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// transported are the headers of an answer that net/http and HTTP itself need; the type of a body stands with the body.
var transported = []string{"Connection", "Content-Length", "Content-Type", "Date", "Trailer", "Transfer-Encoding"}

// statusClientGone is what is answered to a client that has gone.
const statusClientGone = 499

// isOutside tells whether the exchange is none of the API's.
func (e Exchange) isOutside() bool {
	path := e.Request.URL.Path
	isPage := path == "/" && !strings.HasPrefix(e.Header.Get("Content-Type"), "application/json")
	return e.Status == statusClientGone || path == "/admin" || strings.HasPrefix(path, "/admin/") || isPage && e.Status == http.StatusOK
}

// Check returns how an exchange differs from the description; nil where it does not. A request that is answered by 2xx
// must be as described too.
func (c *Checker) Check(e Exchange) (differences []string) {
	if e.isOutside() {
		return nil
	}
	return c.checkAt(c.find(e), e)
}

// CheckUnreadable is Check for what is answered to somebody who sent no request that HTTP knows, or found no room on the
// server. Only the method of it is known, if any is.
func (c *Checker) CheckUnreadable(method string, e Exchange) (differences []string) {
	e.Request = &http.Request{Method: method}
	return c.checkAt(c.findElsewhere(unreadable), e)
}

func (c *Checker) checkAt(at found, e Exchange) (differences []string) {
	status := strconv.Itoa(e.Status)
	response := at.responses.member(status)
	c.count(promise(at.of, status))
	if !response.exists() {
		return []string{fmt.Sprintf("the status %s of %s is not described; the body is %.300s", status, at.of, e.Body)}
	}
	differences = append(c.checkHeaders(e, response), c.checkBody(e, response)...)
	if e.Status < http.StatusMultipleChoices && at.operation.exists() {
		differences = append(differences, c.checkRequest(e, at)...)
	}
	return differences
}

func (c *Checker) count(promise string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.met[promise]++
	c.checked++
}

// headers are those that an answer may have: their schemas, and which of them it must have.
type headers struct {
	schemas  map[string]node
	required []string
}

// add adds the members of an object, in place of those of the same names. They are required where they say so, or all are.
func (h *headers) add(described node, all bool) {
	for _, name := range described.names() {
		header := described.member(name)
		name = http.CanonicalHeaderKey(name)
		h.schemas[name] = header.member("schema")
		if all || header.member("required").isTrue() {
			h.required = append(h.required, name)
		}
	}
}

// headersOf returns the headers of a response, with those of every answer.
func (c *Checker) headersOf(response node) headers {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, found := c.headers[response.pointer]
	if !found {
		known = headers{schemas: map[string]node{}}
		known.add(c.root.member(everyAnswer).member("optional"), false)
		known.add(c.root.member(everyAnswer).member("required"), true)
		known.add(response.member("headers"), false)
		c.headers[response.pointer] = known
	}
	return known
}

// checkHeaders holds the answer's headers to those of a response.
func (c *Checker) checkHeaders(e Exchange, response node) (differences []string) {
	known := c.headersOf(response)
	for _, name := range known.required {
		if len(e.Header[name]) == 0 {
			differences = append(differences, "the header "+name+" is missing")
		}
	}
	for name, values := range e.Header {
		schema, isDescribed := known.schemas[name]
		switch {
		case isDescribed:
			if wrong := c.validate(schema, strings.Join(values, ", ")); wrong != "" {
				differences = append(differences, "the header "+name+": "+wrong)
			}
		case !slices.Contains(transported, name):
			differences = append(differences, "the header "+name+" is not described")
		}
	}
	slices.Sort(differences)
	return differences
}

// checkBody holds the answer's body to that of a response. The answer to HEAD has the type of one, and none.
func (c *Checker) checkBody(e Exchange, response node) []string {
	contentType := e.Header.Get("Content-Type")
	isHead := strings.EqualFold(e.Request.Method, http.MethodHead)
	content := response.member("content")
	if !content.exists() {
		if contentType != "" || len(e.Body) > 0 {
			return []string{fmt.Sprintf("no body is described, and there is one of the type %q: %.300s", contentType, e.Body)}
		}
		return nil
	}
	mediaType, _, _ := mime.ParseMediaType(contentType)
	media := content.member(mediaType)
	if !media.exists() {
		return []string{fmt.Sprintf("a body of the type %q is not described: %.300s", contentType, e.Body)}
	}
	if isHead || e.Header.Get("Content-Encoding") != "" {
		return nil
	}
	value, err := valueOf(mediaType, e.Body)
	if err != nil {
		return []string{fmt.Sprintf("the body is no %s: %s: %.300s", mediaType, err, e.Body)}
	}
	if wrong := c.validate(media.member("schema"), value); wrong != "" {
		return []string{"the body " + wrong}
	}
	return nil
}

// valueOf returns a body as a schema sees it.
func valueOf(mediaType string, body []byte) (any, error) {
	if mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") {
		return jsonschema.UnmarshalJSON(bytes.NewReader(body))
	}
	return string(body), nil
}
