package apitest

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// toUTF8 returns a body in UTF-8, without a byte order mark. A charset that nobody knows is UTF-8.
func toUTF8(charset string, body []byte) io.Reader {
	from, err := htmlindex.Get(strings.Replace(strings.ToLower(charset), "utf-16-", "utf-16", 1))
	if err != nil {
		from = encoding.Nop
	}
	return transform.NewReader(bytes.NewReader(body), unicode.BOMOverride(from.NewDecoder()))
}
