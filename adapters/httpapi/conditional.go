package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
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

// writeUnlessKnown sends an answer with its entity tag, or 304 without a body when
// ifNoneMatch, the lines of that header, says that the client has it already
// (RFC 9110, section 13.1.2). It is only for what GET and HEAD answer with 200.
func (a reply) writeUnlessKnown(w http.ResponseWriter, ifNoneMatch []string, indent int) {
	text := a.encode(indent)
	tag := tagOf(text.bytes)
	setHeader(w, "Etag", tag)
	if isKnown(tag, ifNoneMatch) {
		text.release()
		w.WriteHeader(http.StatusNotModified)
		return
	}
	a.send(w, text)
}

// isKnown tells whether a header names the tag, by weak comparison, or is "*". As
// in Django, what is no entity tag is passed over and the others count: a tag is
// nobody's by accident, and who is not understood gets the whole answer.
func isKnown(tag string, header []string) bool {
	if len(header) == 0 {
		return false
	}
	list := strings.Join(header, ",")
	if strings.Trim(list, " \t") == "*" {
		return true
	}
	for list != "" {
		var given string
		if given, list = cutTag(list); given == tag {
			return true
		}
	}
	return false
}

// cutTag cuts the first member off a list of entity tags and returns it with its
// quotes, without W/. It is "" where the member is no tag; that ends at the next comma.
func cutTag(list string) (tag, rest string) {
	list = strings.TrimLeft(list, " \t")
	opaque := strings.TrimPrefix(list, "W/")
	if length := opaqueLength(opaque); length > 0 {
		rest = strings.TrimLeft(opaque[length:], " \t")
		if rest == "" || rest[0] == ',' {
			return opaque[:length], strings.TrimPrefix(rest, ",")
		}
	}
	_, rest, _ = strings.Cut(list, ",")
	return "", rest
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
