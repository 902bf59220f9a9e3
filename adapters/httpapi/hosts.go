package httpapi

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// hostPattern is what Django takes for a host with an optional port.
var hostPattern = regexp.MustCompile(`^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(:[0-9]+)?$`)

// checkHost refuses requests for a host that is not allowed, so that no link in
// an answer leads to a host that the client made up.
func checkHost(next http.Handler, allowed []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hostAllowed(r.Host, allowed) {
			writeError(w, http.StatusBadRequest, detail{"Invalid Host header."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostAllowed tells whether a Host header is served, by the rules of Django's
// ALLOWED_HOSTS: case, the port and one dot at the end don't matter.
func hostAllowed(header string, allowed []string) bool {
	match := hostPattern.FindStringSubmatch(strings.ToLower(header))
	if match == nil {
		return false
	}
	host := strings.TrimSuffix(match[1], ".")
	return slices.ContainsFunc(allowed, func(pattern string) bool {
		pattern = strings.ToLower(pattern)
		if domain, isWildcard := strings.CutPrefix(pattern, "."); isWildcard {
			return host == domain || strings.HasSuffix(host, pattern)
		}
		return pattern == "*" || pattern == host
	})
}
