package httpapi

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// pair is one field of a form or query, decoded.
type pair struct{ key, value string }

// parsePairs reads key=value&… as Django does: a plus is a space, a percent
// sign that begins no escape stands for itself, pairs without a key or an equals
// sign have an empty one.
func parsePairs(text string) []pair {
	var pairs []pair
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, pair{unescape(key), unescape(value)})
	}
	return pairs
}

// unescape undoes percent encoding and leaves alone what is none.
func unescape(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+3 <= len(text) {
			if char, err := url.PathUnescape(text[i : i+3]); err == nil {
				plain.WriteString(char)
				i += 2
				continue
			}
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}

// queryOf returns the parameters of the request's query.
func queryOf(r *http.Request) map[string][]string {
	if r.URL.RawQuery == "" {
		return nil
	}
	query := map[string][]string{}
	for _, p := range parsePairs(r.URL.RawQuery) {
		query[p.key] = append(query[p.key], p.value)
	}
	return query
}

// parseForm reads a urlencoded body. Of fields that come twice the last counts.
func parseForm(content string, decode func(string) string) map[string]value {
	fields := map[string]value{}
	for _, p := range parsePairs(content) {
		fields[decode(p.key)] = value{kind: kindText, text: decode(p.value)}
	}
	return fields
}

// parseMultipart reads a multipart body as leniently as Django does: what is
// broken ends it, and what came before counts. Of fields that come twice the
// last counts; a part with a file name is a file.
func parseMultipart(content []byte, boundary string, decode func(string) string) map[string]value {
	fields := map[string]value{}
	reader := multipart.NewReader(bytes.NewReader(content), boundary)
	for {
		part, err := reader.NextRawPart()
		if err != nil {
			return fields
		}
		text, _ := io.ReadAll(part) // a part that is cut off is as long as it is
		field := value{kind: kindText, text: decode(string(text))}
		if part.FileName() != "" {
			field = value{kind: kindFile}
		}
		if name := part.FormName(); name != "" {
			fields[name] = field
		}
	}
}
