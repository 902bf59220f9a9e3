package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// tagOf returns the strong entity tag of a representation (RFC 9110, section
// 8.8.3): 128 bits of its SHA-256. It hangs on the bytes alone, so it outlives a
// restart and is the same in every process; JSON that is indented has another one.
func tagOf(representation []byte) string {
	const half = sha256.Size / 2
	sum := sha256.Sum256(representation)
	var tag [24]byte // 22 characters for 16 bytes, in quotes
	tag[0], tag[len(tag)-1] = '"', '"'
	base64.RawURLEncoding.Encode(tag[1:], sum[:half])
	return string(tag[:])
}

// writeConditionally sends an answer with its entity tag; or 304 without a body when
// the client has it already, as If-None-Match says (RFC 9110, section 13.1.2); or 412
// when the client wants another one, as If-Match says (section 13.1.1), in the words of
// unmatched. It is only for what GET and HEAD answer with 200.
func (a reply) writeConditionally(w http.ResponseWriter, header http.Header, indent int, unmatched string) {
	text := a.encode(indent)
	tag := tagOf(text.bytes)
	if ifMatch := header["If-Match"]; len(ifMatch) > 0 && !names(ifMatch, strong, tag) {
		text.release()
		writeError(w, http.StatusPreconditionFailed, detail{unmatched})
		return
	}
	setHeader(w, "Etag", tag)
	if names(header["If-None-Match"], weak, tag) {
		text.release()
		w.WriteHeader(http.StatusNotModified)
		return
	}
	setHeaders(w, a.headers)
	a.send(w, text)
}

// conditionsOf returns what If-Match and If-None-Match want of a person who is about
// to be changed. A client may have read the person with any indentation.
func conditionsOf(r *http.Request) []domain.Condition {
	var conditions []domain.Condition
	if ifMatch := r.Header["If-Match"]; len(ifMatch) > 0 {
		conditions = append(conditions, func(current domain.Person) bool { return namesPerson(ifMatch, current, strong) })
	}
	if ifNoneMatch := r.Header["If-None-Match"]; len(ifNoneMatch) > 0 {
		conditions = append(conditions, func(current domain.Person) bool { return !namesPerson(ifNoneMatch, current, weak) })
	}
	return conditions
}

// namesPerson tells whether a header names the tag of any representation of a person.
func namesPerson(header []string, person domain.Person, how comparison) bool {
	var tags [maxIndent + 1]string
	for indent := range tags {
		tags[indent] = tagOf(appendBody(nil, toWire(person), indent))
	}
	return names(header, how, tags[:]...)
}

// comparison is how entity tags are compared (RFC 9110, section 8.8.3.2).
type comparison bool

const (
	weak   comparison = false
	strong comparison = true // a tag with W/ equals none
)

// names tells whether a header names one of the tags, or is "*". As in Django, what is no
// entity tag is passed over and the others count: a tag is nobody's by accident. Who
// is not understood gets the whole answer, and changes nothing.
func names(header []string, how comparison, tags ...string) bool {
	if len(header) == 0 {
		return false
	}
	list := strings.Join(header, ",")
	if strings.Trim(list, " \t") == "*" {
		return true
	}
	for list != "" {
		var (
			given  string
			isWeak bool
		)
		given, isWeak, list = cutTag(list)
		if (!isWeak || how == weak) && slices.Contains(tags, given) {
			return true
		}
	}
	return false
}

// cutTag cuts the first member off a list of entity tags and returns it with its
// quotes, and whether W/ stands before it. It is "" where the member is no tag; that
// ends at the next comma.
func cutTag(list string) (tag string, isWeak bool, rest string) {
	list = strings.TrimLeft(list, " \t")
	opaque, isWeak := strings.CutPrefix(list, "W/")
	if length := opaqueLength(opaque); length > 0 {
		rest = strings.TrimLeft(opaque[length:], " \t")
		if rest == "" || rest[0] == ',' {
			return opaque[:length], isWeak, strings.TrimPrefix(rest, ",")
		}
	}
	_, rest, _ = strings.Cut(list, ",")
	return "", false, rest
}

// opaqueLength returns how long the quoted text is with which text begins, or 0
// where it begins with none. Commas may stand in it, spaces and controls may not.
func opaqueLength(text string) int {
	if !strings.HasPrefix(text, `"`) {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c <= ' ' || c == 0x7f:
			return 0
		}
	}
	return 0
}
