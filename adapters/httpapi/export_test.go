package httpapi

import "github.com/seed-bbcc19ba/roster/domain"

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

// TagOf returns the entity tag of a representation.
func TagOf(representation []byte) string { return tagOf(representation) }

// IsRefusal tells whether a Listener takes what is written for a refusal of net/http.
func IsRefusal(text []byte) bool {
	_, found := parseRefusal(text)
	return found
}
