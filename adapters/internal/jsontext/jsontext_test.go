package jsontext_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/internal/jsontext"
)

func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "Ann", `"\/`, "\x00\b\f\n\r\t\x1f\x7f", "Zoë 世界 😀", "\u2028\u2029\ufffd", "a\xff\xc3", "<&>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(s); err != nil {
			t.Fatal(err)
		}
		if got := append(jsontext.AppendString(nil, s), '\n'); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%q: got %s, want %s, as encoding/json writes it", s, got, want.Bytes())
		}
	})
}
