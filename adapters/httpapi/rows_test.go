package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A row of an import is what a body of the API is, so a value is taken from both or from neither.
func TestALineOfAnImportIsTakenAsABodyIs(t *testing.T) {
	t.Parallel()
	handler := open(t)
	names := []string{
		`"Ann"`, `" Ann "`, `""`, `"\u0000"`, `"\ud800"`, `"\ud83d\ude00"`, `"é"`, `null`, `true`, `[]`, `{}`, `1`, `-0`, `1.50`, `1e2`, `1e400`, `-1E-7`,
		`1` + strings.Repeat("0", 300), `"` + strings.Repeat("x", 256) + `"`,
	}
	ages := []string{
		`31`, `0`, `-0`, `-1`, `2147483647`, `2147483648`, `9223372036854775808`, `18446744073709551647`, `-9223372036854775809`, `1.0`, `1.5`, `1e2`, `1e16`, `1E400`, `10e-1`, `3.0000000000000000001`, `1e-400`, `0e0`,
		`"31"`, `" +3_1 "`, `"3__1"`, `"5.0"`, `"5.00 "`, `"5.1"`, `"5."`, `".0"`, `"٣"`, `""`, `" "`, `"\u001c5"`, `"x"`, `"1e2"`, `"0x1"`, `"\ud800"`, `"` + strings.Repeat("0", 1000) + `"`, `"` + strings.Repeat("0", 1001) + `"`,
		`null`, `true`, `[]`, `{}`, strings.Repeat("9", 4300), strings.Repeat("9", 4301),
	}
	for _, name := range names {
		for _, age := range ages {
			body := `{"name":` + name + `,"age":` + age + `}`
			got := postJSON(handler, personsPath, body)
			checkRow(t, body, rowOf(t, personfile.NDJSON{}, body), got.Code, got.Body.Bytes())
		}
	}
}

func TestACellOfAnImportIsTakenAsAFieldOfAFormIs(t *testing.T) {
	t.Parallel()
	handler := open(t)
	for _, age := range []string{
		"31", " 31\t", "+31", "-0", "1_000", "1__0", "5.0", "5.00 ", "5.5", "5.", ".0", "٣", "x", "1e2", "0x1f", "2147483648", "99999999999999999999", "18446744073709551647", "-99999999999999999999", "\x1c5", "5\u00a0", "\u30005",
		strings.Repeat("0", 1000) + ".0", "NaN", "Infinity", "1,0", "(5)", "- 5",
	} {
		r := request(http.MethodPost, personsPath, url.Values{"name": {"Ann"}, "age": {age}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		got := send(handler, r)
		checkRow(t, age, rowOf(t, personfile.CSV{}, "name,age\nAnn,\""+age+"\"\n"), got.Code, got.Body.Bytes())
	}
}

// rowOf reads a text of one row.
func rowOf(t *testing.T, format domain.RowFormat, text string) domain.Row {
	t.Helper()
	for chunk, err := range format.Split(strings.NewReader(text)) {
		if rows := slices.Collect(format.Rows(chunk)); err == nil && len(rows) == 1 {
			return rows[0]
		}
		t.Fatalf("%q: got %+v, %v, want one row", text, chunk, err)
	}
	t.Fatalf("%q: got no chunk, want one", text)
	return domain.Row{}
}

// checkRow fails the test unless a row is taken as the API took it.
func checkRow(t *testing.T, text string, row domain.Row, status int, body []byte) {
	t.Helper()
	if taken := len(row.Problems) == 0; taken != (status == http.StatusCreated) {
		t.Errorf("%.100q: got %v of an import, want what the API says: %d %.200s", text, row.Problems, status, body)
		return
	}
	if status != http.StatusCreated {
		return
	}
	var person struct {
		Name string
		Age  int
	}
	if err := json.Unmarshal(body, &person); err != nil || person.Name != row.Draft.Name() || person.Age != row.Draft.Age() {
		t.Errorf("%.100q: got %q %d of an import, want %.200s as of the API", text, row.Draft.Name(), row.Draft.Age(), body)
	}
}
