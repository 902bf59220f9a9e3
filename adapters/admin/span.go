package admin

import (
	"mime"
	"net/http"
	"strings"
)

// TakesLong tells whether a request takes as long as its list goes on, a file that is sent or fetched, or as an experiment of
// the lab. It is for whoever sets limits on requests.
func TakesLong(r *http.Request) bool {
	path := r.URL.Path
	switch strings.ToUpper(r.Method) {
	case http.MethodPost:
		return path == exportPath || path == labPath || path == importPath && isUpload(r)
	case http.MethodGet, http.MethodHead:
		return path == exportPath || strings.HasPrefix(path, jobsPath) && strings.HasSuffix(path, "/rejected/")
	default:
		return false
	}
}

// isUpload tells whether the body is a form with a file.
func isUpload(r *http.Request) bool {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && mediaType == "multipart/form-data"
}
