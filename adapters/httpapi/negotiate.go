package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
)

const jsonType = "application/json"

// maxIndent is how many spaces a client may have JSON indented by.
const maxIndent = 8

// renderer is a form in which a view answers: a media type, and the name that the
// parameter format gives it. Those of one name stand together.
type renderer struct{ format, main, sub string }

func (r renderer) mediaType() string { return r.main + "/" + r.sub }

// asJSON is how most views answer, and all of them what went wrong.
var asJSON = []renderer{{"json", "application", "json"}}

// negotiate chooses one of a view's renderers, as REST framework's
// DefaultContentNegotiation does: a format suffix or format parameter that names none is
// 404, an Accept header that matches none is 406. Qualities are not looked at.
//
// indent is how many spaces the client wants JSON to be indented by: the
// parameter of that name in the Accept header, 0 to 8, 0 where it has none.
func negotiate(r *http.Request, suffix string, renderers []renderer) (chosen renderer, indent int, err error) {
	format := strings.Trim(suffix, "./")
	if format == "" {
		format = last(queryOf(r)["format"])
	}
	if format != "" {
		first := slices.IndexFunc(renderers, func(known renderer) bool { return known.format == format })
		if first < 0 {
			return renderer{}, 0, &wireError{http.StatusNotFound, detail{drf.NotFound}}
		}
		renderers = renderers[first:]
		if end := slices.IndexFunc(renderers, func(known renderer) bool { return known.format != format }); end > 0 {
			renderers = renderers[:end]
		}
	}
	chosen, accepted, found := accept(r.Header.Values("Accept"), renderers)
	if !found {
		return renderer{}, 0, &wireError{http.StatusNotAcceptable, detail{msgNotAcceptable}}
	}
	return chosen, accepted.indent(), nil
}

// accept returns the renderer that the most precise media type of the Accept header
// matches, the first among equals, and that media type. No header accepts everything.
func accept(header []string, renderers []renderer) (chosen renderer, best mediaType, found bool) {
	if len(header) == 0 {
		return renderers[0], mediaType{main: "*", sub: "*"}, true
	}
	place := len(renderers) // of the chosen one
	for token := range strings.SplitSeq(strings.Join(header, ","), ",") {
		candidate := parseMediaType(strings.TrimSpace(token))
		i := slices.IndexFunc(renderers, func(known renderer) bool { return candidate.covers(known.main, known.sub) })
		if i < 0 {
			continue
		}
		precedence := candidate.precedence()
		if !found || precedence > best.precedence() || precedence == best.precedence() && i < place {
			best, place, found = candidate, i, true
		}
	}
	if !found {
		return renderer{}, mediaType{}, false
	}
	return renderers[place], best, true
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
