package httpapi

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// hostPattern is what Django takes for a host with an optional port. It looks at
// bytes before case is folded, since to fold makes ASCII of some letters that are none.
var hostPattern = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[A-Fa-f0-9]*:[A-Fa-f0-9.:]+\])(:[0-9]+)?$`)

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
	match := hostPattern.FindStringSubmatch(header)
	if match == nil {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(match[1]), ".")
	return host != "" && slices.ContainsFunc(allowed, func(pattern string) bool {
		pattern = strings.ToLower(pattern)
		if domain, isWildcard := strings.CutPrefix(pattern, "."); isWildcard {
			return host == domain || strings.HasSuffix(host, pattern)
		}
		return pattern == "*" || pattern == host
	})
}
