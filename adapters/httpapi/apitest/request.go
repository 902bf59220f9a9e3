package apitest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// checkRequest holds a request to its operation.
func (c *Checker) checkRequest(e Exchange, at found) (differences []string) {
	parameters := slices.Concat(at.path.member("parameters").items(), at.operation.member("parameters").items())
	for _, parameter := range parameters {
		if parameter.member("name").text() == "format" && at.path.isSuffixed(e.Request.URL.Path) {
			continue // a suffix wins over it, whatever it is
		}
		value, given := parameterOf(e, at.path, parameter)
		name := parameter.member("in").text() + " parameter " + parameter.member("name").text()
		if !given {
			if parameter.member("required").isTrue() {
				differences = append(differences, "it is well, and yet the "+name+" is missing")
			}
			continue
		}
		if wrong := c.validate(parameter.member("schema"), value); wrong != "" {
			differences = append(differences, "it is well, and yet the "+name+": "+wrong)
		}
	}
	if wrong := c.checkSent(e, at.operation.member("requestBody")); wrong != "" {
		differences = append(differences, "it is well, and yet "+wrong)
	}
	return differences
}

// parameterOf returns the value that a request has for a parameter; of several the last.
func parameterOf(e Exchange, path *path, parameter node) (value string, given bool) {
	name := parameter.member("name").text()
	switch parameter.member("in").text() {
	case "path":
		values := path.match(e.Request.URL.Path)
		return values[1+slices.Index(path.variables, name)], true
	case "query":
		values, _ := url.ParseQuery(e.Request.URL.RawQuery)
		if given = len(values[name]) > 0; given {
			value = values[name][len(values[name])-1]
		}
		return value, given
	default:
		values := e.Request.Header.Values(name)
		return strings.Join(values, ", "), len(values) > 0
	}
}

// checkSent holds the request's body to the description.
func (c *Checker) checkSent(e Exchange, described node) string {
	if len(e.Sent) == 0 {
		if described.member("required").isTrue() {
			return "its body is missing"
		}
		return ""
	}
	if !described.exists() {
		return fmt.Sprintf("no body is described, and there is one: %.300s", e.Sent)
	}
	contentType := e.Request.Header.Get("Content-Type")
	mediaType, params, _ := mime.ParseMediaType(contentType)
	if strings.HasSuffix(mediaType, "/*") { // a range of types is read as the first of them
		mediaType = "application/json"
	}
	media := described.member("content").member(mediaType)
	if !media.exists() {
		media = described.member("content").member("*/*")
	}
	if !media.exists() {
		return fmt.Sprintf("a body of the type %q is not described", contentType)
	}
	value, err := sentValue(mediaType, params, e.Sent, media)
	if err != nil {
		return fmt.Sprintf("its body is no %s: %s: %.300s", mediaType, err, e.Sent)
	}
	if wrong := c.validate(media.member("schema"), value); wrong != "" {
		return "its body " + wrong
	}
	return ""
}

// sentValue returns the body of a request as a schema sees it: a form is an object of texts.
func sentValue(mediaType string, params map[string]string, body []byte, media node) (any, error) {
	anyType := strings.HasSuffix(media.pointer, "~1*")
	switch {
	case media.member("schema").member("type").text() == "string":
		return string(body), nil
	case mediaType == "application/x-www-form-urlencoded" && !anyType:
		return parseForm(string(body)), nil
	case mediaType == "multipart/form-data" && !anyType:
		return parseMultipart(body, params["boundary"]), nil
	default:
		text, err := io.ReadAll(toUTF8(params["charset"], body))
		if err != nil {
			return nil, err
		}
		return jsonschema.UnmarshalJSON(bytes.NewReader(text))
	}
}
