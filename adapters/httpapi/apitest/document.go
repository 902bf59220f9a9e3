package apitest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// documentURL is by what the schemas of the description know one another.
const documentURL = "https://roster.example/openapi.json"

// node is a value within the description. One that is not there is nil.
type node struct {
	root, value any
	pointer     string
}

// member returns a member of an object, or what its $ref leads to.
func (n node) member(name string) node {
	object, _ := n.value.(map[string]any)
	return node{n.root, object[name], n.pointer + "/" + escaping.Replace(name)}.followed()
}

// followed returns what a $ref leads to, and any other node as it is.
func (n node) followed() node {
	object, _ := n.value.(map[string]any)
	target, isRef := object["$ref"].(string)
	if !isRef {
		return n
	}
	at := node{root: n.root, value: n.root}
	for part := range strings.SplitSeq(strings.TrimPrefix(target, "#/"), "/") {
		at = at.member(unescaping.Replace(part))
	}
	return at
}

// exists tells whether the description has it.
func (n node) exists() bool { return n.value != nil }

// names returns those of an object's members, sorted.
func (n node) names() []string {
	object, _ := n.value.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

// items returns the members of a list, or what their $refs lead to.
func (n node) items() []node {
	list, _ := n.value.([]any)
	items := make([]node, len(list))
	for i, item := range list {
		items[i] = node{n.root, item, n.pointer + "/" + strconv.Itoa(i)}.followed()
	}
	return items
}

// text returns a text; "" where it is none.
func (n node) text() string {
	text, _ := n.value.(string)
	return text
}

// isTrue tells whether it is true.
func (n node) isTrue() bool { return n.value == true }

// What stands in a pointer for "~" and "/" (RFC 6901), and in an address for what it cannot have (RFC 3986).
var (
	escaping   = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	unescaping = strings.NewReplacer("~1", "/", "~0", "~")
)
