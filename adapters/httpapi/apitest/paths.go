package apitest

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Members of the description that OpenAPI does not know.
const (
	everyAnswer  = "x-every-answer"
	elsewhere    = "x-elsewhere"
	formatSuffix = "x-format-suffix"
)

// The members of elsewhere.
const (
	preflight   = "preflight"
	otherMethod = "other-method"
	otherPath   = "other-path"
	unreadable  = "unreadable"
)

// methods are those that a path can have.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace,
}

// path is a path of the description.
type path struct {
	node

	template  string
	variables []string // their names in the template
	pattern   *regexp.Regexp
	suffixed  *regexp.Regexp // with a format suffix; nil is none
}

// variable is one in a template.
var variable = regexp.MustCompile(`\{[a-z]+\}`)

// pathsOf returns the paths of a description: those that name more come first.
func pathsOf(root node) ([]path, error) {
	described := root.member("paths")
	var paths []path
	for _, template := range described.names() {
		p := path{node: described.member(template), template: template}
		if err := p.compile(); err != nil {
			return nil, fmt.Errorf("%s: %w", template, err)
		}
		paths = append(paths, p)
	}
	if len(paths) == 0 {
		return nil, errors.New("there are no paths")
	}
	slices.SortStableFunc(paths, func(a, b path) int { return len(a.variables) - len(b.variables) })
	return paths, nil
}

// compile makes the pattern of the addresses that the path has, with those that have a format suffix.
func (p *path) compile() error {
	pattern, err := p.patternOf(p.template)
	if err != nil {
		return err
	}
	p.variables = variablesOf(p.template)
	if suffixed, has := strings.CutSuffix(p.member(formatSuffix).text(), "{format}"); has {
		other, err := p.patternOf(suffixed)
		if err != nil {
			return err
		}
		p.suffixed = regexp.MustCompile("^" + other + "[a-z0-9]+/?$")
	}
	p.pattern, err = regexp.Compile("^" + pattern + "$")
	return err
}

func variablesOf(template string) (names []string) {
	for _, name := range variable.FindAllString(template, -1) {
		names = append(names, strings.Trim(name, "{}"))
	}
	return names
}

// patternOf returns the pattern of a template, by those of its variables.
func (p *path) patternOf(template string) (pattern string, err error) {
	var text strings.Builder
	from := 0
	for _, at := range variable.FindAllStringIndex(template, -1) {
		name := template[at[0]+1 : at[1]-1]
		values := p.parameter("path", name).member("schema").member("pattern").text()
		if values == "" {
			return "", fmt.Errorf("the variable %s has no pattern", name)
		}
		text.WriteString(regexp.QuoteMeta(template[from:at[0]]) + "(" + strings.TrimSuffix(strings.TrimPrefix(values, "^"), "$") + ")")
		from = at[1]
	}
	return text.String() + regexp.QuoteMeta(template[from:]), nil
}

// match returns the values of the path's variables in an address; nil where it is another path's.
func (p *path) match(address string) (values []string) {
	values = p.pattern.FindStringSubmatch(address)
	if values == nil && p.suffixed != nil {
		values = p.suffixed.FindStringSubmatch(address)
	}
	return values
}

// isSuffixed tells whether an address of the path has a format suffix.
func (p *path) isSuffixed(address string) bool {
	return p.suffixed != nil && p.suffixed.MatchString(address) && !p.pattern.MatchString(address)
}

// parameter returns a parameter of all methods of the path.
func (p *path) parameter(in, name string) node {
	for _, parameter := range p.member("parameters").items() {
		if parameter.member("in").text() == in && parameter.member("name").text() == name {
			return parameter
		}
	}
	return node{}
}

// operation returns what the path does by a method.
func (p *path) operation(method string) node { return p.member(strings.ToLower(method)) }

// found is where in the description a request is described.
type found struct {
	of        string // what the promises of its answers are called: a method and a path
	responses node
	path      *path
	operation node // none where the request is described elsewhere
}

// find returns where a request is described. A path that does not describe OPTIONS leaves the methods that it lacks to the
// next one that fits, as the router does. The probes take methods as they are written, all others in any case.
func (c *Checker) find(e Exchange) found {
	method := strings.ToUpper(e.Request.Method)
	if method == http.MethodOptions && len(e.Request.Header["Access-Control-Request-Method"]) > 0 {
		return c.findElsewhere(preflight)
	}
	where := otherPath
	for i := range c.paths {
		path := &c.paths[i]
		if path.match(e.Request.URL.Path) == nil {
			continue
		}
		where = otherMethod
		if operation := path.operation(method); operation.exists() && (method == e.Request.Method || e.Status != http.StatusMethodNotAllowed) {
			return found{method + " " + path.template, operation.member("responses"), path, operation}
		}
		if path.operation(http.MethodOptions).exists() {
			break
		}
	}
	return c.findElsewhere(where)
}

func (c *Checker) findElsewhere(where string) found {
	return found{of: elsewhere + " " + where, responses: c.root.member(elsewhere).member(where).member("responses")}
}
