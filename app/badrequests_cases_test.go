package app_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

const (
	list  = "/api/v1/persons/"
	first = list + "1/"
)

// lines returns a request of a line and headers.
func lines(line string, headers ...string) string {
	return line + "\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
}

// asking returns a GET of a path.
func asking(path string, headers ...string) string {
	return lines("GET "+path+" HTTP/1.1", append([]string{"Host: localhost"}, headers...)...)
}

// sending returns a request with a body of a type.
func sending(method, path, contentType, body string) string {
	return lines(method+" "+path+" HTTP/1.1", "Host: localhost", "Content-Type: "+contentType, fmt.Sprintf("Content-Length: %d", len(body))) + body
}

// posting returns a POST of JSON to the list.
func posting(body string) string { return sending("POST", list, "application/json", body) }

// refused returns the texts as requests that are a client's mistake.
func refused(texts ...string) []rawRequest {
	requests := make([]rawRequest, len(texts))
	for i, text := range texts {
		requests[i].text = text
	}
	return requests
}

// fine returns the texts as requests with an answer that is no mistake.
func fine(want int, texts ...string) []rawRequest {
	requests := refused(texts...)
	for i := range requests {
		requests[i].want = want
		if want == 201 {
			requests[i].creates = 1
		}
	}
	return requests
}

// cutShort returns the texts as requests that end too soon.
func cutShort(texts ...string) []rawRequest {
	requests := refused(texts...)
	for i := range requests {
		requests[i].short = true
	}
	return requests
}

func badLines() (requests []rawRequest) {
	for _, method := range []string{
		"get", "Get", "BREW", "TRACE", "TRACK", "PROPFIND", "M-SEARCH", "G!T", "GET1", "_", strings.Repeat("A", 4000), "'", "$", "%47ET",
		"PUT", "PATCH", "DELETE",
	} {
		want := 0
		if strings.EqualFold(method, "GET") {
			want = 200 // as the original, which calls get whatever the case
		}
		requests = append(requests, rawRequest{text: lines(method+" "+list+" HTTP/1.1", "Host: localhost"), want: want})
	}
	for _, method := range []string{"G\u00c9T", "GET\t", "G ET", "", "(GET)", "GET/", "{}", "G\x00T", "\x7f", "G\"T", "GET,"} {
		requests = append(requests, refused(lines(method+" "+list+" HTTP/1.1", "Host: localhost"))...)
	}
	for _, version := range []string{
		"", "HTTP", "HTTP/", "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/1.1.1", "HTTP/0.9", "HTTP/1.2x", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/10.1",
		"HTTP/-1.1", "http/1.1", "HTTPS/1.1", "HTTP/1.1 x", "HTTP/\u0661.1", "HTTP 1.1", "FTP/1.1", "HTTP/01.1", "HTTP/1.01",
	} {
		requests = append(requests, refused(lines("GET "+list+" "+version, "Host: localhost"))...)
	}
	requests = append(requests, fine(200, lines("GET "+list+" HTTP/1.0", "Host: localhost"))...)
	requests = append(requests, refused(
		"\r\n\r\n", "\n\n", " \r\n\r\n", "\x00\r\n\r\n", "GET\r\n\r\n", "GET "+list+"\r\n\r\n", "x\r\n\r\n", "{}\r\n\r\n",
		"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n\r\n", "EHLO localhost\r\n\r\n", "*1\r\n$4\r\nPING\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET "+list+" HTTP/1.1\rHost: localhost\r\r\n\r\n", " GET "+list+" HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET  "+list+" HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET\t"+list+"\tHTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET "+list+"  HTTP/1.1\r\nHost: localhost\r\n\r\n", lines("OPTIONS * HTTP/1.1", "Host: localhost"), lines("GET * HTTP/1.1", "Host: localhost"),
		lines("CONNECT localhost:443 HTTP/1.1", "Host: localhost"), lines("CONNECT "+list+" HTTP/1.1", "Host: localhost", "Content-Length: 0"),
		lines("GET http://evil.example"+list+" HTTP/1.1", "Host: localhost"), lines("GET ftp://localhost/nope HTTP/1.1", "Host: localhost"),
		lines("GET http:// HTTP/1.1", "Host: localhost"), lines("GET http:///nope HTTP/1.1", "Host: localhost"), lines("GET localhost"+list+" HTTP/1.1", "Host: localhost"),
		lines("GET ?x HTTP/1.1", "Host: localhost"), lines("GET #x HTTP/1.1", "Host: localhost"), lines("GET api HTTP/1.1", "Host: localhost"),
		lines("GET http://user:password@[::1"+list+" HTTP/1.1", "Host: localhost"), lines("GET http://localhost:x/ HTTP/1.1", "Host: localhost"),
	)...)
	return append(requests, fine(200, lines("GET http://localhost"+list+" HTTP/1.1", "Host: evil.example"))...) // the URL counts, as RFC 9112 has it
}

func badPaths() (requests []rawRequest) {
	for _, path := range []string{
		"//", "/api", "/api/", "/api/v2/persons/", "/API/v1/persons/", "/api/v1//persons/", "/api/v1/persons//", "//api/v1/persons/", "/./api/v1/persons/",
		"/api/v1/./persons/", "/api/v1/persons/..", "/api/v1/persons/../", "/api/v1/x/../persons/", "/api/v1/persons/..%2f", "/..%2f..%2fetc/passwd",
		"/api/v1/persons/%2e%2e/", "/api/v1%2Fpersons%2F1/x", "/api/v1/persons\\1\\", "/api/v1/persons;x=1/", "/api/v1/persons/1;x/",
		"/api/v1/persons/%", "/api/v1/persons/%z", "/api/v1/persons/%0", "/api/v1/persons/%zz/", "/api/v1/persons/%u0031/", "/api/v1/persons/%00/", "/api/v1/persons/1%00/",
		"/api/v1/persons/%0a/", "/api/v1/persons/%0d%0aX:%20y/", "/api/v1/persons/%ff/", "/api/v1/persons/%c0%b1/", "/api/v1/persons/%ed%a0%80/", "/api/v1/persons/\xff/",
		"/api/v1/persons/\x00/", "/api/v1/persons/\x01/", "/api/v1/persons/\x7f/", "/api/v1/persons/1 /", "/api/v1/persons/a b/", "/api/v1/persons/\t/",
		"/api/v1/persons/x/", "/api/v1/persons/-/", "/api/v1/persons/--1/", "/api/v1/persons/-1/", "/api/v1/persons/0/", "/api/v1/persons/1.0/", "/api/v1/persons/1e0/",
		"/api/v1/persons/0x1/", "/api/v1/persons/1__0/", "/api/v1/persons/_1/", "/api/v1/persons/1_/", "/api/v1/persons/NaN/", "/api/v1/persons/inf/", "/api/v1/persons/null/",
		"/api/v1/persons/9223372036854775807/", "/api/v1/persons/9223372036854775808/", "/api/v1/persons/-9223372036854775808/", "/api/v1/persons/-9223372036854775809/",
		"/api/v1/persons/" + strings.Repeat("9", 4300) + "/", "/api/v1/persons/" + strings.Repeat("9", 4301) + "/", "/api/v1/persons/" + strings.Repeat("1/", 2000),
		"/api/v1/persons/%E2%91%A0/", "/api/v1/persons/%C2%B9/", "/api/v1/persons/'/", "/api/v1/persons/1'%20OR%201=1--/", "/api/v1/persons/1)%20OR%20(1=1/",
		"/api/v1/persons/1.xml", "/api/v1/persons/1.json.json", "/api/v1/persons.xml", "/api/v1/persons.JSON", "/api/v1/persons..json", "/api/v1/.xml", "/api/v1/persons.json/x",
		"/api/v1/persons/1.%00", "/api/v1/check/.json", "/api/v1/check.json", "/api/v1/create_bulk.json", "/api/v1/fetch_data/x/", "/healthz/", "/readyz/", "/healthz/x", "/READYZ",
		"/static/x", "/.env", "/.git/config", "/db.sqlite3", "/metrics/", "/debug/pprof/", "/debug/vars", "/server-status",
		"/" + strings.Repeat("x", 8191), "/" + strings.Repeat("%41", 2800), "/" + strings.Repeat("../", 2000), "/api/v1/persons/" + strings.Repeat("%F0%9F%98%80", 500) + "/",
		"/api/v1/persons/#x/", "/api/v1/persons/<script>/", "/api/v1/persons/%3Cscript%3E/", "/api/v1/persons/{pk}/", "/api/v1/persons/%7Bpk%7D/", "/api/v1/persons/$1/", "/%2e%2e/",
	} {
		requests = append(requests, refused(asking(path))...)
	}
	// Python's int reads these, so the original did.
	requests = append(requests, fine(200, asking(first), asking("/api/v1/persons/%EF%BC%91/"), asking("/api/v1/persons/+1/"), asking("/api/v1/persons/%201%0a/"),
		asking("/api/v1/persons/0_1/"), asking("/api/v1/persons/0001/"), asking("/api/v1/persons/1.json"), asking("/api/v1/persons/%31/"), asking("/api%2Fv1%2Fpersons%2F1%2F"), asking("/api/v1/persons/1%2F"))...)
	// A path without its slash is sent on, to this server only.
	requests = append(requests, fine(301, asking("/api/v1/persons"), asking("/api/v1/persons/1"), asking("/api/v1/persons/%0d%0aX:%20y"), asking("/api/v1/persons/%ff"))...)
	return append(requests, fine(308, lines("DELETE /api/v1/persons/1 HTTP/1.1", "Host: localhost"))...)
}

func badQueries() (requests []rawRequest) {
	for _, query := range []string{
		"page=0", "page=-1", "page=", "page=x", "page=1.0", "page=1e0", "page=2", "page=9223372036854775807", "page=9223372036854775808", "page=" + strings.Repeat("9", 5000),
		"page=%00", "page=%ff", "page=first", "page=LAST", "page=1&page=2", "page=null", "page=1;page=2", "page=1'--", "page=%E2%91%A0", "page=0x1", "page=--1", "page=1%00",
		"cursor=x", "cursor=%00", "cursor=%ff", "cursor=====", "cursor=cD0x%0A", "cursor=cD14", "cursor=bz0x", "cursor=bz0tMQ%3D%3D", "cursor=cD05MjIzMzcyMDM2ODU0Nzc1ODA4",
		"cursor=" + base64.StdEncoding.EncodeToString([]byte("p=\xff")), "cursor=" + base64.StdEncoding.EncodeToString([]byte("p=1&r=x")), "cursor=" + strings.Repeat("A", 4001),
		"cursor=" + base64.StdEncoding.EncodeToString([]byte("p=%00")), "cursor=&cursor=x", "cursor=cD0x&cursor=!", "cursor=" + base64.URLEncoding.EncodeToString([]byte("p=\x3e\x3f\x3e?>>>")),
		"format=xml", "format=JSON", "format=api", "format=%00", "format=json%00", "format=json&format=html", "format=%ff", "format=.json", "format=" + strings.Repeat("x", 5000),
		strings.Repeat("a=b&", 2048) + "page=2", strings.Repeat("x", 8192),
	} {
		requests = append(requests, refused(asking(list+"?"+query))...)
	}
	for _, pk := range []string{
		"", "?pk", "?pk=", "?PK=1", "?pk=x", "?pk=0", "?pk=-1", "?pk=9223372036854775808", "?pk=1.0", "?pk=1e0", "?pk=%00", "?pk=1%00", "?pk=%ff", "?pk=1&pk=x", "?pk=1&pk=",
		"?pk=" + strings.Repeat("9", 4301), "?pk=1'%20OR%20'1'='1", "?pk=1%3BDROP%20TABLE", "?pk=%0d%0aX:%20y", "?pk=null", "?pk[]=1", "?pk=%", "?pk=1;", "?pk=%E2%80%AE1",
	} {
		requests = append(requests, refused(asking("/api/v1/check/"+pk))...)
	}
	for _, path := range []string{
		"/api/v1/check/?pk=1", "/api/v1/check/?pk=+1+", "/api/v1/check/?pk=x&pk=1", list + "?", list + "?&&&", list + "?=", list + "?%", list + "?%zz=%zz", list + "?page=1&x=%ff%00", list + "?page=last",
		list + "?" + strings.Repeat("a&", 4000), list + "?page=%D9%A1", list + "?page=x&page=1", list + "?cursor=", list + "?cursor=&page=x", list + "?format=json", list + "?x=\xff",
		"/api/v1/fetch_data/?url=http://127.0.0.1/", list + "?_method=DELETE", list + "?cursor=cD0tMQ==", list + "?x=<script>", list + "?x=%0d%0aX:%20y",
	} {
		requests = append(requests, fine(200, asking(path))...)
	}
	return append(requests, refused(asking(list+"?x=\x00"), asking(list+"?x= y"), asking(list+"?x=\x7f"), asking(list+"?page=2#page=1"))...)
}

func badHeaders() (requests []rawRequest) {
	for _, header := range []string{
		": x", " X: y", "\tX: y", "X Y: z", "X : y", "X", "X\x00: y", "X: a\x00b", "X: a\x01b", "X: a\x7fb", "X\u00e9: y", "(X): y", "X: a\rb", "X\r: y", "\x00", "X[]: y", "X;: y", "\"X\": y", "@: y",
		"Accept: text/html", "Accept: application/xml", "Accept:", "Accept: ;", "Accept: ,,,", "Accept: application", "Accept: /", "Accept: application/", "Accept: text/*", "Accept: application/json2",
		"Accept: \xff/\xff", "Accept: application/vnd.api+json", "Accept: " + strings.Repeat("a/b,", 2000), "Expect: 200-ok", "Expect: wonders",
		"X: " + strings.Repeat("x", 20<<10), strings.Repeat("X", 20<<10) + ": y", strings.Repeat("X: y\r\n", 5000) + "X: y", "Cookie: " + strings.Repeat("a=b; ", 5000),
	} {
		requests = append(requests, refused(asking(list, header))...)
	}
	for _, header := range []string{
		"Accept: */*", "Accept: application/*", "Accept: application/json;q=0", "Accept: text/html, */*;q=0.1", "Accept: application/json; indent=-5", "Accept: application/json; indent=999999999999999999999",
		"Accept: application/json; indent=x", "Accept: application/json;;;=", "Accept: application/json; x=\"", "Range: bytes=0-1", "Range: bytes=-1,x", "Range: persons=1-2", "If-Range: x",
		"If-None-Match: x", "If-None-Match: \"", "If-None-Match: W/", "If-None-Match: \"a\", *", "If-None-Match: ,,,\"\"", "If-None-Match: \xff", "If-None-Match: " + strings.Repeat("\"x\",", 2000),
		"If-Modified-Since: x", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE",
		"X-Forwarded-Host: evil.example", "X-Forwarded-For: \xff", "X-Forwarded-Proto: javascript", "Forwarded: host=evil.example", "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "Upgrade: websocket", "Upgrade: h2c",
		"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", "Connection: Upgrade, HTTP2-Settings", "Connection: \"", "Connection: close, keep-alive, x", "TE: trailers", "Expect: 100-continue", "Expect: 100-continue, x", "TE: gzip;q=x", "Trailer: Host", "Trailer: Content-Length",
		"Keep-Alive: timeout=x", "Cookie: \x80", "Authorization: Basic \xff", "Authorization: Basic !!!", "Origin: null", "Origin: http://evil.example", "Origin: \xff", "Origin: http://localhost:3000, http://evil.example",
		"X-Request-ID: a b", "X-Request-ID: \xff", "X-Request-ID: " + strings.Repeat("x", 65), "Content-Encoding: gzip", "Accept-Encoding: gzip;q=x,\xff", "Accept-Charset: utf-7", "Accept-Language: \xff",
		"User-Agent: () { :; }; echo", "Referer: \xff", "Max-Forwards: -1", "Content-Type: \xff", "Content-Length: 0", "X: a\r\n b", "X:", "X:\t",
	} {
		requests = append(requests, fine(200, asking(list, header))...)
	}
	requests = append(requests, fine(304, asking(list, "If-None-Match: *"))...)
	requests = append(requests, fine(200, // a preflight is answered, and an origin that is not known gets no word from it
		lines("OPTIONS "+list+" HTTP/1.1", "Host: localhost", "Access-Control-Request-Method: \xff"),
		lines("OPTIONS /nope HTTP/1.1", "Host: evil.example", "Access-Control-Request-Method:"),
		lines("OPTIONS "+list+" HTTP/1.1", "Host: localhost"))...)
	return requests
}

// badConditions are keys that name no request, and conditions that Ann does not meet.
func badConditions() (requests []rawRequest) {
	sent := func(line, header string) string {
		const body = `{"name":"x","age":1}`
		return lines(line+" HTTP/1.1", "Host: localhost", "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(body)), header) + body
	}
	for _, key := range []string{
		"", " ", `"`, `""`, `"a`, `a"b"c` + "\u00e9", `"a" b`, `"a";x=1`, `"a\b"`, `"a\`, "\xff", "\u2028", "a\u0301", strings.Repeat("x", 256), `"` + strings.Repeat("x", 256) + `"`, "a\tb", "a\r\nIdempotency-Key: b", "a\x7f", "\x01",
	} {
		requests = append(requests, refused(sent("POST "+list, "Idempotency-Key: "+key), sent("POST /api/v1/create_bulk/", "Idempotency-Key: "+key))...)
	}
	for _, line := range []string{"PUT " + first, "PATCH " + first, "DELETE " + first} {
		for _, header := range []string{
			"If-Match:", "If-Match: x", `If-Match: ""`, `If-Match: "x"`, `If-Match: W/"x"`, `If-Match: "`, `If-Match: "x", *`, "If-Match: \xff", `If-Match: "*"`, "If-Match: " + strings.Repeat(`"x",`, 2000), "If-None-Match: *", "If-Match: x\r\nIf-Match: y",
		} {
			requests = append(requests, refused(sent(line, header))...)
		}
	}
	requests = append(requests, refused(asking(first, `If-Match: "x"`), asking(list, "If-Match: x"), asking(list+"2000000/", "If-Match: *"))...)
	requests = append(requests, fine(200, asking(first, "If-Match: *"), asking(first, "If-None-Match: x", "If-Match: *"))...)
	once := fine(201, sent("POST "+list, "Idempotency-Key: a-key"), sent("POST "+list, `Idempotency-Key: "a \"quoted\" key"`), sent("POST "+list, "Idempotency-Key: "+strings.Repeat("x", 255)))
	return append(requests, once...)
}

func badHosts() (requests []rawRequest) {
	for _, host := range []string{
		"", " ", "evil.example", "localhost.evil.example", "evillocalhost", "localhost@evil.example", "evil.example@localhost", "localhost:80@evil.example", "localhost:x", "localhost:", "localhost:80:80",
		"localhost:-1", "localhost: 80", "localhost/", "localhost/x", "localhost?x", "localhost#x", "localhost\\x", "localhost..", ".localhost", "local host", "localhost,evil.example", "localhost;x", "localhost\x00",
		"localhost\x01", "l\u00f6calhost", "localh\xffst", "xn--localhost", "[::1", "::1", "[::1]x", "[::1]:x", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[]", "[", "]", "127.1", "127.0.0.2", "2130706433",
		"0x7f.1", "0.0.0.0", "*", "'", "<script>", "%6cocalhost", "local_host", "http://localhost", "{localhost}", "$host", strings.Repeat("x", 10000), strings.Repeat("x.", 5000) + "localhost", "localhost:" + strings.Repeat("9", 9000) + "x",
	} {
		requests = append(requests, refused(lines("GET "+list+" HTTP/1.1", "Host: "+host))...)
	}
	requests = append(requests, refused(
		lines("GET "+list+" HTTP/1.1"), lines("GET "+list+" HTTP/1.0"), lines("GET "+list+" HTTP/1.1", "Host: localhost", "Host: localhost"),
		lines("GET "+list+" HTTP/1.1", "Host: evil.example", "Host: localhost"), lines("GET "+list+" HTTP/1.1", "X-Host: localhost"),
		lines("GET "+list+" HTTP/1.1", "Host : localhost"), lines("GET "+list+" HTTP/1.1", " Host: localhost"), lines("GET "+list+" HTTP/1.1", "Host: evil.example", "X-Forwarded-Host: localhost"),
	)...)
	for _, host := range []string{"localhost", "LOCALHOST", "LocalHost:1", "localhost:65536", "localhost.", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:1", " localhost ", "\tlocalhost\t"} {
		requests = append(requests, fine(200, lines("GET "+list+" HTTP/1.1", "Host: "+host))...)
	}
	return requests
}

// badLengths are bodies whose end is not where it should be, and shapes by which two
// servers in a row may disagree where a request ends.
func badLengths() (requests []rawRequest) {
	post := func(body string, headers ...string) string {
		return lines("POST "+list+" HTTP/1.1", append([]string{"Host: localhost", "Content-Type: application/json"}, headers...)...) + body
	}
	const body = `{"name":"x","age":-1}`
	for _, length := range []string{
		"-1", "+21", " ", "x", "1e1", "0x15", "21.0", "21,21", "21, 22", "21 21", "\u0662\u0661", "99999999999999999999", "21\x00", "21;", "'21'", "2 1", "21,",
	} {
		requests = append(requests, refused(post(body, "Content-Length: "+length))...)
	}
	for _, coding := range []string{
		"gzip", "identity", "chunked, chunked", "gzip, chunked", "chunked, gzip", "xchunked", "chunkedx", "\"chunked\"", "chunked;x=y", "chunked,", ",chunked", "", "deflate", "chunked\x0b", "c\x00", "\xff",
	} {
		requests = append(requests, cutShort(post("15\r\n"+body+"\r\n0\r\n\r\n", "Transfer-Encoding: "+coding))...)
	}
	requests = append(requests, refused(
		post(body, "Content-Length: 21", "Content-Length: 22"), post(body, "Content-Length: 21", "Content-Length: x"),
		post("0\r\n\r\n", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), post("0\r\n\r\n", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip"),
		post("0\r\n\r\n", "Transfer-Encoding : chunked"), post("0\r\n\r\n", "Transfer-Encoding: identity", "Content-Length: 5"), post("0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Length: x"),
		lines("GET /nope HTTP/1.1", "Host: localhost", "Transfer-Encoding: gzip"), lines("POST "+list+" HTTP/1.0", "Host: localhost", "Content-Type: application/json", "Transfer-Encoding: chunked")+"0\r\n\r\n",
		post("0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Length: 5"),
	)...)
	for _, chunks := range []string{
		"x\r\n", "-1\r\n\r\n", "+5\r\nabcde\r\n0\r\n\r\n", "0x5\r\nabcde\r\n0\r\n\r\n", "\r\n", "5\r\nabcdef\r\n0\r\n\r\n", "5\nabcde\n0\n\n", "5 \r\nabcde\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "7fffffffffffffff\r\nx",
		"5;x=y\r\nabcde\r\n0\r\n\r\n", "5\r\nabcde", "5", "", "5\r\nabcde\r\n", "5\r\nabcde\r\n0", "5\r\nabcde\r\n0\r\n", "0\r\nX: y\r\n\r\n", "0\r\nbad trailer\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n", "5\r\nabcde0\r\n\r\n",
		strings.Repeat("1\r\nx\r\n", 3000) + "0\r\n\r\n", "5;" + strings.Repeat("x", 10000) + "\r\nabcde\r\n0\r\n\r\n", "00000000000000000005\r\nabcde\r\n0\r\n\r\n", "5\r\r\nabcde\r\n0\r\n\r\n", "5\r\nabcde\r\n0\r\n" + strings.Repeat("X: y\r\n", 5000) + "\r\n",
	} {
		requests = append(requests, cutShort(post(chunks, "Transfer-Encoding: chunked"))...)
	}
	return append(requests, cutShort(
		post("", "Content-Length: 21"), post("{", "Content-Length: 21"), post(body, "Content-Length: 22"), post(body, "Content-Length: 1048576"), post(body, "Content-Length: 1048577"),
		post(body, "Content-Length: 9223372036854775807"), post("", "Content-Length: 21", "Expect: 100-continue"), "GET", "GET ", "GET "+list+" HTTP/1.1\r\nHost: localhost\r\nX", "GET "+list+" HTTP/1.1\r\nHost: localhost\r\n",
		"POST "+list+" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5", "\x00",
	)[0:7]...) // of headers that end too soon nobody learns more: net/http closes without a word
}

func badTypes() (requests []rawRequest) {
	for _, contentType := range []string{
		"text/plain", "text/html", "application/xml", "application/octet-stream", "application", "/", "application/", "/json", "application/jsonp", "application/json2", "text/json", "application/vnd.api+json", "application/ld+json",
		"application/merge-patch+json", "application/json-patch+json", "image/png", "x", ";", "; charset=utf-8", "\xff", "multipart/mixed; boundary=B", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"",
		"multipart/form-data; charset=utf-8", "application/x-www-form-urlencoded2", "multipart/form-data; boundary=" + strings.Repeat("x", 71), "multipart/form-data; boundary=\xff", "multipart/form-data; boundary=a b", "application/ json", "application/json/x",
		"application\\json", strings.Repeat("x", 5000), "application/json, text/plain", "\"application/json\"", "application%2fjson", "application/msgpack", "application/cbor", "application/yaml", "message/rfc822",
	} {
		requests = append(requests, refused(sending("POST", list, contentType, `{"name":"x","age":1}`))...)
	}
	for _, charset := range []string{"utf-16", "utf-16le", "utf-16-be", "UTF_16_LE", "utf-8-sig\xff"} {
		requests = append(requests, refused(sending("POST", list, "application/json; charset="+charset, `{"name":"","age":1}`))...)
	}
	for _, body := range []string{"{\"name\":\"\xe9\",\"age\":1}", "{\"name\":\"\x80\",\"age\":1}"} {
		requests = append(requests, refused(sending("POST", list, "application/json; charset=ascii", body), sending("POST", list, "application/json", body), sending("POST", list, "application/json; charset=nonsense", body))...)
	}
	requests = append(requests, refused(
		sending("POST", list, "application/json; charset=utf-16", "\xff\xfe"), sending("POST", list, "application/json; charset=utf-16", "\xff"), sending("POST", list, "application/json; charset=utf-16-le", "{"),
		sending("POST", list, "application/json; charset=utf-16-le", "\x00\xd8\x00\xd8"), sending("POST", list, "application/json; charset=cp1252", "{\"name\":\"\x81\",\"age\":-1}"),
		lines("POST "+list+" HTTP/1.1", "Host: localhost", "Content-Length: 2")+"{}",
		lines("POST "+list+" HTTP/1.1", "Host: localhost", "Content-Type: text/plain", "Content-Type: application/json", "Content-Length: 2")+"{}",
	)...)
	return append(requests, fine(201,
		sending("POST", list, "application/json; charset=utf-16le", inUTF16(`{"name":"é","age":1}`)), sending("POST", list, "APPLICATION/JSON;CHARSET=LATIN-1", "{\"name\":\"\xe9\",\"age\":1}"),
		sending("POST", list, "application/json; charset=nonsense", `{"name":"x","age":1}`), sending("POST", list, "application/json;;;", `{"name":"x","age":1}`), sending("POST", list, "application/json; x=\"", `{"name":"x","age":1}`),
		sending("POST", list, "application/*", `{"name":"x","age":1}`), sending("POST", list, "*/*", `{"name":"x","age":1}`), // REST framework matches both ways
	)...)
}

func inUTF16(text string) string {
	var encoded []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		encoded = binary.LittleEndian.AppendUint16(encoded, unit)
	}
	return string(encoded)
}

func badJSON() (requests []rawRequest) {
	for _, body := range []string{
		"{", "}", "[", "]", "[]", "[1]", "[{}]", "null", "true", "false", "1", "-1", "1.5", `"x"`, `""`, "{}", " ", "\n", "\x00", "{}x", "{}{}", "{},", "[]]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}",
		"{\"a\":5.}", "{\"a\":1e}", "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"a\":nul}", "{\"a\":True}", "{\"a\":undefined}", "{\"a\":\"}", "{\"a\":\"\\\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\n\"}", "{\"a\":\"\x01\"}",
		"{\"a\":\"\x00\"}", "// x\n{}", "{/**/}", "\ufeff{}", "\xff\xfe{\x00}\x00", "{\"a\":\"\xff\"}", "{\"\xff\":1}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xf4\x90\x80\x80\"}", "<x/>", "name=x&age=1", "--B\r\n", "\x1f\x8b\x08\x00",
		strings.Repeat("[", 33) + strings.Repeat("]", 33), strings.Repeat("[", 100000), strings.Repeat("{\"a\":", 100000), `{"name":"x","age":1,"a":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + "}", `{"name":"x","age":1,"a":` + strings.Repeat("9", 4301) + "}",
		`{"name":"x","age":1}` + "\x00", `{"name":"x","age":1}` + "\ufeff", `{"name":"x","age":1}` + "\u00a0", `{"name":"x" "age":1}`, `{"name":"x","age":1`, `"name":"x","age":1`, `{"name":"x","age":1]`, `{"name":"x";"age":1}`, `{"name"="x","age"=1}`,
	} {
		requests = append(requests, refused(posting(body))...)
	}
	requests = append(requests, refused(posting(""))...) // an empty body is an empty object
	names := []string{
		"null", "true", "false", "[]", "{}", `["x"]`, `""`, `" "`, `"\n\t"`, `"\u0000"`, `"a\u0000b"`, `"\ud800"`, `"\udc00x"`, `"\ud800\ud800"`, `"\udc00\ud800"`, `"\u00a0"`, `"\u3000"`, `"\u2028"`, `"\u001f"`, `"` + strings.Repeat("x", 256) + `"`, `"` + strings.Repeat("é", 256) + `"`,
		`"` + strings.Repeat("😀", 256) + `"`, `"` + strings.Repeat(" ", 1000) + `"`, strings.Repeat("9", 256), "-" + strings.Repeat("9", 255),
	}
	ages := []string{
		"null", "true", "false", "[]", "{}", "[1]", `""`, `" "`, `"x"`, `"1x"`, `"0x1"`, `"1e3"`, `"1_"`, `"_1"`, `"1__0"`, `"--1"`, `"NaN"`, `"inf"`, `"\u0000"`, `"1\u0000"`, `"\ud800"`, "-1", "-1.0", `"-1"`, "-0.5", "0.5", "1.5", `"1.5"`, "1e-1", "1.0000000000000000001", "0.9999999999999999999",
		"2147483648", "2147483647.5", `"2147483648"`, "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e10", "1e400", "-1e400", "1E+99", "1e-400", strings.Repeat("9", 400), strings.Repeat("9", 4300), `"` + strings.Repeat("9", 1001) + `"`, `"①"`, `"¹"`, `"½"`, `"٣.٥"`, `"1 2"`, `"1,000"`,
	}
	for _, name := range names {
		requests = append(requests, refused(posting(`{"name":`+name+`,"age":1}`), sending("PUT", first, "application/json", `{"name":`+name+`,"age":1}`), sending("PATCH", first, "application/json", `{"name":`+name+`}`))...)
	}
	for _, age := range ages {
		requests = append(requests, refused(posting(`{"name":"x","age":`+age+`}`), sending("PUT", first, "application/json", `{"name":"x","age":`+age+`}`), sending("PATCH", first, "application/json", `{"age":`+age+`}`))...)
	}
	requests = append(requests, refused(
		posting(`{"name":"x","age":1,"age":-1}`), posting(`{"age":1,"name":"x","name":""}`), // the last one counts
		posting(`{"name":"x"}`), posting(`{"age":1}`), posting(`{"Name":"x","Age":1}`), posting(`{"name ":"x","age":1}`), posting(`{"n\u0061me":"","age":1}`),
		sending("PUT", first, "application/json", `{"name":"x"}`), sending("PUT", first, "application/json", ""), sending("PUT", first, "application/json", "[]"), sending("PATCH", first, "application/json", "null"), sending("PATCH", list, "application/json", "{}"),
		sending("PUT", list+"2000000/", "application/json", `{"name":"x","age":1}`), sending("PATCH", list+"2000000/", "application/json", `{}`), sending("DELETE", list+"2000000/", "application/json", `{}`), sending("DELETE", list, "application/json", `{}`),
		sending("POST", first, "application/json", `{"name":"x","age":1}`),
	)...)
	return append(requests, fine(201,
		posting(`{"name":"x","age":1}`), posting(" \r\n\t"+`{"name":"x","age":1}`+"\r\n "), posting(`{"name":"","name":"x","age":-1,"age":1}`), posting(`{"name":"x","age":1,"id":99,"admin":true,"__proto__":{},"a":null}`), posting(`{"name":1,"age":"1"}`),
		posting(`{"name":1e400,"age":1e0}`), posting(`{"name":"x","age":-0}`), posting(`{"name":"x","age":1.0}`), posting(`{"name":"x","age":"1_0.0"}`), posting(`{"name":"x","age":"\u0661"}`), posting(`{"name":"x","age":2147483647}`), posting(`{"name":"x","age":2147483647.0}`),
		posting(`{"name":"`+strings.Repeat("😀", 255)+`","age":0}`), posting(`{"name":"\ud83d\ude00","age":0}`), posting(`{"name":"\u202e\u0007\u007f","age":0}`), posting(`{"name":"<script>alert(1)</script>","age":0}`), posting(`{"name":"'; DROP TABLE persons_person; --","age":0}`),
		posting(`{"name":"x","age":1,"a":`+strings.Repeat("[", 31)+strings.Repeat("]", 31)+"}"), posting(`{"name":"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain","age":1}`), posting(`{"name":"\ufffe\uffff\ufdd0","age":1}`),
	)...)
}

func badForms() (requests []rawRequest) {
	form := func(body string) string {
		return sending("POST", list, "application/x-www-form-urlencoded", body)
	}
	for _, body := range []string{
		"", "x", "=", "&", "&&&", "name", "name=", "name=x", "age=1", "name=&age=1", "name=x&age=", "name=x&age=x", "name=x&age=-1", "name=x&age=1.5", "name=x&age=2147483648", "name=%00&age=1", "name=%FF&age=1", "name=%ED%A0%80&age=1", "name=\xff&age=1", "name=+&age=1", "name=x;age=1",
		"name=x&age=1&age=-1", "Name=x&age=1", "name=x&age=%00", "name=x&age=1%00", "name=%C0%80&age=1", "{\"name\":\"x\",\"age\":1}", "name[]=x&age=1", "name=" + strings.Repeat("x", 256) + "&age=1", strings.Repeat("a=b&", 10000), strings.Repeat("&", 100000), "name=x&age=1_", "name=x&age=+", "n%61me=&age=1", "name=\x00&age=1",
	} {
		requests = append(requests, refused(form(body))...)
	}
	for _, body := range []string{
		"name=%&age=1", "name=%zz&age=1", "name=%u0041&age=1", "name=a%2&age=1", "name=x&age=1&", "&&name=x&&age=1", "name=x&age=%31", "name=&name=x&age=-1&age=1", "name=x=y&age=1", "name=x&age=+1", "name=x&age=1&csrfmiddlewaretoken=x",
	} {
		requests = append(requests, fine(201, form(body))...)
	}
	return requests
}

func badMultipart() (requests []rawRequest) {
	multipart := func(body string) string {
		return sending("POST", list, "multipart/form-data; boundary=B", body)
	}
	part := func(header, text string) string { return "--B\r\n" + header + "\r\n\r\n" + text + "\r\n" }
	field := func(name, text string) string {
		return part(`Content-Disposition: form-data; name="`+name+`"`, text)
	}
	age := field("age", "1")
	for _, body := range []string{
		"", "x", "--B", "--B--", "--B\r\n", "--B--\r\n", "--C\r\n", "--B\r\n\r\n", "--B\r\n\r\n\r\n--B--", "--B\r\n\r\nx\r\n--B--", "\r\n--B\r\n--B\r\n--B--", age, age + "--B--", field("name", "x") + "--B--", field("name", "") + age + "--B--", field("name", "\x00") + age + "--B--",
		field("name", "\xff") + age + "--B--", field("name", "x") + field("age", "-1") + "--B--", field("name", "x") + field("age", "x") + "--B--", field("name", "x") + field("age", "1\r\n2") + "--B--", field("name\x00", "x") + age + "--B--", field("", "x") + age + "--B--",
		part(`Content-Disposition: form-data`, "x") + age + "--B--", part(`Content-Disposition: attachment; filename=name`, "x") + age + "--B--", part(`Content-Disposition: form-data; name="name"; filename="x"`, "x") + age + "--B--", part(`Content-Disposition:`, "x") + age + "--B--",
		part(`: form-data; name=name`, "x") + age + "--B--", part(`X`, "x") + age + "--B--", part("Content-Disposition: form-data; name=\xff", "x") + age + "--B--", part(`Content-Disposition: form-data; name="name`, "x") + age + "--B--",
		part("Content-Disposition: form-data; name=name\r\nContent-Transfer-Encoding: base64", "AA==") + age + "--B--", part("Content-Disposition: form-data; name=name\r\nContent-Transfer-Encoding: base64", "/w==") + age + "--B--",
		field("name", strings.Repeat("x", 256)) + age + "--B--", strings.Repeat(field("a", "b"), 5000) + "--B--", "--B\r\n" + strings.Repeat("X: y\r\n", 20000) + "\r\nx\r\n--B--", "--B\r\nX: " + strings.Repeat("y", 500000) + "\r\n\r\nx\r\n--B--",
		"--B\n\nx\n--B--", "--B \r\n\r\nx\r\n--B--", "preamble" + field("name", "") + age, field("name", "x") + "--B\r\nContent-Disposition: form-data; name=age", field("name", "x") + field("age", ""), "--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n--B--",
	} {
		requests = append(requests, refused(multipart(body))...)
	}
	return append(requests, fine(201,
		multipart(field("name", "x")+age+"--B--"), multipart(field("name", "x")+age+"--B--\r\nepilogue"), multipart("preamble\r\n"+field("name", "x")+age+"--B--"), multipart(field("name", "")+field("name", "x")+age+"--B--"), multipart(field("name", "x")+age+field("a", "b")[:20]),
		multipart(part("Content-Disposition: form-data; name=name\r\nContent-Transfer-Encoding: base64", "eA==")+age+"--B--"), multipart(part("Content-Disposition: form-data; name=name\r\nContent-Transfer-Encoding: base64", "!")+age+"--B--"),
		multipart(part(`content-disposition: FORM-DATA; NAME=name`, "x")+age+"--B--"),
	)...)
}

func badBulks() (requests []rawRequest) {
	for _, body := range []string{
		`{"count":0}`, `{"count":-1}`, `{"count":10001}`, `{"count":9223372036854775808}`, `{"count":` + strings.Repeat("9", 4301) + "}", `{"count":1.0}`, `{"count":1e3}`, `{"count":"1"}`, `{"count":true}`, `{"count":null}`, `{"count":[]}`, `{"count":{}}`, `{"count":NaN}`, `{"count":1`, `{"count":-0}`,
		"[]", "[1]", "null", "1", `"x"`, "{", "x", "\x00", "{\"count\":1,\"a\":\"\xff\"}", `{"count":1}x`, `{"count":1,"count":0}`, `{"count":1,"a":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + "}", "count=1",
	} {
		requests = append(requests, refused(sending("POST", "/api/v1/create_bulk/", "application/json", body), sending("POST", "/api/v1/async_create_bulk/", "application/json", body))...)
	}
	const batch = "/api/v1/persons/batch/"
	for _, body := range []string{
		"", "[]", "[1]", "[null]", "[[]]", "[{}]", `[{"name":"x","age":1},{"name":"","age":1}]`, `[{"name":"x","age":1}`, `[{"name":"x","age":1}]x`, `[{"name":"x","age":1},]`, `{"name":"x","age":1}`, "null", "1", "[\x00]", "[\"\xff\"]",
		"[" + strings.Repeat("0,", 10000) + "0]", strings.Repeat("[", 33) + strings.Repeat("]", 33), `[{"name":"\ud800","age":1}]`, `[{"name":"x","age":` + strings.Repeat("9", 4301) + "}]",
	} {
		requests = append(requests, refused(sending("POST", batch, "application/json", body), sending("PUT", batch, "application/json", body), sending("POST", batch, "text/csv", body+"x"))...)
	}
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE", "HEAD", "BREW"} {
		requests = append(requests, refused(sending(method, batch, "application/json", `[{"name":"x","age":1}]`))...)
	}
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE", "HEAD"} {
		requests = append(requests, refused(sending(method, "/api/v1/create_bulk/", "application/json", `{"count":1}`), sending(method, "/api/v1/async_create_bulk/", "application/json", `{"count":1}`))...)
	}
	requests = append(requests, refused(sending("POST", "/api/v1/async_create_bulk/", "application/json", ""), sending("POST", "/api/v1/create_bulk/", "text/plain", `{"count":1}`),
		sending("POST", "/api/v1/create_bulk/", "application/x-www-form-urlencoded", "count=1"), sending("POST", "/api/v1/fetch_data/", "application/json", "{}"), sending("DELETE", "/healthz", "application/json", "{}"), sending("POST", "/readyz", "application/json", "{}"))...)
	one := fine(201, sending("POST", "/api/v1/create_bulk/", "application/json", `{"count":1}`), sending("POST", "/api/v1/create_bulk/", "application/json", `{"count":0,"count":1}`),
		sending("POST", batch, "application/json", `[{"name":"x","age":1}]`))
	return append(append(requests, one...), rawRequest{text: sending("POST", "/api/v1/async_create_bulk/", "text/plain", "\ufeff{\"count\":1}"), want: 200, creates: 1},
		rawRequest{text: sending("POST", "/api/v1/create_bulk/", "application/json", ""), want: 201, creates: 10})
}

// badJobs makes none: what is not refused is only asked for.
func badJobs() (requests []rawRequest) {
	const jobs = "/api/v1/jobs/"
	for _, body := range []string{
		`{}`, `{"kind":"generate"}`, `{"count":1}`, `{"kind":"import","count":1}`, `{"kind":"generate","count":0}`, `{"kind":"generate","count":100000001}`, `{"kind":"generate","count":99999999999999999999}`,
		`{"kind":"generate","count":1.5}`, `{"kind":"generate","count":1,"dry_run":"x"}`, `{"kind":"generate","count":100001,"atomic":true}`, `{"kind":["generate"],"count":1}`, `{"kind":"\ud800","count":1}`, `[]`, `null`, `{`, "\x00",
	} {
		requests = append(requests, refused(sending("POST", jobs, "application/json", body))...)
	}
	for _, text := range []string{"", "\n", "name,age", "name,age\n", "\x00", "age\n1\n", "name,age,name\nAnn,1,Bob\n"} {
		requests = append(requests, refused(sending("POST", jobs, "text/csv", text), sending("POST", jobs, "text/csv; charset=utf-16", text), sending("POST", jobs, "application/xml", text))...)
	}
	for _, flags := range []string{"?dry_run=", "?atomic=2", "?dry_run=true&dry_run=x", "?atomic=%00"} {
		requests = append(requests, refused(sending("POST", jobs+flags, "text/csv", "name,age\nAnn,31\n"), sending("POST", jobs+flags, "application/x-ndjson", `{"name":"Ann","age":31}`))...)
	}
	for _, path := range []string{
		"?cursor=x", "?cursor=cA==", "?cursor=cD0x", "?format=csv", "x/", "%00/", "1/events/", "x/rejected/", "019a0000-0000-7000-8000-000000000001/", "019a0000-0000-7000-8000-000000000001/events/",
		"019a0000-0000-7000-8000-000000000001/rejected/", "019a0000-0000-7000-8000-000000000001/nope/", "019A0000-0000-7000-8000-00000000000g/", "{019a0000-0000-7000-8000-000000000001}/",
	} {
		requests = append(requests, refused(sending("GET", jobs+path, "application/json", ""))...)
	}
	for _, method := range []string{"PUT", "PATCH", "DELETE", "BREW"} {
		requests = append(requests, refused(sending(method, jobs, "application/json", "{}"), sending(method, "/api/v1/persons/export/", "application/json", "{}"), sending(method, jobs+"019a0000-0000-7000-8000-000000000001/cancel/", "application/json", "{}"))...)
	}
	packed := lines("POST "+jobs+" HTTP/1.1", "Host: localhost", "Content-Type: text/csv", "Connection: close", "Content-Encoding: gzip", "Content-Length: 9") + "name,age\n"
	return append(requests, rawRequest{text: packed, want: 400}, rawRequest{text: strings.Replace(packed, "gzip", "br", 1), want: 415},
		rawRequest{text: strings.Replace(packed, "Length: 9\r\n", "Length: 9999999999\r\n", 1), want: 413})
}

func badSizes() []rawRequest {
	large := strings.Repeat(" ", 1<<20)
	chunked := lines("POST "+list+" HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Transfer-Encoding: chunked")
	requests := []rawRequest{
		{text: posting(large + " "), want: 413},
		{text: posting(`{"name":"x","age":1}` + large), want: 413},
		{text: sending("POST", "/api/v1/async_create_bulk/", "x", large+" "), want: 413},
		{text: sending("POST", list, "application/x-www-form-urlencoded", strings.Repeat("a", 1<<20+1)), want: 413},
		{text: sending("PUT", first, "multipart/form-data; boundary=B", strings.Repeat("a", 1<<20+1)), want: 413},
		{text: chunked + "100001\r\n" + large + " \r\n0\r\n\r\n", want: 413},
		{text: lines("POST "+list+" HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 99999999999"), want: 413},
		{text: lines("POST "+list+" HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 99999999999", "Expect: 100-continue"), want: 413},
		{text: asking("/" + strings.Repeat("x", 8192)), want: 414},
		{text: asking(list + "?" + strings.Repeat("x", 8192)), want: 414},
		{text: asking("/" + strings.Repeat("x", 30<<10)), want: 431},
		{text: asking(list, "X: "+strings.Repeat("x", 30<<10)), want: 431},
		{text: asking(list, "X: "+strings.Repeat("x", 16<<10)), want: 431},
		{text: asking(list, "X: "+strings.Repeat("x", 15<<10)), want: 200},
		{text: posting(large[:1<<20-20] + `{"name":"x","age":1}`), want: 201, creates: 1},
	}
	for _, body := range []string{strings.Repeat("x", 1<<20), strings.Repeat("[", 1<<20), strings.Repeat("\"", 1<<20), strings.Repeat("\\", 1<<20), strings.Repeat("9", 1<<20), `"` + strings.Repeat(`\ud800`, 170000) + `"`, "[" + strings.Repeat("0,", 500000) + "0]", large} {
		requests = append(requests, refused(posting(body))...)
	}
	return requests
}
