package apitest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
)

// parseForm returns the fields of a urlencoded body, of several the last. What is no escape stands for itself, and only "&"
// separates, as Django has it.
func parseForm(body string) map[string]any {
	form := map[string]any{}
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		form[plain(name)] = plain(value)
	}
	return form
}

func plain(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	if unescaped, err := url.PathUnescape(text); err == nil {
		return unescaped
	}
	return text
}

// parseMultipart returns the fields of a multipart body, up to where it is broken, of several the last. Files are none.
func parseMultipart(body []byte, boundary string) map[string]any {
	form := map[string]any{}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return form
		}
		value, _ := io.ReadAll(part)
		if _, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition")); params["filename"] == "" {
			form[params["name"]] = string(value)
		}
	}
}
