package httpapi_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// FuzzJSON reads any text: what is taken is JSON, and says the same to encoding/json.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"a":2}`, `{"a":"\ud83d\ude00","b":[[]],"c":{"d":null}}`, ` [1] `, `"\ud800"`, `1e400`, `{}x`, "\xff", strings.Repeat("[", 33) + strings.Repeat("]", 33),
		`{"a":` + strings.Repeat("9", 4301) + `}`, "\ufeff{}", "", `{"\u0061":true}`, `"[[[["`, `"\"["`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, isObject, err := httpapi.ParseJSON(text)
		if err != nil {
			return
		}
		if !json.Valid(text) || !utf8.Valid(text) {
			t.Fatalf("%q is taken, and is no JSON in UTF-8", text)
		}
		var members map[string]json.RawMessage
		if wantObject := json.Unmarshal(text, &members) == nil && members != nil; isObject != wantObject {
			t.Fatalf("%q: got an object: %v, want %v", text, isObject, wantObject)
		}
		if !isObject {
			return
		}
		want := map[string]string{}
		for name, member := range members {
			want[name] = string(member[:1])
			var plain string
			if json.Unmarshal(member, &plain) == nil && member[0] == '"' && !bytes.Contains(bytes.ToLower(member), []byte(`\ud`)) {
				want[name] = plain
			} else if strings.ContainsAny(want[name], "-0123456789tf") {
				want[name] = string(member)
			}
		}
		for name := range got {
			if !bytes.HasPrefix(members[name], []byte(`"`)) || !bytes.Contains(bytes.ToLower(members[name]), []byte(`\ud`)) {
				continue
			}
			delete(want, name) // lone surrogates are kept, where encoding/json puts U+FFFD
			delete(got, name)
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

// FuzzForm reads any urlencoded body, and one that was written by net/url.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"name=x&age=1", "a=%zz&%=+", "&&=", "a=1&a=2", "%FF=%00", strings.Repeat("&", 100)} {
		f.Add(seed, "value")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		httpapi.ParseForm(text)
		written := url.Values{text: {"first", value}}.Encode()
		if got := httpapi.ParseForm(written); len(got) != 1 || got[text] != value {
			t.Fatalf("%q: got %q, want %q as the last value of %q", written, got, value, text)
		}
	})
}

// FuzzMultipart reads any multipart body, and one that was written by mime/multipart.
func FuzzMultipart(f *testing.F) {
	for _, seed := range []string{
		"--B\r\nContent-Disposition: form-data; name=name\r\n\r\nx\r\n--B--", "--B\r\n\r\n", "--B--", "--B\r\nX\r\n\r\n--B", "--B\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--B--",
		"--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\nx\r\n--B--",
	} {
		f.Add(seed, "B")
	}
	f.Fuzz(func(t *testing.T, text, boundary string) {
		httpapi.ParseMultipart([]byte(text), boundary)
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, value := range []string{"first", text} {
			if err := w.WriteField("name", value); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := httpapi.ParseMultipart(body.Bytes(), w.Boundary()); len(got) != 1 || got["name"] != text {
			t.Fatalf("got %q, want %q as the last value of name", got, text)
		}
	})
}

// FuzzMediaType reads any media type as leniently as REST framework, and what is one
// as package mime does.
func FuzzMediaType(f *testing.F) {
	for _, seed := range []string{
		"application/json; charset=utf-8", `a/b; c="d;\"e"`, ";;;=", "A/B;C=D", `a/b;c="`, "multipart/form-data; boundary=x", "", "/", "a/b; c=d; c=e", `a/b;c="\`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		main, sub, params := httpapi.ParseMediaType(text)
		want, wantParams, err := mime.ParseMediaType(text)
		if err != nil || strings.ContainsAny(text, `*\`) { // mime knows continued parameters, and leaves some backslashes
			return
		}
		if main+"/"+sub != want && strings.Contains(want, "/") {
			t.Fatalf("%q: got %s/%s, want %s", text, main, sub, want)
		}
		for name, value := range wantParams {
			if params[name] != value {
				t.Fatalf("%q: got %q for the parameter %s, want %q", text, params[name], name, value)
			}
		}
	})
}

// FuzzCharset decodes any text from any charset: it becomes UTF-8, or what the rules
// behind refuse.
func FuzzCharset(f *testing.F) {
	for _, charset := range []string{"utf-8", "UTF_16", "utf-16-le", "utf-16be", "latin-1", "cp1252", "ascii", "utf-8-sig", "nonsense", ""} {
		f.Add(charset, "a\u00e9\xff\x81\x00\xd8")
	}
	f.Fuzz(func(t *testing.T, charset, text string) {
		got := httpapi.Decode(charset, text)
		if !utf8.ValidString(got) && got != "\xff" && got != text {
			t.Fatalf("%q in %q: got %q, want UTF-8, or the text as it came", text, charset, got)
		}
		if len(got) > 3*len(text)+1 {
			t.Fatalf("%q in %q: got %d bytes of %d", text, charset, len(got), len(text))
		}
		if isASCII := !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }); isASCII && slices.Contains([]string{"ascii", "latin-1", "utf-8"}, charset) && got != text {
			t.Fatalf("%q in %q: got %q, want it as it is", text, charset, got)
		}
	})
}

// FuzzHost asks with any Host: what is served is one of the list to whoever reads URLs
// by the standard.
func FuzzHost(f *testing.F) {
	for _, seed := range []string{
		"localhost", "LOCALHOST:1", "localhost.", "a.example.com", ".example.com", "[::1]:8", "localhost@evil", "evil#localhost", "localhost:80:80", "localhost\\", "\u212aocalhost", "[::1", "example.com..",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if !httpapi.HostAllowed(host, []string{"localhost", ".example.com", "[::1]"}) {
			return
		}
		link, err := url.Parse("http://" + host + "/path")
		if err != nil {
			t.Fatalf("%q is served, and makes links that are no URLs: %v", host, err)
		}
		name := strings.TrimSuffix(strings.ToLower(link.Hostname()), ".")
		if link.User != nil || link.Path != "/path" || name != "localhost" && name != "::1" && name != "example.com" && !strings.HasSuffix(name, ".example.com") {
			t.Fatalf("%q is served, and leads to %q", host, link)
		}
		if !httpapi.HostAllowed(host, []string{"*"}) {
			t.Fatalf("%q is one of the list, and not of all", host)
		}
	})
}

// FuzzInteger reads any text as Python's int does.
func FuzzInteger(f *testing.F) {
	for _, seed := range []string{"1", "-0", "+1_0", " 12\n", "\u0663", "9223372036854775808", "1_", "_1", "", "-", "0x1", "1e3", "\u00b2", strings.Repeat("9", 4301)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := httpapi.ParseInt(text)
		want, plainErr := strconv.ParseInt(text, 10, 64)
		if plainErr == nil && (got != want || err != nil) {
			t.Fatalf("%q: got %d, %v, want %d", text, got, err, want)
		}
		if err == nil {
			if again, err := httpapi.ParseInt(strconv.FormatInt(got, 10)); again != got || err != nil {
				t.Fatalf("%q: got %d, which is not read as itself", text, got)
			}
			if strings.ContainsAny(text, ".eExXoObB,") {
				t.Fatalf("%q: got %d, want it refused", text, got)
			}
		}
	})
}

// FuzzTarget asks for any path and query: the answer is JSON, and no fault of the
// server's.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{
		personsPath + "1/", personsPath + "1.json", "/api/v1/persons.json/", "/api/v1/persons.xml?format=json", "/api/v1/check/?pk=1&pk=x", "/api/v1/%00/", "//", "/api/v1/persons/%2e%2e/", "/api/v1/persons/\u0661/",
		"/api/v1/persons?x=%0d%0a", "/healthz", "/readyz?x",
	} {
		f.Add(seed, "GET")
	}
	handler := open(f)
	postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
	f.Fuzz(func(t *testing.T, target, method string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || u.Host != "" || strings.HasPrefix(u.Path, "/api/v1/create_bulk") || strings.HasPrefix(u.Path, "/api/v1/async") {
			return
		}
		r := request(http.MethodGet, "/", "")
		r.URL, r.RequestURI, r.Method = u, target, method
		got := send(handler, r)
		if got.Code >= 500 || got.Code < 200 || got.Body.Len() > 0 && !json.Valid(got.Body.Bytes()) {
			t.Fatalf("%s %q: got %d %q, want JSON that is no fault of the server's", method, target, got.Code, got.Body)
		}
		for name, values := range got.Header() {
			if strings.ContainsAny(name+strings.Join(values, ""), "\r\n\x00") {
				t.Fatalf("%s %q: got the header %s: %q, which holds a line of its own", method, target, name, values)
			}
		}
		if to := got.Header().Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
			t.Fatalf("%q is sent on to %q, which may be elsewhere", target, to)
		}
	})
}

// FuzzForwarded asks through a trusted proxy that says anything: a link in the answer
// leads to an allowed host over HTTP.
func FuzzForwarded(f *testing.F) {
	for _, seed := range [][3]string{
		{"203.0.113.7, 192.0.2.1", "localhost", "https"}, {"::ffff:1.2.3.4", "evil.example, localhost", "javascript"}, {",,, unknown, _hidden:1, [::1]:80, fe80::1%eth0", "localhost:80", "http,https"},
		{"\x00", "LOCALHOST.", "HTTPS"}, {"1.2.3.4:5, 999.1.1.1", "", ""}, {strings.Repeat("192.0.2.1,", 1000), "[::1]", " https "},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	proxied := config
	proxied.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	handler := openWith(f, useCases(f, memstore.New()), proxied)
	f.Fuzz(func(t *testing.T, client, host, scheme string) {
		r := request(http.MethodGet, "/api/v1/", "", "X-Forwarded-For", client, "X-Forwarded-Host", host, "X-Forwarded-Proto", scheme)
		r.RemoteAddr = "192.0.2.1:1"
		got := send(handler, r)
		if got.Code == http.StatusBadRequest && json.Valid(got.Body.Bytes()) {
			return
		}
		var root struct{ Persons string }
		if err := json.Unmarshal(got.Body.Bytes(), &root); err != nil || got.Code != http.StatusOK {
			t.Fatalf("got %d %q: %v", got.Code, got.Body, err)
		}
		link, err := url.Parse(root.Persons)
		if err != nil || link.Scheme != "http" && link.Scheme != "https" || link.Path != personsPath {
			t.Fatalf("%q %q %q: got the link %q: %v", client, host, scheme, root.Persons, err)
		}
		if name := strings.TrimSuffix(strings.ToLower(link.Hostname()), "."); !slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, name) {
			t.Fatalf("%q %q %q: got a link to %q", client, host, scheme, root.Persons)
		}
	})
}

// FuzzJobs asks for jobs with any query, and makes one with any body: the answer is a slice
// whose link leads on, a job by the flags that were given, or a client's mistake.
func FuzzJobs(f *testing.F) {
	for _, seed := range [][3]string{
		{"cursor=" + url.QueryEscape(cursorOf("p="+string(fakeID(3)))), "application/json", `{"kind":"generate","count":1}`},
		{"cursor=cA==&cursor=%00", "text/csv", "Ann\n"}, {"dry_run=true&atomic=0&x=%zz", "application/x-ndjson; charset=utf8", "{}\n"},
		{"dry_run=&atomic", "application/json", `{"kind":"\ud800","count":1e99,"dry_run":1.0,"atomic":-0}`}, {"cursor=" + cursorOf("p=&p=1&r=0"), "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	jobs := newFakeJobs()
	for range 150 {
		jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 1)
	}
	reading := openWith(f, withJobs(f, jobs), config)
	f.Fuzz(func(t *testing.T, query, contentType, body string) {
		r := request(http.MethodGet, jobsPath, "")
		r.URL.RawQuery = query
		got := send(reading, r)
		var slice jobSlice
		if err := json.Unmarshal(got.Body.Bytes(), &slice); err != nil || got.Code != http.StatusOK && (got.Code < 400 || got.Code > 499) {
			t.Fatalf("%q: got %d %q, want a slice or a client's mistake", query, got.Code, got.Body)
		}
		if slice.Next != nil {
			next, err := url.Parse(*slice.Next)
			if err != nil || next.Host != "localhost" || next.Path != jobsPath || len(slice.Results) != 100 {
				t.Fatalf("%q: got the link %q behind %d jobs", query, *slice.Next, len(slice.Results))
			}
			if on := send(reading, request(http.MethodGet, next.RequestURI(), "")); on.Code != http.StatusOK {
				t.Fatalf("%q: got %d for its link %q", query, on.Code, next)
			}
		}
		made := newFakeJobs()
		r = request(http.MethodPost, jobsPath, body, "Content-Type", contentType)
		r.URL.RawQuery = query
		if got := send(openWith(t, withJobs(t, made), config), r); !json.Valid(got.Body.Bytes()) || (got.Code == http.StatusAccepted) != (len(made.jobs) == 1) ||
			got.Code != http.StatusAccepted && (got.Code < 400 || got.Code > 499) {
			t.Fatalf("%q, %q, %q: got %d %q and %d jobs, want one or a client's mistake", query, contentType, body, got.Code, got.Body, len(made.jobs))
		}
	})
}
