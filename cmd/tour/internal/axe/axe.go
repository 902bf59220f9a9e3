// Package axe holds axe-core 4.14.1, which finds what keeps people from using a page. It is
// Deque Systems' (github.com/dequelabs/axe-core, Mozilla Public License 2.0), unchanged.
package axe

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the script
	"io"
)

//go:embed axe.min.js.gz
var packed []byte

// Script returns the script. It makes the object axe.
func Script() (string, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(unpacked)
	return string(text), err
}
