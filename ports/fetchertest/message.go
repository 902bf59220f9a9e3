package fetchertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func messageCases() []testCase {
	return []testCase{
		{"neither message nor error holds the user or the password of the URL", secretsStayInside},
		{"a message is short and printable whatever the upstream says", messagesAreShort},
	}
}

func secretsStayInside(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for _, url := range []string{
		"http://" + nobody,
		"http://127.0.0.1:99999/",
		"http://127.0.0.1:x/",
		"http://127.0.0.1/%zz",
		"http://127.0.0.1/\x00",
		"http://",
		"http://[::1",
		"ftp://127.0.0.1/",
		upstream(t, sendsRaw("")),
		upstream(t, sendsRaw("HTTP/1.1 200 OK\r\nConte")),
		upstream(t, sendsJSON("")),
		upstream(t, sends("text/html", "<p>")),
		upstream(t, countdown) + "/4",
		upstream(t, redirectsTo("http://"+nobody)),
		upstream(t, redirectsTo("ftp://"+username+":"+password+"@a/")),
	} {
		checkRefused(t.Context(), t, fetcher, withUser(url), domain.CodeUpstream, "before user and password it was "+url)
	}
	checkRefused(t.Context(), t, fetcher, username+":"+password+"@127.0.0.1/", domain.CodeUpstream, "it has no scheme")

	tooLarge := upstream(t, sendsJSON(strings.Repeat(" ", 2<<20)))
	checkRefused(t.Context(), t, fetcher, withUser(tooLarge), domain.CodeTooLarge, "the body is too large")
	checkRefused(t.Context(), t, open(t, hasty()), withUser(upstream(t, silent)), domain.CodeDeadline, "there is no answer")
}

func withUser(url string) string {
	return strings.Replace(url, "://", "://"+username+":"+password+"@", 1)
}

func redirectsTo(location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	}
}

func messagesAreShort(t *testing.T, open opener) {
	fetcher := open(t, patient())
	long := strings.Repeat("x", 10_000)
	for name, url := range map[string]string{
		"a long media type":            upstream(t, sends("text/"+long, "{}")),
		"a long body":                  upstream(t, sends("text/html", long)),
		"a long body that is not JSON": upstream(t, sendsJSON(long)),
		"a long status":                upstream(t, sendsRaw("HTTP/1.1 "+long+"\r\n\r\n")),
		"a long redirect":              upstream(t, redirectsTo("ftp://"+long)),
		"colours in the media type":    upstream(t, sendsRaw("HTTP/1.1 200 OK\r\nContent-Type: text/\x1b[31mred\r\n\r\n{}")),
		"no text in the media type":    upstream(t, sendsRaw("HTTP/1.1 200 OK\r\nContent-Type: text/\xff\xfe\r\n\r\n{}")),
		"a long URL":                   "ftp://" + long,
	} {
		checkRefused(t.Context(), t, fetcher, url, domain.CodeUpstream, name)
	}
}
