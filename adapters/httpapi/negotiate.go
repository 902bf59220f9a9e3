package httpapi

import (
	"net/http"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
)

const jsonType = "application/json"

// maxIndent is how many spaces a client may have JSON indented by.
const maxIndent = 8

// negotiate decides whether the client takes JSON, the only format there is, as
// REST framework's DefaultContentNegotiation does: a format suffix or the
// format parameter other than "json" is 404, an Accept header that JSON does
// not match is 406. Qualities are not looked at.
//
// indent is how many spaces the client wants JSON to be indented by: the
// parameter of that name in the Accept header, 0 to 8, 0 where it has none.
func negotiate(r *http.Request, suffix string) (indent int, err error) {
	format := strings.Trim(suffix, "./")
	if format == "" {
		format = last(queryOf(r)["format"])
	}
	if format != "" && format != "json" {
		return 0, &wireError{http.StatusNotFound, detail{msgNotFound}}
	}
	accepted, found := acceptJSON(r.Header.Values("Accept"))
	if !found {
		return 0, &wireError{http.StatusNotAcceptable, detail{msgNotAcceptable}}
	}
	return accepted.indent(), nil
}

// acceptJSON returns the most precise media type of the Accept header that JSON
// matches, the first among equals. No header accepts everything.
func acceptJSON(header []string) (best mediaType, found bool) {
	if len(header) == 0 {
		return mediaType{main: "*", sub: "*"}, true
	}
	for token := range strings.SplitSeq(strings.Join(header, ","), ",") {
		candidate := parseMediaType(strings.TrimSpace(token))
		if !candidate.covers("application", "json") {
			continue
		}
		if !found || candidate.precedence() > best.precedence() {
			best, found = candidate, true
		}
	}
	return best, found
}

// mediaType is a media type or a range of them, with parameters.
type mediaType struct {
	main, sub string
	params    map[string]string
}

// parseMediaType reads a media type leniently: what makes no sense matches nothing.
func parseMediaType(text string) mediaType {
	full, rest, _ := strings.Cut(text, ";")
	main, sub, _ := strings.Cut(strings.ToLower(strings.TrimSpace(full)), "/")
	media := mediaType{main: main, sub: sub}
	for rest != "" {
		var param string
		param, rest = cutParameter(rest)
		name, value, isPair := strings.Cut(param, "=")
		if !isPair {
			continue
		}
		if media.params == nil {
			media.params = map[string]string{}
		}
		media.params[strings.ToLower(strings.TrimSpace(name))] = unquote(strings.TrimSpace(value))
	}
	return media
}

// cutParameter cuts text at its first semicolon outside quotes.
func cutParameter(text string) (param, rest string) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ';' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

func unquote(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(value[1 : len(value)-1])
}

// covers tells whether the media type main/sub is in the range.
func (m mediaType) covers(main, sub string) bool {
	return (m.main == "*" || m.main == main) && (m.sub == "*" || m.sub == sub)
}

// precedence orders media types: those with parameters, plain ones, "main/*", "*/*".
func (m mediaType) precedence() int {
	_, hasQuality := m.params["q"]
	switch {
	case m.main == "*":
		return 0
	case m.sub == "*":
		return 1
	case len(m.params) == 0, len(m.params) == 1 && hasQuality:
		return 2
	default:
		return 3
	}
}

func (m mediaType) indent() int {
	n, _ := pynumber.ParseInt(m.params["indent"])
	return int(min(max(n, 0), maxIndent))
}
