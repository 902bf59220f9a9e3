package httpapi

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// maxFormFields is how many fields a form may have, as Django's
// DATA_UPLOAD_MAX_NUMBER_FIELDS.
const maxFormFields = 1000

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
func parseForm(content []byte) map[string]value {
	fields := map[string]value{}
	for _, p := range parsePairs(string(content)) {
		fields[p.key] = value{kind: kindText, text: p.value}
	}
	return fields
}

// parseMultipart reads a multipart body. Of fields that come twice the last
// counts; a part with a file name is a file.
func parseMultipart(content []byte, boundary string) (map[string]value, error) {
	if boundary == "" {
		return nil, errors.New("Invalid boundary in multipart: None")
	}
	fields := map[string]value{}
	reader := multipart.NewReader(bytes.NewReader(content), boundary)
	for range maxFormFields {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return fields, nil
		}
		if err != nil {
			return nil, errors.New("the body is not well-formed")
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, errors.New("the body is not well-formed")
		}
		field := value{kind: kindText, text: string(text)}
		if part.FileName() != "" {
			field = value{kind: kindFile}
		}
		fields[part.FormName()] = field
	}
	return nil, errors.New("too many fields")
}
