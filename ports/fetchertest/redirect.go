package fetchertest

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func redirectCases() []testCase {
	return []testCase{
		{"a redirect is followed, whatever its kind", redirects},
		{"three redirects in a row are followed", threeRedirects},
		{"a fourth redirect in a row is refused", fourRedirects},
		{"a redirect to itself is refused", redirectLoop},
		{"a redirect to where nothing can be fetched is refused", redirectsAstray},
		{"the time limit is for all redirects together", slowRedirects},
	}
}

// countdown redirects /n to /n-1 and answers /0 with a document.
func countdown(w http.ResponseWriter, r *http.Request) {
	var left int
	if _, err := fmt.Sscanf(r.URL.Path, "/%d", &left); err != nil || left == 0 {
		sendsJSON(`"arrived"`)(w, r)
		return
	}
	http.Redirect(w, r, fmt.Sprintf("/%d", left-1), http.StatusFound)
}

func redirects(t *testing.T, open opener) {
	fetcher := open(t, patient())
	target := upstream(t, sendsJSON(`"arrived"`))
	for _, status := range []int{301, 302, 303, 307, 308} {
		url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/absolute":
				http.Redirect(w, r, target+"/?a=1", status)
			case "/relative":
				w.Header().Set("Location", "there")
				w.WriteHeader(status)
			default:
				sendsJSON(`"arrived"`)(w, r)
			}
		})
		checkDocument(t, fetcher, url+"/absolute", `"arrived"`, fmt.Sprintf("%d with a whole URL", status))
		checkDocument(t, fetcher, url+"/relative", `"arrived"`, fmt.Sprintf("%d with a part of a URL", status))
	}
}

func threeRedirects(t *testing.T, open opener) {
	checkDocument(t, open(t, patient()), upstream(t, countdown)+"/3", `"arrived"`, "three in a row are allowed")
}

func fourRedirects(t *testing.T, open opener) {
	checkRefused(t.Context(), t, open(t, patient()), upstream(t, countdown)+"/4", domain.CodeUpstream, "three in a row are allowed")
}

func redirectLoop(t *testing.T, open opener) {
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	checkRefused(t.Context(), t, open(t, patient()), url, domain.CodeUpstream, "a loop never arrives")
}

func redirectsAstray(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for _, location := range []string{"http://" + nobody, "ftp://" + nobody, "file:///etc/hostname", "http://", "http://:80/", "http://%zz/", "javascript:1"} {
		url := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		})
		checkRefused(t.Context(), t, fetcher, url, domain.CodeUpstream, "a redirect to "+location)
	}
}

func slowRedirects(t *testing.T, open opener) {
	config := hasty()
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(config.Timeout / 2):
			countdown(w, r)
		case <-r.Context().Done():
		}
	})
	checkRefused(t.Context(), t, open(t, config), url+"/3", domain.CodeDeadline, "each redirect took half of the time limit")
}
