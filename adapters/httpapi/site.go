package httpapi

import (
	"net"
	"net/http"
	"strconv"
	"strings"
)

// The paths of the site. rootPath is the site's for who prefers HTML, and the API's for
// everybody else.
const (
	rootPath = "/"
	sitePath = "/admin/"
)

// divide hands the requests for the site to it, by way of the same limit on paths and the
// same check of the host as the API's, and all others to the API. The site passes by CORS:
// no page of another origin has to read it. A nil site has no paths.
func divide(api, site http.Handler, config Config) http.Handler {
	if site == nil {
		return api
	}
	site = limitTarget(checkHost(asClient(site), config.AllowedHosts), config.MaxTargetBytes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == rootPath {
			w.Header().Add("Vary", "Accept")
		}
		if isForSite(r) {
			site.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// isForSite tells whether the site answers, where there is one.
func isForSite(r *http.Request) bool {
	path := r.URL.Path
	if path == rootPath {
		return (r.Method == http.MethodGet || r.Method == http.MethodHead) && prefersHTML(r)
	}
	return strings.HasPrefix(path, sitePath) || path == strings.TrimSuffix(sitePath, "/")
}

// prefersHTML tells whether the client would rather have HTML than JSON, as browsers do. Who
// wants both as much (*/*), or names a format, gets JSON.
func prefersHTML(r *http.Request) bool {
	header := r.Header.Values("Accept")
	return len(header) > 0 && quality(header, "text", "html") > quality(header, "application", "json") && last(queryOf(r)["format"]) == ""
}

// quality returns how much a client wants a media type, from 0 to 1: that of the most
// precise range which covers it (RFC 9110, section 12.5.1).
func quality(header []string, main, sub string) (wanted float64) {
	precedence := -1
	for token := range strings.SplitSeq(strings.Join(header, ","), ",") {
		media := parseMediaType(strings.TrimSpace(token))
		if !media.covers(main, sub) || media.precedence() <= precedence {
			continue
		}
		precedence, wanted = media.precedence(), 1
		if text, given := media.params["q"]; given {
			wanted, _ = strconv.ParseFloat(text, 64) // what is no number is not wanted
		}
	}
	return wanted
}

// asClient hands a request to the site as its client sent it, and tells the exchange by
// which pattern the site served it.
func asClient(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path+"/" == sitePath {
			redirect(w, r, sitePath)
			return
		}
		e, isExchange := w.(*exchange)
		if !isExchange {
			site.ServeHTTP(w, r)
			return
		}
		sent := *r
		sent.Pattern = "" // that of a router outside names nothing of the site's
		if e.client != withoutPort(r.RemoteAddr) {
			sent.RemoteAddr = net.JoinHostPort(e.client, "0")
		}
		defer func() { e.route = routeOf(sent.Pattern) }() // of a panic too
		site.ServeHTTP(w, &sent)
		if e.status == 0 { // it wrote nothing, and net/http will
			e.status = http.StatusOK
		}
	})
}

// routeOf returns what the log calls a pattern of http.ServeMux: its path.
func routeOf(pattern string) string {
	slash := strings.IndexByte(pattern, '/')
	if slash < 0 {
		return ""
	}
	return strings.TrimSuffix(pattern[slash:], "{$}")
}

// landingView tells programs where everything is; browsers get a page of the site.
func landingView() *view {
	return &view{
		name: "Roster",
		actions: map[string]action{http.MethodGet: func(r *http.Request) (reply, error) {
			base := baseURL(r)
			return ok(landing{API: base + "/api/v1/", Admin: base + sitePath}), nil
		}},
	}
}

// landing is the body of the root.
type landing struct {
	API   string `json:"api"`
	Admin string `json:"admin"`
}
