package httpapi

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// parseForm reads those fields of a urlencoded body that are asked for. Of fields that come twice the last counts.
func parseForm(content string, decode func(string) string, isAsked func(name string) bool) map[string]value {
	fields := map[string]value{}
	for p := range pairsOf(content) {
		if name := decode(p.key); isAsked(name) {
			fields[name] = value{kind: kindText, text: decode(p.value)}
		}
	}
	return fields
}

// parseMultipart reads those fields of a multipart body that any body has, as leniently as Django does: what is
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
		_, disposition, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		field := value{kind: kindText, text: decode(partText(part))}
		if disposition["filename"] != "" {
			field = value{kind: kindFile}
		}
		if name := disposition["name"]; isField(name) {
			fields[name] = field
		}
	}
}

// partText returns the text of a part. One that is cut off is as long as it is;
// base64 is undone where it is base64.
func partText(part *multipart.Part) string {
	text, _ := io.ReadAll(part)
	if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "base64") {
		if plain, err := base64.StdEncoding.DecodeString(string(text)); err == nil {
			return string(plain)
		}
	}
	return string(text)
}
