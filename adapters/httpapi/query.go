package httpapi

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// pair is one field of a form or query, decoded.
type pair struct{ key, value string }

// parsePairs reads key=value&… as Django does: a plus is a space, a percent
// sign that begins no escape stands for itself, pairs without a key or an equals
// sign have an empty one.
func parsePairs(text string) []pair { return slices.Collect(pairsOf(text)) }

// pairsOf goes through what parsePairs returns, and keeps none of it.
func pairsOf(text string) iter.Seq[pair] {
	return func(yield func(pair) bool) {
		for part := range strings.SplitSeq(text, "&") {
			if part == "" {
				continue
			}
			key, value, _ := strings.Cut(part, "=")
			if !yield(pair{unescape(key), unescape(value)}) {
				return
			}
		}
	}
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

// last returns the last of several values, as Django's QueryDict does, or "".
func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}
