package admin_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// readable returns U+FFFD for what XML cannot hold, as browsers show it.
func readable(r rune) rune {
	if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0xfffe || r == 0xffff {
		return '\ufffd'
	}
	return r
}

// node is an element of a page.
type node struct {
	name     string
	attr     map[string]string
	parent   *node
	children []*node
	words    []string // the text in it, each with how many children stand before it
	before   []int
}

// void are the elements that have no end.
var void = []string{"meta", "link", "input", "br", "hr", "img"}

// parse reads a page, and fails where an element is not closed or an attribute comes twice: the templates
// write HTML that is also nearly XML.
func parse(tb testing.TB, where, text string) *node {
	tb.Helper()
	decoder := xml.NewDecoder(strings.NewReader(strings.Map(readable, text)))
	decoder.Strict, decoder.Entity = false, xml.HTMLEntity
	root := &node{}
	at := root
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			tb.Fatalf("%s: %v in %s", where, err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			child := &node{name: token.Name.Local, attr: map[string]string{}, parent: at}
			for _, attr := range token.Attr {
				if _, twice := child.attr[attr.Name.Local]; twice {
					tb.Errorf("%s: <%s> has %s twice", where, child.name, attr.Name.Local)
				}
				child.attr[attr.Name.Local] = attr.Value
			}
			at.children = append(at.children, child)
			if !slices.Contains(void, child.name) {
				at = child
			}
		case xml.EndElement:
			if token.Name.Local != at.name {
				tb.Fatalf("%s: </%s> closes <%s> in %s", where, token.Name.Local, at.name, text)
			}
			at = at.parent
		case xml.CharData:
			at.words, at.before = append(at.words, string(token)), append(at.before, len(at.children))
		}
	}
	if at != root {
		tb.Fatalf("%s: <%s> is not closed", where, at.name)
	}
	return root
}

// text returns all text in the element, with one space where there is white space.
func (n *node) text() string {
	var text strings.Builder
	n.write(&text)
	return strings.Join(strings.Fields(text.String()), " ")
}

func (n *node) write(text *strings.Builder) {
	word := 0
	for i := range len(n.children) + 1 {
		for ; word < len(n.words) && n.before[word] <= i; word++ {
			text.WriteString(n.words[word])
		}
		if i < len(n.children) {
			n.children[i].write(text)
		}
	}
}

// all returns the elements of a name, or all for "".
func (n *node) all(name string) []*node {
	var found []*node
	for _, child := range n.children {
		if name == "" || child.name == name {
			found = append(found, child)
		}
		found = append(found, child.all(name)...)
	}
	return found
}

// field returns the first control of a name, or nil.
func (n *node) field(name string) *node {
	for _, control := range n.all("") {
		if slices.Contains([]string{"input", "select", "button"}, control.name) && control.attr["name"] == name {
			return control
		}
	}
	return nil
}

// hidden returns the fields of a form that nobody sees.
func (n *node) hidden() []string {
	var fields []string
	for _, input := range n.all("input") {
		if input.attr["type"] == "hidden" {
			fields = append(fields, input.attr["name"], input.attr["value"])
		}
	}
	return fields
}

// link returns where the link with a text, or a label, leads; "" where there is none.
func (n *node) link(text string) string {
	for _, a := range n.all("a") {
		if a.text() == text || a.attr["aria-label"] == text {
			return a.attr["href"]
		}
	}
	return ""
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// checkHeader checks what holds of every answer.
func checkHeader(tb testing.TB, where string, a answer) {
	tb.Helper()
	if got := a.header.Get("Content-Security-Policy"); got != policy {
		tb.Errorf("%s: Content-Security-Policy %q, want %q: nothing inline, nothing framed", where, got, policy)
	}
	if strings.Contains(where, " /admin/static/") && a.status == http.StatusOK {
		return
	}
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		tb.Errorf("%s: Cache-Control %q, want no-store: it tells of persons", where, got)
	}
	if got := a.header.Get("Vary"); !strings.Contains(got, "Cookie") || !strings.Contains(got, "HX-Request") {
		tb.Errorf("%s: Vary %q: what comes depends on the cookie, and on who asks for a part", where, got)
	}
}

// checkMarkup checks what holds of every page and of every part of one.
func checkMarkup(tb testing.TB, where string, page *node) {
	tb.Helper()
	ids := map[string]bool{}
	for _, n := range page.all("") {
		if id := n.attr["id"]; id != "" {
			if ids[id] {
				tb.Errorf("%s: two elements have the id %q", where, id)
			}
			ids[id] = true
		}
	}
	for _, n := range page.all("") {
		checkElement(tb, where, n)
		for _, id := range append(strings.Fields(n.attr["aria-describedby"]), strings.Fields(n.attr["for"])...) {
			if !ids[id] {
				tb.Errorf("%s: <%s> points to %q, which is not there", where, n.name, id)
			}
		}
		if !isLabeled(page, n) {
			tb.Errorf("%s: <%s name=%q> has no label", where, n.name, n.attr["name"])
		}
	}
}

// checkElement checks that an element runs nothing and leads nowhere else.
func checkElement(tb testing.TB, where string, n *node) {
	tb.Helper()
	if n.name == "style" || n.name == "iframe" || n.name == "object" || n.name == "base" {
		tb.Errorf("%s: there is a <%s>", where, n.name)
	}
	if n.name == "script" && (!strings.HasPrefix(n.attr["src"], "/admin/static/") || n.text() != "") {
		tb.Errorf("%s: a script that is no file of ours: %v %s", where, n.attr, n.text())
	}
	for name, value := range n.attr {
		if name == "style" || strings.HasPrefix(name, "on") || strings.HasPrefix(name, "hx-on") || name == "hx-vals" || name == "srcdoc" {
			tb.Errorf("%s: <%s %s=%q>", where, n.name, name, value)
		}
		leads := slices.Contains([]string{"href", "src", "action", "formaction", "hx-get", "hx-post"}, name)
		if leads && value != "#main" && (!strings.HasPrefix(value, "/") || strings.HasPrefix(value, "//")) {
			tb.Errorf("%s: <%s %s=%q> leads out of here", where, n.name, name, value)
		}
	}
	if n.name == "form" {
		if method := n.attr["method"]; method != "get" && method != "post" {
			tb.Errorf("%s: a form with the method %q", where, method)
		}
		for outer := n.parent; outer != nil; outer = outer.parent {
			if outer.name == "form" {
				tb.Errorf("%s: a form in a form", where)
			}
		}
	}
}

// isLabeled tells whether people who do not see a control are told what it is for.
func isLabeled(page, n *node) bool {
	switch n.name {
	case "input", "select", "textarea":
	case "button":
		return n.text() != "" || n.attr["aria-label"] != ""
	default:
		return true
	}
	if n.attr["type"] == "hidden" || n.attr["aria-label"] != "" {
		return true
	}
	for outer := n.parent; outer != nil; outer = outer.parent {
		if outer.name == "label" {
			return true
		}
	}
	return slices.ContainsFunc(page.all("label"), func(label *node) bool {
		return n.attr["id"] != "" && label.attr["for"] == n.attr["id"] && label.text() != ""
	})
}

// checkWhole checks what a whole page has.
func checkWhole(tb testing.TB, where string, page *node) {
	tb.Helper()
	if html := page.all("html"); len(html) != 1 || html[0].attr["lang"] != "en" {
		tb.Errorf("%s: the page does not say in which language it is", where)
	}
	if titles := page.all("head")[0].all("title"); len(titles) != 1 || titles[0].text() == "" {
		tb.Errorf("%s: the page has no title", where)
	}
	if h1 := page.all("h1"); len(h1) != 1 || h1[0].text() == "" {
		tb.Errorf("%s: there are %d h1, want one that says something", where, len(h1))
	}
	if main := page.all("main"); len(main) != 1 {
		tb.Errorf("%s: there are %d main, want one", where, len(main))
	}
}
