// Package apitest holds requests and answers to the description of the API, so that neither says what the other
// does not. Whoever puts something around the API's handler, or another server in its place, can have it checked too:
//
//	checker, err := apitest.New(httpapi.Description())
//	server := httptest.NewServer(checker.Handler(t, handler))
package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Checker holds exchanges to a description. Many may use one at once.
type Checker struct {
	root  node
	paths []path

	mu       sync.Mutex // guards what follows
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
	met      map[string]int // how often each promise was kept
	checked  int
	headers  map[string]headers // of each response, by its pointer
}

// New returns a checker by a description in JSON. The error tells what in it is no OpenAPI, as far as the checker reads it.
func New(description []byte) (*Checker, error) {
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(description))
	if err != nil {
		return nil, err
	}
	c := &Checker{
		root: node{root: whole, value: whole}, compiler: jsonschema.NewCompiler(),
		schemas: map[string]*jsonschema.Schema{}, met: map[string]int{}, headers: map[string]headers{},
	}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(documentURL, whole); err != nil {
		return nil, err
	}
	c.paths, err = pathsOf(c.root)
	return c, err
}

// Checked returns how many exchanges were checked.
func (c *Checker) Checked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.checked
}

// Promises returns every answer that the description promises, such as "GET /api/v1/persons/ 200" or
// "x-elsewhere other-path 404".
func (c *Checker) Promises() []string {
	var promises []string
	promiseAll := func(of string, responses node) {
		for _, status := range responses.names() {
			promises = append(promises, promise(of, status))
		}
	}
	for i := range c.paths {
		for _, method := range methods {
			promiseAll(method+" "+c.paths[i].template, c.paths[i].operation(method).member("responses"))
		}
	}
	for _, where := range c.root.member(elsewhere).names() {
		promiseAll(elsewhere+" "+where, c.root.member(elsewhere).member(where).member("responses"))
	}
	return promises
}

// Unmet returns the promises that no exchange has kept.
func (c *Checker) Unmet() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(c.Promises(), func(promise string) bool { return c.met[promise] > 0 })
}

func promise(of, status string) string { return of + " " + status }

// Handler returns a handler around another one that fails the test where an exchange is not as described. What is no
// part of the API is passed on without a look: paths below /admin/, and / where it is answered by other than JSON; so is
// an answer that was broken off, and 499, which nobody reads.
func (c *Checker) Handler(tb testing.TB, handler http.Handler) http.Handler {
	tb.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded, sent := record(w, r)
		handler.ServeHTTP(recorded, sent) // a panic breaks the answer off
		if differences := c.Check(recorded.exchange()); len(differences) > 0 {
			tb.Errorf("%s %s is answered by %d, and not as it is described:\n\t%s", r.Method, r.URL, recorded.status, strings.Join(differences, "\n\t"))
		}
	})
}

// validate returns what is wrong with a value by a schema of the description; "" where nothing is.
func (c *Checker) validate(schema node, value any) string {
	compiled, err := c.compile(schema.pointer)
	if err != nil {
		return err.Error()
	}
	err = compiled.Validate(value)
	if err == nil {
		return ""
	}
	text, _ := json.Marshal(value)
	_, causes, _ := strings.Cut(err.Error(), "\n")
	return fmt.Sprintf("%.300s: %s", text, strings.Join(strings.Fields(causes), " "))
}

// compile returns the schema that a pointer leads to. To make one takes a millisecond.
func (c *Checker) compile(pointer string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if schema, found := c.schemas[pointer]; found {
		return schema, nil
	}
	schema, err := c.compiler.Compile(documentURL + "#" + pointer)
	if err == nil {
		c.schemas[pointer] = schema
	}
	return schema, err
}
