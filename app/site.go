package app

import (
	"mime"
	"net/http"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// The paths of the site where a list of any length comes or goes.
const (
	siteImportPath = "/admin/import/"
	siteExportPath = "/admin/persons/export/"
)

// spanOf tells how long a request may take: of the site a file that is uploaded and an
// export go on as long as their lists do. For the API httpapi.SpanOf says so.
func spanOf(r *http.Request) httpapi.Span {
	switch strings.ToUpper(r.Method) + " " + r.URL.Path {
	case "POST " + siteImportPath:
		if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && mediaType == "multipart/form-data" {
			return httpapi.SpanLong
		}
		return httpapi.SpanShort
	case "GET " + siteExportPath, "HEAD " + siteExportPath, "POST " + siteExportPath:
		return httpapi.SpanLong
	default:
		return httpapi.SpanOf(r)
	}
}
