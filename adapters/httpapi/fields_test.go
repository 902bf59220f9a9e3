package httpapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

const personsPath = "/api/v1/persons/"

func TestNamesAreReadAsRESTFrameworkReadsThem(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		`"  Ann\u001c\u0085\u3000"`: "Ann",
		`"\u200bAnn"`:               "\u200bAnn",
		`"\ud83d\ude00"`:            "😀",
		`-0`:                        "0",
		`-0.0`:                      "-0.0",
		`1.50`:                      "1.5",
		`1e3`:                       "1000.0",
		`1e15`:                      "1000000000000000.0",
		`1e16`:                      "1e+16",
		`0.00001`:                   "1e-05",
		`0.0001`:                    "0.0001",
		`1e400`:                     "inf",
		`-1e400`:                    "-inf",
		`123456789012345678901`:     "123456789012345678901",
		`123456789.123456789`:       "123456789.12345679",
	} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			got := postJSON(open(t), personsPath, `{"name":`+literal+`,"age":1}`)
			wantAnswer(t, got, http.StatusCreated, `{"id":1,"age":1,"name":`+strconv.Quote(want)+`}`)
		})
	}
}

func TestNamesThatBreakRulesAreToldInRESTFrameworksWords(t *testing.T) {
	t.Parallel()
	const tooLong = "Ensure this field has no more than 255 characters."
	long := strings.Repeat("a", 256)
	for literal, want := range map[string]string{
		`"\ud800"`:             `"Surrogate characters are not allowed: U+D800."`,
		`"\udfff\ud800"`:       `"Surrogate characters are not allowed: U+DFFF."`,
		`"\ude00\ude00"`:       `"Surrogate characters are not allowed: U+DE00."`,
		`"\ud800\ud800"`:       `"Surrogate characters are not allowed: U+D800."`,
		`"\ud83dx\ude00"`:      `"Surrogate characters are not allowed: U+D83D."`,
		`"\\ud800\ud800"`:      `"Surrogate characters are not allowed: U+D800."`,
		`"` + long + `\u0000"`: `"` + tooLong + `","Null characters are not allowed."`,
		`"\u001f"`:             `"This field may not be blank."`,
		`false`:                `"Not a valid string."`,
	} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			got := postJSON(open(t), personsPath, `{"name":`+literal+`,"age":1}`)
			wantAnswer(t, got, http.StatusBadRequest, `{"name":[`+want+`]}`)
		})
	}
}

func TestAgesAreReadAsRESTFrameworkReadsThem(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]int{
		`"1_000"`: 1000, `"+5"`: 5, `"-0"`: 0, `"٣"`: 3, `"１٢"`: 12, `"𝟗"`: 9, `"7 .0"`: 7,
		`"7.000\u001c"`: 7, `"3."`: 3, `1e2`: 100, `20e-1`: 2, `-0.0`: 0, `"007"`: 7, `"\u00a07\n"`: 7,
	} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			got := postJSON(open(t), personsPath, `{"name":"x","age":`+literal+`}`)
			wantAnswer(t, got, http.StatusCreated, `{"id":1,"name":"x","age":`+strconv.Itoa(want)+`}`)
		})
	}
}

func TestAgesThatBreakRulesAreToldInRESTFrameworksWords(t *testing.T) {
	t.Parallel()
	const (
		notInteger = "A valid integer is required."
		tooSmall   = "Ensure this value is greater than or equal to 0."
		tooBig     = "Ensure this value is less than or equal to 2147483647."
	)
	for literal, want := range map[string]string{
		`""`: notInteger, `"1__0"`: notInteger, `"_1"`: notInteger, `"1_"`: notInteger, `"0x10"`: notInteger,
		`"1e3"`: notInteger, `".0"`: notInteger, `"3.0.0"`: notInteger, `"²"`: notInteger, `"- 1"`: notInteger,
		`1e16`: notInteger, `1e400`: notInteger, `1e-2`: notInteger, `{}`: notInteger,
		`1.0000000000000000001`:               notInteger, // exact, where the original rounds
		`1e-400`:                              notInteger,
		`1e99999999999999999999`:              notInteger,
		`1e-99999999999999999999`:             notInteger,
		`1e15`:                                tooBig,
		`"99999999999999999999999999"`:        tooBig,
		`-99999999999999999999999999`:         tooSmall,
		`"-1.0"`:                              tooSmall,
		`"` + strings.Repeat("1", 1001) + `"`: "String value too large.",
		`"` + strings.Repeat("1", 1000) + `"`: tooBig,
	} {
		t.Run(literal[:min(len(literal), 40)], func(t *testing.T) {
			t.Parallel()
			got := postJSON(open(t), personsPath, `{"name":"x","age":`+literal+`}`)
			wantAnswer(t, got, http.StatusBadRequest, `{"age":["`+want+`"]}`)
		})
	}
}

func TestBodiesThatAreNoJSONAreRefused(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"invalid UTF-8":               "{\"name\":\"\xff\",\"age\":1}",
		"a byte order mark":           "\ufeff{\"name\":\"x\",\"age\":1}",
		"trailing data":               `{"name":"x","age":1} x`,
		"a raw control character":     "{\"name\":\"a\nb\",\"age\":1}",
		"33 levels of nesting":        `{"name":"x","age":1,"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`,
		"an integer of 4,301 digits":  `{"name":"x","age":1,"x":` + strings.Repeat("1", 4301) + `}`,
		"infinity":                    `{"name":"x","age":1,"x":Infinity}`,
		"white space alone":           " \n",
		"a comma at the end":          `{"name":"x","age":1,}`,
		"a number with a plus before": `{"name":"x","age":+1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := postJSON(open(t), personsPath, body)
			wantAnswer(t, got, http.StatusBadRequest, `{"detail":{"$prefix":"JSON parse error - "}}`)
		})
	}
}

func TestBodiesAtTheLimitsOfJSONAreRead(t *testing.T) {
	t.Parallel()
	for name, extra := range map[string]string{
		"32 levels of nesting":       strings.Repeat("[", 31) + strings.Repeat("]", 31),
		"brackets in a text":         `"` + strings.Repeat(`[\"`, 100) + `"`,
		"an integer of 4,300 digits": "-" + strings.Repeat("1", 4300),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := postJSON(open(t), personsPath, `{"name":"x","age":1,"x":`+extra+`}`)
			wantAnswer(t, got, http.StatusCreated, `{"id":1,"name":"x","age":1}`)
		})
	}
}

func TestOfDuplicateFieldsTheLastCounts(t *testing.T) {
	t.Parallel()
	for contentType, body := range map[string]string{
		"application/json":                  `{"name":"a","age":1,"n\u0061me":"b","age":2}`,
		"application/x-www-form-urlencoded": "name=a&age=1&name=b&age=2",
	} {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodPost, personsPath, body, "Content-Type", contentType))
			wantAnswer(t, got, http.StatusCreated, `{"id":1,"name":"b","age":2}`)
		})
	}
}

func TestBodiesAreReadInTheirCharset(t *testing.T) {
	t.Parallel()
	for contentType, body := range map[string]string{
		"application/json; charset=latin-1":                       "{\"name\":\"\xe9\",\"age\":1}",
		"application/json; charset=\"UTF-8-SIG\"":                 "\ufeff{\"name\":\"é\",\"age\":1}",
		"application/json; charset=utf_8_sig":                     "\ufeff{\"name\":\"é\",\"age\":1}",
		"application/json; charset=nonsense":                      "{\"name\":\"é\",\"age\":1}",
		"application/x-www-form-urlencoded; charset=windows-1252": "name=%E9&age=1",
		"multipart/form-data; boundary=B; charset=latin1":         "--B\r\nContent-Disposition: form-data; name=name\r\n\r\n\xe9\r\n--B\r\nContent-Disposition: form-data; name=age\r\n\r\n1\r\n--B--",
		"*/*":              `{"name":"é","age":1}`,
		"APPLICATION/JSON": `{"name":"é","age":1}`,
	} {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodPost, personsPath, body, "Content-Type", contentType))
			wantAnswer(t, got, http.StatusCreated, `{"id":1,"name":"é","age":1}`)
		})
	}
}

func TestBodiesThatAreNotInTheirCharsetAreRefused(t *testing.T) {
	t.Parallel()
	for contentType, body := range map[string]string{
		"application/json; charset=us-ascii":                      `{"name":"é","age":1}`,
		"application/json; charset=utf-16":                        `{"name":"e","age":1}`,
		"application/json; charset=windows-1252":                  "{\"name\":\"\x81\",\"age\":1}",
		"application/x-www-form-urlencoded; charset=windows-1252": "name=%81&age=1",
	} {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodPost, personsPath, body, "Content-Type", contentType))
			if got.Code != http.StatusBadRequest {
				t.Errorf("got %d %s, want 400", got.Code, got.Body)
			}
		})
	}
}

func TestUTF16IsRead(t *testing.T) {
	t.Parallel()
	for charset, body := range map[string]string{
		"utf-16":    "\xff\xfe{\x00\"\x00n\x00a\x00m\x00e\x00\"\x00:\x00\"\x00\xe9\x00\"\x00,\x00\"\x00a\x00g\x00e\x00\"\x00:\x001\x00}\x00",
		"utf-16-be": "\x00{\x00\"\x00n\x00a\x00m\x00e\x00\"\x00:\x00\"\x00\xe9\x00\"\x00,\x00\"\x00a\x00g\x00e\x00\"\x00:\x001\x00}",
	} {
		t.Run(charset, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodPost, personsPath, body, "Content-Type", "application/json; charset="+charset))
			wantAnswer(t, got, http.StatusCreated, `{"id":1,"name":"é","age":1}`)
		})
	}
}

func TestFormsAreReadAsDjangoReadsThem(t *testing.T) {
	t.Parallel()
	const multipartType = "multipart/form-data; boundary=B"
	part := func(disposition, text string) string {
		return "--B\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + text + "\r\n"
	}
	for name, test := range map[string]struct {
		contentType, body string
		status            int
		want              string
	}{
		"a percent sign that begins no escape stands for itself": {
			"application/x-www-form-urlencoded", "name=100%+%zz%41%4&age=1", 201, `{"id":1,"name":"100% %zzA%4","age":1}`},
		"a semicolon is a character": {
			"application/x-www-form-urlencoded", "name=a;b&age=1", 201, `{"id":1,"name":"a;b","age":1}`},
		"invalid UTF-8 is no name": {
			"application/x-www-form-urlencoded", "name=%FF&age=1", 400, `{"name":["Not a valid string."]}`},
		"a file is neither name nor age": {
			multipartType, part(`name="name"; filename="f"`, "x") + part(`name="age"; filename="f"`, "1") + "--B--", 400,
			`{"name":["Not a valid string."],"age":["A valid integer is required."]}`},
		"base64 is undone": {
			multipartType, "--B\r\nContent-Disposition: form-data; name=name\r\nContent-Transfer-Encoding: BASE64\r\n\r\nQW5u\r\n" +
				part(`name="age"`, "1") + "--B--", 201, `{"id":1,"name":"Ann","age":1}`},
		"any disposition that has a name is a field": {
			multipartType, "--B\r\nContent-Disposition: attachment; name=name\r\n\r\nx\r\n" + part(`name="age"`, "1") + "--B--",
			201, `{"id":1,"name":"x","age":1}`},
		"a last boundary may be missing": {
			multipartType, part(`name="name"`, "x") + part(`name="age"`, "1"), 201, `{"id":1,"name":"x","age":1}`},
		"garbage has no fields": {
			multipartType, "garbage", 400, `{"name":["This field is required."],"age":["This field is required."]}`},
		"a boundary is needed": {
			"multipart/form-data", part(`name="name"`, "x"), 400,
			`{"detail":"Multipart form parse error - Invalid boundary in multipart: None"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send(open(t), request(http.MethodPost, personsPath, test.body, "Content-Type", test.contentType))
			wantAnswer(t, got, test.status, test.want)
		})
	}
}
