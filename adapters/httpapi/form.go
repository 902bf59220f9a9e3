package httpapi

import (
	"bytes"
	"io"
	"mime/multipart"
)

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
