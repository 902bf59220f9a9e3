package fetchertest

import (
	"fmt"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func urlCases() []testCase {
	return []testCase{
		{"a bad URL is refused", badURLs},
		{"a connection that is refused is told", refusedConnection},
	}
}

// nobody is where no server listens.
const nobody = "127.0.0.1:1"

func badURLs(t *testing.T, open opener) {
	fetcher := open(t, patient())
	host := upstream(t, sendsJSON(`{}`))[len("http://"):]
	for _, url := range []string{
		"", " ", "/", "/path", "?", "#", ":", "x",
		host, host + "/path", "//" + host, "http:" + host, "http:/" + host, "http//" + host,
		"http://", "http:///path", "http://:80/", "http://?q", "https://",
		"ftp://" + host, "file:///etc/hostname", "file://" + host, "ws://" + host, "gopher://" + host, "javascript:1", "data:application/json,{}",
		"http://" + host + "/\x00", "http://" + host + "/\n", "http://" + host + "/\x7f", "\thttp://" + host, "http://" + host + "\r\nX: y",
		"http://" + host + "/%zz", "http://%zz/", "http://a b/", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:x/", "http://[::1",
	} {
		checkRefused(t.Context(), t, fetcher, url, domain.CodeUpstream, fmt.Sprintf("%q is no URL that can be fetched", url))
	}
}

func refusedConnection(t *testing.T, open opener) {
	checkRefused(t.Context(), t, open(t, patient()), "http://"+nobody+"/", domain.CodeUpstream, "nobody listens there")
}
