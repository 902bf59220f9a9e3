package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/httpapi/apitest"
)

// checker holds every request and answer of this package's tests to the description.
var checker = sync.OnceValue(func() *apitest.Checker {
	checker, err := apitest.New(httpapi.Description())
	if err != nil {
		panic(err)
	}
	return checker
})

// described returns the handler, which then fails the test where an exchange is not as described. Benchmarks measure
// the handler itself, what fuzzing sends is not only HTTP, and with -update the description is only being written.
func described(tb testing.TB, handler http.Handler) http.Handler {
	tb.Helper()
	if _, isTest := tb.(*testing.T); !isTest || *update {
		return handler
	}
	return checker().Handler(tb, handler)
}

func TestTheDescriptionIsOpenAPI(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromData(httpapi.Description())
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if !document.IsOpenAPI31OrLater() {
		t.Errorf("got the version %s, want 3.1", document.OpenAPI)
	}
}

// With -update the examples are recorded anew, and then openapi.json is written.
func TestTheDescriptionIsTheSameInJSON(t *testing.T) {
	t.Parallel()
	if !*update && !bytes.Equal(httpapi.Description(), descriptionAsJSON(t)) {
		t.Error("openapi.json is not what openapi.yaml says: go test ./adapters/httpapi -run Description -update writes it anew")
	}
}

func writeDescriptionAsJSON(t *testing.T) {
	t.Helper()
	if err := os.WriteFile("openapi.json", descriptionAsJSON(t), 0o600); err != nil {
		t.Fatal(err)
	}
}

// descriptionAsJSON returns in JSON what openapi.yaml says.
func descriptionAsJSON(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var compact, indented bytes.Buffer
	if err := writeJSON(&compact, document.Content[0]); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&indented, compact.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	return append(indented.Bytes(), '\n')
}

// writeJSON writes what YAML says, in its order.
func writeJSON(out *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(node.Content); i += 2 {
			out.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
			name, err := json.Marshal(node.Content[i].Value)
			if err != nil {
				return err
			}
			out.Write(append(name, ':'))
			if err := writeJSON(out, node.Content[i+1]); err != nil {
				return err
			}
		}
		out.WriteString(map[bool]string{true: "{}", false: "}"}[len(node.Content) == 0])
	case yaml.SequenceNode:
		for i, item := range node.Content {
			out.WriteString(map[bool]string{true: "[", false: ","}[i == 0])
			if err := writeJSON(out, item); err != nil {
				return err
			}
		}
		out.WriteString(map[bool]string{true: "[]", false: "]"}[len(node.Content) == 0])
	case yaml.ScalarNode:
		var value any
		if err := node.Decode(&value); err != nil {
			return err
		}
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(value)
	default:
		return fmt.Errorf("line %d: anchors and aliases are not used here", node.Line)
	}
	return nil
}

// Every method of every route is described, with HEAD beside GET, and nothing else is. It reads what is written by hand,
// so that a change of it is seen at once.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromData(descriptionAsJSON(t))
	if err != nil {
		t.Fatal(err)
	}
	described, served := map[string]bool{}, map[string]bool{}
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			if method != http.MethodOptions {
				described[method+" "+path] = true
			}
		}
	}
	for _, route := range httpapi.Routes() {
		served[route.Method+" "+route.Path] = true
		if route.Method == http.MethodGet {
			served[http.MethodHead+" "+route.Path] = true
		}
	}
	const mend = "mend openapi.yaml, then: go test ./adapters/httpapi -run Description -update"
	for _, operation := range slices.Sorted(maps.Keys(served)) {
		if !described[operation] {
			t.Errorf("%s: got it not described, want each that is served to be: %s", operation, mend)
		}
	}
	for _, operation := range slices.Sorted(maps.Keys(described)) {
		if !served[operation] {
			t.Errorf("%s: got it described, want none that is not served: %s", operation, mend)
		}
	}
}
