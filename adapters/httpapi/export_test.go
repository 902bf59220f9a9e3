package httpapi

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"

	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Encode returns a page of persons as it goes over the wire.
func Encode(page domain.Page, next, previous *string) []byte {
	return appendBody(nil, toWirePage(page, next, previous), 0)
}

// EncodeByReflection is Encode by encoding/json.
func EncodeByReflection(page domain.Page, next, previous *string) []byte {
	type plain wirePage // without appendJSON
	return appendBody(nil, plain(toWirePage(page, next, previous)), 0)
}

// EncodeSlice returns a slice of the list as it goes over the wire.
func EncodeSlice(slice domain.Slice, next, previous *string) []byte {
	return appendBody(nil, toWireSlice(slice, next, previous), 0)
}

// EncodeSliceByReflection is EncodeSlice by encoding/json.
func EncodeSliceByReflection(slice domain.Slice, next, previous *string) []byte {
	type plain wireSlice // without appendJSON
	return appendBody(nil, plain(toWireSlice(slice, next, previous)), 0)
}

// EncodeBatch returns persons as they go over the wire when they have been saved together.
func EncodeBatch(persons []domain.Person) []byte {
	return appendBody(nil, wirePersons(toWirePersons(persons)), 0)
}

// EncodeBatchByReflection is EncodeBatch by encoding/json.
func EncodeBatchByReflection(persons []domain.Person) []byte {
	return appendBody(nil, toWirePersons(persons), 0)
}

// ClientOf returns the address of the client that sent a request.
func ClientOf(r *http.Request, trusted []netip.Prefix) string {
	client, _ := proxies(trusted).client(r)
	return client
}

// TagOf returns the entity tag of a representation.
func TagOf(representation []byte) string { return tagOf(representation) }

// IsRefusal tells whether a Listener takes what is written for a refusal of net/http.
func IsRefusal(text []byte) bool {
	_, found := parseRefusal(text)
	return found
}

// ParseJSON returns the members of an object: texts as they are, numbers as their
// literals, and of anything else the character with which it begins.
func ParseJSON(text []byte) (members map[string]string, isObject bool, err error) {
	fields, _, err := parseJSON(text, defaultMaxJSONDepth, func(string) bool { return true })
	if err != nil || fields == nil {
		return nil, false, err
	}
	members = map[string]string{}
	for name, field := range fields {
		switch field.kind {
		case kindNull:
			members[name] = "n"
		case kindBool:
			members[name] = field.text
		case kindList:
			members[name] = "["
		case kindObject:
			members[name] = "{"
		default:
			members[name] = field.text
		}
	}
	return members, true, nil
}

// BodyFields returns the names of the fields that are kept of a body.
func BodyFields(r *http.Request) ([]string, error) {
	given, err := (&api{maxBodyBytes: 1 << 20, maxJSONDepth: defaultMaxJSONDepth}).parseBody(r)
	return slices.Sorted(maps.Keys(given.fields)), err
}

// ParseForm returns the fields of a urlencoded body.
func ParseForm(text string) map[string]string {
	return texts(parseForm(text, func(text string) string { return text }, func(string) bool { return true }))
}

// ParseMultipart returns the fields of a multipart body.
func ParseMultipart(text []byte, boundary string) map[string]string {
	return texts(parseMultipart(text, boundary, func(text string) string { return text }))
}

func texts(fields map[string]value) map[string]string {
	texts := map[string]string{}
	for name, field := range fields {
		texts[name] = field.text
	}
	return texts
}

// ParseMediaType returns the parts of a media type.
func ParseMediaType(text string) (main, sub string, params map[string]string) {
	media := parseMediaType(text)
	return media.main, media.sub, media.params
}

// Decode returns the text in UTF-8.
func Decode(charset, text string) string { return toUTF8(charset)(text) }

// HostAllowed tells whether a Host header is served.
func HostAllowed(header string, allowed []string) bool { return hostAllowed(header, allowed) }

// ParseInt reads a whole number.
func ParseInt(text string) (int64, error) { return pynumber.ParseInt(text) }
